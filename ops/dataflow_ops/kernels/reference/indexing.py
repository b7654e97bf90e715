"""Reference kernels that choose elements by indices or conditions."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


def _indices(xp: Any, values: Array, mode: str, length: int) -> Array:
    """Turn numbers of any type into indices from 0 to `length`, fractions dropped."""
    whole = values.astype(xp.int64)
    if mode == "clip":
        return whole.clip(0, length - 1)
    if mode == "wrap":
        return whole % length
    if bool(((whole < 0) | (whole >= length)).any()):
        raise IndexError(f"indices must be from 0 to {length - 1}")
    return whole


def _gather(call: Invocation, array: Array, indices: Array, axis: int) -> None:
    """Put the elements at valid indices into output 0."""
    if call.requests[0] is not Request.WRITE:
        if wanted(call, 0):
            assign(call, 0, call.xp.take(array, indices, axis=axis))
    elif call.xp is np:
        # Any mode but "raise" writes without a buffer.
        np.take(array, indices, axis, call.outputs[0], "clip")
    else:
        call.xp.take(array, indices, axis=axis, out=call.outputs[0])


def scatter_add(call: Invocation, table: Array, rows: Array, values: Array) -> None:
    """Add values[i] to table[rows[i]]; `table` is a view of output 0.

    Under a request to write, the table is set to zero before.
    """
    if call.requests[0] is Request.WRITE:
        table[...] = 0
    if call.xp is np:
        _add_rows(table, rows, values)
    else:
        call.xp.add.at(table, rows, values)


_PASSES = 3


def _add_rows(table: Array, rows: Array, values: Array) -> None:
    """Add rows that may occur many times, several times faster than `add.at`.

    The first, second and third occurrences of all rows are added at once each. What
    is left are few rows with many occurrences, which `reduceat` is good at; it is not
    at many short runs.
    """
    order = rows.argsort(kind="stable")
    rows = rows[order]
    for _ in range(_PASSES):
        begins = np.diff(rows, prepend=-1) != 0
        table[rows[begins]] += values.take(order[begins], axis=0)
        rows, order = rows[~begins], order[~begins]
        if not rows.size:
            return
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    runs = np.add.reduceat(values.take(order, axis=0), first, axis=0)
    table[rows[first]] += runs


@kernel("reference", "Embedding")
def embedding(call: Invocation) -> None:
    """Copy the row of each index."""
    data, weight = call.inputs
    _gather(call, weight, _indices(call.xp, data, "clip", weight.shape[0]), 0)


@kernel("reference", "_backward_Embedding")
def embedding_backward(call: Invocation) -> None:
    """Add the gradients of all uses of a row."""
    if not wanted(call, 0):
        return
    out_grad, data = call.inputs
    table = call.outputs[0]
    rows = _indices(call.xp, data.reshape(-1), "clip", table.shape[0])
    scatter_add(call, table, rows, out_grad.reshape(-1, table.shape[1]))


@kernel("reference", "take")
def take(call: Invocation) -> None:
    """Copy the elements at the indices along an axis."""
    array, indices = call.inputs
    axis = call.attributes.axis
    whole = _indices(call.xp, indices, call.attributes.mode, array.shape[axis])
    _gather(call, array, whole, axis)


@kernel("reference", "_backward_take")
def take_backward(call: Invocation) -> None:
    """Add the gradients of all uses of an element."""
    if not wanted(call, 0):
        return
    out_grad, indices = call.inputs
    output, axis = call.outputs[0], call.attributes.axis % call.outputs[0].ndim
    length = output.shape[axis]
    rows = _indices(call.xp, indices.reshape(-1), call.attributes.mode, length)
    before, after = output.shape[:axis], output.shape[axis + 1 :]
    values = out_grad.reshape(*before, rows.size, *after)
    move = call.xp.moveaxis
    scatter_add(call, move(output, axis, 0), rows, move(values, axis, 0))


def _picked(call: Invocation, data: Array, index: Array) -> Array:
    """Return indices with the picked axis, of length 1."""
    axis = call.attributes.axis % data.ndim
    shape = (*data.shape[:axis], 1, *data.shape[axis + 1 :])
    whole = _indices(call.xp, index, call.attributes.mode, data.shape[axis])
    return whole.reshape(shape)


@kernel("reference", "pick")
def pick(call: Invocation) -> None:
    """Copy one element for each index."""
    if not wanted(call, 0):
        return
    data, index = call.inputs
    places = _picked(call, data, index)
    taken = call.xp.take_along_axis(data, places, axis=call.attributes.axis)
    assign(call, 0, taken.reshape(call.outputs[0].shape))


@kernel("reference", "batch_take")
def batch_take(call: Invocation) -> None:
    """Copy one element of each row."""
    if wanted(call, 0):
        array, indices = call.inputs
        places = _indices(call.xp, indices, "clip", array.shape[-1])[..., None]
        taken = call.xp.take_along_axis(array, places, axis=-1)
        assign(call, 0, taken.reshape(indices.shape))


@kernel("reference", "_backward_pick")
def pick_backward(call: Invocation) -> None:
    """Put the gradient where elements were picked."""
    if not wanted(call, 0):
        return
    out_grad, index = call.inputs
    xp, output, axis = call.xp, call.outputs[0], call.attributes.axis
    places = _picked(call, output, index)
    values = out_grad.reshape(places.shape)
    if call.requests[0] is Request.WRITE:
        output[...] = 0
    else:
        values = values + xp.take_along_axis(output, places, axis=axis)
    xp.put_along_axis(output, places, values, axis=axis)


@kernel("reference", "one_hot")
def one_hot(call: Invocation) -> None:
    """Compare indices with positions on a new axis."""
    if not wanted(call, 0):
        return
    xp, settings = call.xp, call.attributes
    indices = call.inputs[0].astype(xp.int64)
    hot = indices[..., None] == xp.arange(settings.depth)
    on, off = (
        constant(xp, value, settings.dtype)
        for value in (settings.on_value, settings.off_value)
    )
    assign(call, 0, xp.where(hot, on, off))


def _condition(condition: Array, rank: int) -> Array:
    """Turn a condition of equal rank, or of one element a row, into booleans."""
    shape = condition.shape + (1,) * (rank - condition.ndim)
    return (condition != 0).reshape(shape)


@kernel("reference", "where")
def where(call: Invocation) -> None:
    """Choose between two arrays; the output may share memory with y."""
    condition, x, y = call.inputs
    chosen = _condition(condition, x.ndim)
    if call.requests[0] is Request.WRITE:
        call.xp.copyto(call.outputs[0], y)
        call.xp.copyto(call.outputs[0], x, where=chosen)
    elif wanted(call, 0):
        assign(call, 0, call.xp.where(chosen, x, y))


@kernel("reference", "_backward_where")
def where_backward(call: Invocation) -> None:
    """Let the gradient through to the side that was chosen."""
    out_grad, condition = call.inputs
    chosen = _condition(condition, out_grad.ndim)
    zero = constant(call.xp, 0, out_grad.dtype)
    if wanted(call, 0):
        assign(call, 0, call.xp.where(chosen, out_grad, zero))
    if wanted(call, 1):
        assign(call, 1, call.xp.where(chosen, zero, out_grad))
