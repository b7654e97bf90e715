"""Reference kernels of sorting and of a random order."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


def _flat(array: Array, axis: int | None) -> tuple[Array, int]:
    """View an array and the axis to sort along; of None, the flattened array."""
    return (array.reshape(-1), 0) if axis is None else (array, axis)


def _order(xp: Any, data: Array, axis: int, ascending: bool) -> Array:
    """Return indices that sort; equal elements stay in the order in which they were."""
    if ascending:
        return xp.argsort(data, axis=axis, kind="stable")
    # Sorted backwards from the end, which keeps the order of equal elements.
    backwards = xp.argsort(_reversed(data, axis), axis=axis, kind="stable")
    return data.shape[axis] - 1 - _reversed(backwards, axis)


def _first(xp: Any, data: Array, axis: int, count: int, ascending: bool) -> Array:
    """Return the first `count` of the indices that sort."""
    if xp is np and 8 * count <= data.shape[axis]:
        found = _few(np.moveaxis(data, axis, -1), count, ascending)
        if found is not None:
            return np.moveaxis(found, -1, axis)
    index = [slice(None)] * data.ndim
    index[axis] = slice(count)
    return _order(xp, data, axis, ascending)[tuple(index)]


def _few(data: Array, count: int, ascending: bool) -> Array | None:
    """Find the first few along the last axis without sorting the rest.

    None where NaN is among them, with which nothing compares.
    """
    place = count - 1 if ascending else data.shape[-1] - count
    divided = np.partition(data, place, axis=-1)
    first = divided[..., :count] if ascending else divided[..., place:]
    if np.isnan(first).any():
        return None
    bound = divided[..., place : place + 1]
    chosen = data <= bound if ascending else data >= bound
    if np.count_nonzero(chosen) > first.size:
        chosen = _first_of_equals(data, bound, chosen, count)
    columns = chosen.nonzero()[-1].reshape(first.shape)
    order = _order(np, np.take_along_axis(data, columns, -1), -1, ascending)
    return np.take_along_axis(columns, order, -1)


def _first_of_equals(data: Array, bound: Array, chosen: Array, count: int) -> Array:
    """Of what equals the bound, choose as many as there is room for."""
    equal = data == bound
    beyond = chosen & ~equal
    room = count - beyond.sum(axis=-1, keepdims=True)
    return beyond | (equal & (equal.cumsum(axis=-1) <= room))


def _reversed(array: Array, axis: int) -> Array:
    index = [slice(None)] * array.ndim
    index[axis] = slice(None, None, -1)
    return array[tuple(index)]


@kernel("reference", "sort")
def sort(call: Invocation) -> None:
    """Put the elements in order, and keep where they were for the gradient."""
    data, axis = _flat(call.inputs[0], call.attributes.axis)
    order = _order(call.xp, data, axis, call.attributes.is_ascend)
    _put_taken(call, data, order, axis)


def _put_taken(call: Invocation, data: Array, order: Array, axis: int) -> None:
    """Put the elements at the indices, and the indices."""
    if wanted(call, 0):
        assign(call, 0, call.xp.take_along_axis(data, order, axis=axis))
    assign(call, 1, order)


@kernel("reference", "argsort")
def argsort(call: Invocation) -> None:
    """Put the indices that sort."""
    if wanted(call, 0):
        data, axis = _flat(call.inputs[0], call.attributes.axis)
        assign(call, 0, _order(call.xp, data, axis, call.attributes.is_ascend))


@kernel("reference", "topk")
def topk(call: Invocation) -> None:
    """Put the first elements of the order, their indices, or ones at their places."""
    settings = call.attributes
    data, axis = _flat(call.inputs[0], settings.axis)
    count = settings.k if settings.k > 0 else data.shape[axis]
    order = _first(call.xp, data, axis, count, settings.is_ascend)
    if settings.ret_typ == "indices":
        assign(call, 0, order)
    elif settings.ret_typ == "mask":
        _put_mask(call, data, order, axis)
    else:
        _put_taken(call, data, order, axis)


def _put_mask(call: Invocation, data: Array, order: Array, axis: int) -> None:
    mask = call.xp.zeros(data.shape, data.dtype)
    call.xp.put_along_axis(mask, order, 1, axis=axis)
    assign(call, 0, mask.reshape(call.inputs[0].shape))


@kernel("reference", "_backward_topk")
def topk_backward(call: Invocation) -> None:
    """Put the gradients where the elements were, each of which has one place."""
    if not wanted(call, 0):
        return
    out_grad, indices = call.inputs
    xp, places = call.xp, indices.astype("int64")
    output, axis = _flat(call.outputs[0], call.attributes.axis)
    if call.requests[0] is Request.WRITE:
        output[...] = 0
    else:
        out_grad = out_grad + xp.take_along_axis(output, places, axis=axis)
    xp.put_along_axis(output, places, out_grad, axis=axis)


@kernel("reference", "_shuffle")
def shuffle(call: Invocation) -> None:
    """Put the slices along the first axis in a random order, and that order."""
    assert call.random is not None
    data = call.inputs[0]
    order = call.random.generator.random(len(data)).argsort()
    if wanted(call, 0):
        assign(call, 0, data[order])
    assign(call, 1, order)
