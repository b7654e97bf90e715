"""Reference kernels that repeat one array: copies from views, and sums back."""

from __future__ import annotations

import math

from dataflow_ops.kernels.reference.broadcast import put_sum
from dataflow_ops.kernels.requests import (
    assign,
    bind_copy,
    bind_move,
    viewing,
    wanted,
)
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Thunk,
    binder,
    kernel,
)


@binder("reference", "broadcast_to", "broadcast_axis", "broadcast_like")
def broadcast(call: Invocation) -> Thunk | None:
    """Repeat the first input to the shape of the output."""
    return bind_copy(call, call.inputs[0])


@kernel("reference", "_backward_broadcast")
def broadcast_backward(call: Invocation) -> None:
    """Sum the gradient over what was repeated."""
    put_sum(call, 0, call.inputs[0])


def _sum(array: Array, axis: int | tuple[int, ...]) -> Array:
    """Sum; half precision would lose the later ones of many numbers."""
    return array.sum(axis=axis, dtype="float32" if array.dtype == "float16" else None)


# A repeated array is viewed with an axis over the repeats beside each axis.


def _tiles(whole: Array, part: tuple[int, ...]) -> Array:
    """View an array made of tiles with (repeat, length) in place of each axis."""
    short = (1,) * (whole.ndim - len(part)) + part
    pairs = [(n // max(d, 1), d) for n, d in zip(whole.shape, short, strict=True)]
    return whole.reshape([length for pair in pairs for length in pair])


@binder("reference", "tile")
@viewing
def tile(call: Invocation) -> Thunk | None:
    """Copy the whole array to every tile."""
    if call.requests[0] is Request.NULL:
        return None
    data = call.inputs[0]
    target = _tiles(call.outputs[0], data.shape)
    source = data.reshape([length for d in data.shape for length in (1, d)])
    return bind_move(call.xp, call.requests[0], target, source)


@kernel("reference", "_backward_tile")
def tile_backward(call: Invocation) -> None:
    """Sum the gradient over the tiles."""
    if wanted(call, 0):
        shape = call.outputs[0].shape
        tiles = _tiles(call.inputs[0], shape)
        total = _sum(tiles, tuple(range(0, tiles.ndim, 2)))
        assign(call, 0, total.reshape(shape))


def _runs(call: Invocation, shape: tuple[int, ...], times: int) -> tuple[int, ...]:
    """Shape with an axis of length `times` after the one that is repeated."""
    axis = call.attributes.axis
    if axis is None:
        return (math.prod(shape), times)
    after = axis % len(shape) + 1
    return (*shape[:after], times, *shape[after:])


@binder("reference", "repeat")
@viewing
def repeat(call: Invocation) -> Thunk | None:
    """Copy each slice to every place of its run."""
    if call.requests[0] is Request.NULL:
        return None
    data, output = call.inputs[0], call.outputs[0]
    source = data.reshape(_runs(call, data.shape, 1))
    target = output.reshape(_runs(call, data.shape, call.attributes.repeats))
    return bind_move(call.xp, call.requests[0], target, source)


@kernel("reference", "_backward_repeat")
def repeat_backward(call: Invocation) -> None:
    """Sum the gradient over each run."""
    if wanted(call, 0):
        shape, axis = call.outputs[0].shape, call.attributes.axis
        runs = call.inputs[0].reshape(_runs(call, shape, call.attributes.repeats))
        total = _sum(runs, 1 if axis is None else axis % len(shape) + 1)
        assign(call, 0, total.reshape(shape))
