"""Reference kernels of diagonals: copies to and from views of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow_ops.diagonals import matrix_axes
from dataflow_ops.kernels.requests import bind_all, bind_copy, bind_move
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder


def _diagonal(xp: Any, matrices: Array, k: int, rows: int, columns: int) -> Array:
    """View the diagonals of matrices as the last axis; writable, as the array is."""
    starts = {rows: max(-k, 0), columns: max(k, 0)}
    corner = matrices[tuple(slice(starts.get(i), None) for i in range(matrices.ndim))]
    shape = [d for i, d in enumerate(corner.shape) if i not in starts]
    strides = [d for i, d in enumerate(corner.strides) if i not in starts]
    shape.append(min(corner.shape[rows], corner.shape[columns]))
    strides.append(corner.strides[rows] + corner.strides[columns])
    return xp.lib.stride_tricks.as_strided(corner, shape, strides)


def _diagonals(call: Invocation, array: Array) -> Array:
    axes = matrix_axes(call.attributes, array.ndim)
    return _diagonal(call.xp, array, call.attributes.k, *axes)


def _bind_placement(call: Invocation, target: Array) -> Thunk | None:
    """Bind putting input 0 at a view of output 0, and zeros elsewhere."""
    place = bind_move(call.xp, call.requests[0], target, call.inputs[0])
    if call.requests[0] is Request.ADD:
        return place
    return bind_all([partial(call.outputs[0].fill, 0), place])


@binder("reference", "diag")
def diag(call: Invocation) -> Thunk | None:
    """Copy a diagonal, or make the matrix around it."""
    data = call.inputs[0]
    if call.requests[0] is Request.NULL:
        return None
    if data.ndim > 1:
        return bind_copy(call, _diagonals(call, data))
    matrix = call.outputs[0]
    return _bind_placement(call, _diagonal(call.xp, matrix, call.attributes.k, 0, 1))


@binder("reference", "_backward_diag")
def diag_backward(call: Invocation) -> Thunk | None:
    """Put the gradient back on the diagonal, or take it from there."""
    if call.requests[0] is Request.NULL:
        return None
    if call.outputs[0].ndim > 1:
        return _bind_placement(call, _diagonals(call, call.outputs[0]))
    matrix = call.inputs[0]
    return bind_copy(call, _diagonal(call.xp, matrix, call.attributes.k, 0, 1))
