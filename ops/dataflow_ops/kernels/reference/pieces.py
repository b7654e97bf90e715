"""Reference kernels of slices, splits and joins: copies between views."""

from __future__ import annotations

from functools import partial

from dataflow_ops.kernels.requests import (
    bind_all,
    bind_copy,
    bind_move,
)
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Thunk,
    binder,
)
from dataflow_ops.pieces import slices

Index = tuple[slice, ...]


def _along(axis: int, rank: int, start: int | None, stop: int | None) -> Index:
    """Index a range along one axis."""
    return (*[slice(None)] * (axis % rank), slice(start, stop))


def _axis_index(call: Invocation, rank: int) -> Index:
    attributes = call.attributes
    return _along(attributes.axis, rank, attributes.begin, attributes.end)


def _bind_placement(call: Invocation, index: Index) -> Thunk | None:
    """Bind putting the gradient where the slice was, and zeros elsewhere."""
    request, output = call.requests[0], call.outputs[0]
    if request is Request.NULL:
        return None
    place = bind_move(call.xp, request, output[index], call.inputs[0])
    if request is Request.ADD:
        return place
    return bind_all([partial(output.fill, 0), place])


@binder("reference", "slice")
def bind_slice(call: Invocation) -> Thunk | None:
    """Copy a part."""
    return bind_copy(call, call.inputs[0][slices(call.attributes)])


@binder("reference", "slice_axis")
def slice_axis(call: Invocation) -> Thunk | None:
    """Copy a range along one axis."""
    data = call.inputs[0]
    return bind_copy(call, data[_axis_index(call, data.ndim)])


@binder("reference", "_backward_slice")
def slice_backward(call: Invocation) -> Thunk | None:
    """Put the gradient where the slice was."""
    return _bind_placement(call, slices(call.attributes))


@binder("reference", "_backward_slice_axis")
def slice_axis_backward(call: Invocation) -> Thunk | None:
    """Put the gradient where the range was."""
    return _bind_placement(call, _axis_index(call, call.inputs[0].ndim))


def _parts(array: Array, axis: int, lengths: list[int]) -> list[Array]:
    """View consecutive ranges of an array along one axis."""
    views, start = [], 0
    for length in lengths:
        views.append(array[_along(axis, array.ndim, start, start + length)])
        start += length
    return views


@binder("reference", "Concat")
def concat(call: Invocation) -> Thunk | None:
    """Copy each input to its part of the output."""
    request, output, axis = call.requests[0], call.outputs[0], call.attributes.dim
    if request is Request.NULL:
        return None
    parts = _parts(output, axis, [x.shape[axis] for x in call.inputs])
    moves = zip(parts, call.inputs, strict=True)
    return bind_all(bind_move(call.xp, request, part, x) for part, x in moves)


@binder("reference", "_backward_Concat")
def concat_backward(call: Invocation) -> Thunk | None:
    """Copy each wanted part of the gradient."""
    axis = call.attributes.dim
    parts = _parts(call.inputs[0], axis, [shape[axis] for shape in call.shapes])
    return bind_all(bind_copy(call, part, i) for i, part in enumerate(parts))


@binder("reference", "stack")
def stack(call: Invocation) -> Thunk | None:
    """Copy each input to its slice of the output."""
    request, output = call.requests[0], call.outputs[0]
    if request is Request.NULL:
        return None
    slots = call.xp.moveaxis(output, call.attributes.axis, 0)
    return bind_all(
        bind_move(call.xp, request, slots[i], x) for i, x in enumerate(call.inputs)
    )


@binder("reference", "SliceChannel")
def split(call: Invocation) -> Thunk | None:
    """Copy each wanted part."""
    data, axis = call.inputs[0], call.attributes.axis
    count = call.attributes.num_outputs
    if call.attributes.squeeze_axis:
        parts = list(call.xp.moveaxis(data, axis, 0))
    else:
        parts = _parts(data, axis, [data.shape[axis] // count] * count)
    return bind_all(bind_copy(call, part, i) for i, part in enumerate(parts))
