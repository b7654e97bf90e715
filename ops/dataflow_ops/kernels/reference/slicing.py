"""Reference kernels of slices: copies between views."""

from __future__ import annotations

from functools import partial

from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import assign, bind_all, bind_copy, bind_move
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder
from dataflow_ops.slicing import leading_axes, slices

Index = tuple[slice, ...]


def _axis_index(call: Invocation, rank: int) -> Index:
    attributes = call.attributes
    axis = attributes.axis % rank
    return (*[slice(None)] * axis, slice(attributes.begin, attributes.end))


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


@binder("reference", "slice_like")
def slice_like(call: Invocation) -> Thunk | None:
    """Copy the leading part that has the shape of the output."""
    data, like = call.inputs
    axes = leading_axes(call.attributes, data.shape, like.shape)
    index = [slice(like.shape[i] if i in axes else None) for i in range(data.ndim)]
    return bind_copy(call, data[tuple(index)])


@binder("reference", "_backward_slice_like")
def slice_like_backward(call: Invocation) -> Thunk | None:
    """Put the gradient where the leading part was."""
    return _bind_placement(call, tuple(map(slice, call.inputs[0].shape)))


def _bind_assignment(call: Invocation, part: Array) -> Thunk | None:
    """Bind copying input 0 with its slice replaced by `part`."""
    index, lhs = slices(call.attributes), call.inputs[0]
    if call.requests[0] is Request.NULL:
        return None
    if call.requests[0] is Request.ADD:
        return partial(_add_assigned, call, lhs, index, part)
    place = bind_move(call.xp, Request.WRITE, call.outputs[0][index], part)
    return bind_all([bind_copy(call, lhs), place])


def _add_assigned(call: Invocation, lhs: Array, index: Index, part: Array) -> None:
    result = lhs.copy()
    result[index] = part
    assign(call, 0, result)


@binder("reference", "_slice_assign")
def slice_assign(call: Invocation) -> Thunk | None:
    """Copy the first input, and the second into the slice."""
    return _bind_assignment(call, call.inputs[1])


@binder("reference", "_slice_assign_scalar")
def slice_assign_scalar(call: Invocation) -> Thunk | None:
    """Copy the input, and a number into the slice."""
    number = constant(call.xp, call.attributes.scalar, call.inputs[0].dtype)
    return _bind_assignment(call, number)
