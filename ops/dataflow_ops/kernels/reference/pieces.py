"""Reference kernels of joins and splits: copies between views."""

from __future__ import annotations

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
from dataflow_ops.pieces import section_lengths

Index = tuple[slice, ...]


def _along(axis: int, rank: int, start: int | None, stop: int | None) -> Index:
    """Index a range along one axis."""
    return (*[slice(None)] * (axis % rank), slice(start, stop))


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
        bind_move(call.xp, request, slots[i, ...], x) for i, x in enumerate(call.inputs)
    )


@binder("reference", "SliceChannel")
def split(call: Invocation) -> Thunk | None:
    """Copy each wanted part."""
    count = call.attributes.num_outputs
    return _bind_split(
        call, [call.inputs[0].shape[call.attributes.axis] // count] * count
    )


@binder("reference", "_split_v2")
def split_at_indices(call: Invocation) -> Thunk | None:
    """Copy each wanted part, of any length."""
    return _bind_split(call, section_lengths(call.attributes, _length(call)))


def _length(call: Invocation) -> int:
    return int(call.inputs[0].shape[call.attributes.axis])


def _bind_split(call: Invocation, lengths: list[int]) -> Thunk | None:
    data, axis = call.inputs[0], call.attributes.axis
    parts = _parts(data, axis, lengths)
    if call.attributes.squeeze_axis:
        parts = [part.squeeze(axis) for part in parts]
    return bind_all(bind_copy(call, part, i) for i, part in enumerate(parts))
