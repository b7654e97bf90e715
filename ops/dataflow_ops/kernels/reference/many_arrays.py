"""Reference kernels of what optimizers ask of many arrays at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataflow_ops.kernels.precision import widened
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel

_PIECE = 1 << 15  # elements


def _pieces(array: Array) -> Iterator[Array]:
    """Go through an array without a temporary of its size, if it is contiguous."""
    flat = array.reshape(-1)
    for start in range(0, flat.size, _PIECE):
        yield flat[start : start + _PIECE]


def sum_of_squares(xp: Any, array: Array) -> Array:
    """Return the sum of squares, computed in double precision piece by piece."""
    total = xp.zeros((), xp.float64)
    for piece in _pieces(array):
        numbers = piece.astype(xp.float64)
        total = total + xp.dot(numbers, numbers)
    return total


@kernel("reference", "multi_sum_sq")
def multi_sum_sq(call: Invocation) -> None:
    """Sum the squares of each array."""
    if wanted(call, 0):
        xp = call.xp
        sums = xp.stack([sum_of_squares(xp, array) for array in call.inputs])
        assign(call, 0, sums.astype(xp.float32))


@kernel("reference", "multi_lars")
def multi_lars(call: Invocation) -> None:
    """Scale the learning rates of layers."""
    xp, attributes = call.xp, call.attributes
    lrs, weights, grads, decays = map(widened, call.inputs)
    weight_norm, grad_norm = xp.sqrt(weights), xp.sqrt(grads) * attributes.rescale_grad
    scale = attributes.eta * weight_norm
    scale /= grad_norm + decays * weight_norm + attributes.eps
    applies = (weights > 0) & (grads > 0)
    assign(call, 0, (lrs * xp.where(applies, scale, 1)).astype(call.inputs[0].dtype))


@kernel("reference", "all_finite", "multi_all_finite")
def all_finite(call: Invocation) -> None:
    """Look for infinities and NaN."""
    if not wanted(call, 0):
        return
    output = call.outputs[0]
    pieces = (piece for array in call.inputs for piece in _pieces(array))
    finite = all(bool(call.xp.isfinite(piece).all()) for piece in pieces)
    if call.attributes.init_output or call.requests[0] is Request.ADD:
        assign(call, 0, float(finite))
    elif not finite:
        output[...] = 0


@kernel("reference", "reset_arrays")
def reset_arrays(call: Invocation) -> None:
    """Fill all arrays with 0."""
    if wanted(call, 0):
        for array in call.inputs:
            array.fill(0)
        assign(call, 0, 1)
