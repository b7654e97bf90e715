"""Reference kernels of margins: copies between views, one axis after the other."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.requests import (
    assign,
    bind_all,
    bind_copy,
    bind_move,
    wanted,
)
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder
from dataflow_ops.padding import crop_begins, margins_of
from dataflow_ops.shapes import Shape

Index = tuple[slice, ...]


class _Margin(NamedTuple):
    """A margin along one axis, and the elements that are its reverse."""

    axis: int
    place: Index
    source: Index


def _margins(attributes: Attributes, padded: Shape) -> list[_Margin]:
    """List margins in an order in which each can be filled from what is before it."""
    result = []
    for axis, (before, after) in enumerate(margins_of(attributes)):
        end = padded[axis] - after
        if attributes.mode == "edge":
            sources = slice(before, before + 1), slice(end - 1, end)
        else:
            sources = slice(before + 1, 2 * before + 1), slice(end - 1 - after, end - 1)
        places = slice(0, before), slice(end, end + after)
        for place, source in zip(places, sources, strict=True):
            if place.start < place.stop:
                result.append(_Margin(axis, _along(axis, place), _along(axis, source)))
    return result


def _along(axis: int, part: slice) -> Index:
    return (*[slice(None)] * axis, part)


def _interior(attributes: Attributes, padded: Shape) -> Index:
    margins = zip(padded, margins_of(attributes), strict=True)
    return tuple(slice(before, n - after) for n, (before, after) in margins)


@binder("reference", "Pad")
def pad(call: Invocation) -> Thunk | None:
    """Bind copying the data and then filling each margin."""
    return partial(_pad, call) if wanted(call, 0) else None


def _pad(call: Invocation) -> None:
    written = call.requests[0] is Request.WRITE
    output = call.outputs[0] if written else call.xp.empty_like(call.outputs[0])
    if call.attributes.mode == "constant":
        output[...] = call.attributes.constant_value
    output[_interior(call.attributes, output.shape)] = call.inputs[0]
    if call.attributes.mode != "constant":
        for axis, place, source in _margins(call.attributes, output.shape):
            output[place] = call.xp.flip(output[source], axis)
    if not written:
        assign(call, 0, output)


@binder("reference", "_backward_Pad")
def pad_backward(call: Invocation) -> Thunk | None:
    """Bind cutting margins off, after adding them to where they came from."""
    if not wanted(call, 0):
        return None
    if call.attributes.mode == "constant":
        head = call.inputs[0]
        return bind_copy(call, head[_interior(call.attributes, head.shape)])
    return partial(_pad_backward, call)


def _pad_backward(call: Invocation) -> None:
    dtype = call.inputs[0].dtype
    head = call.inputs[0].astype(wide(dtype))
    for axis, place, source in reversed(_margins(call.attributes, head.shape)):
        margin = head[place]
        if call.attributes.mode == "edge":
            head[source] += margin.sum(axis=axis, keepdims=True)
        else:
            head[source] += call.xp.flip(margin, axis)
    interior = head[_interior(call.attributes, head.shape)]
    assign(call, 0, interior.astype(dtype, copy=False))


def _cropped(call: Invocation, data: Array, part: Array) -> Array:
    """View the part of data that a crop keeps."""
    y, x = crop_begins(call.attributes, data.shape, part.shape)
    height, width = part.shape[2:]
    return data[:, :, y : y + height, x : x + width]


@binder("reference", "Crop")
def crop(call: Invocation) -> Thunk | None:
    """Bind copying a part."""
    if not wanted(call, 0):
        return None
    return bind_copy(call, _cropped(call, call.inputs[0], call.outputs[0]))


@binder("reference", "_backward_Crop")
def crop_backward(call: Invocation) -> Thunk | None:
    """Bind putting the gradient where the part was."""
    if not wanted(call, 0):
        return None
    output, request = call.outputs[0], call.requests[0]
    place = _cropped(call, output, call.inputs[0])
    move = bind_move(call.xp, request, place, call.inputs[0])
    if request is Request.ADD:
        return move
    return bind_all([partial(output.fill, 0), move])
