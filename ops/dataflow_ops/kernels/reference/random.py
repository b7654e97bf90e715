"""Reference kernels of random numbers, drawn straight into the output."""

from __future__ import annotations

from typing import Any

from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


def _draw(call: Invocation, method: str, factor: float, offset: float) -> None:
    """Put factor * (numbers drawn by a method of the generator) + offset."""
    if not wanted(call, 0):
        return
    assert call.random is not None
    output = call.outputs[0]
    draw = getattr(call.random.generator, method)
    if (
        call.requests[0] is Request.WRITE
        and output.dtype.itemsize > 2
        and output.flags.c_contiguous
    ):
        draw(dtype=output.dtype, out=output)
        _scale(output, factor, offset)
        return
    # Generators know float32 and float64.
    dtype: Any = call.xp.promote_types(output.dtype, call.xp.float32)
    numbers = draw(output.shape, dtype=dtype)
    _scale(numbers, factor, offset)
    assign(call, 0, numbers)


def _scale(numbers: Array, factor: float, offset: float) -> None:
    if factor != 1:
        numbers *= factor
    if offset != 0:
        numbers += offset


@kernel("reference", "_random_uniform")
def uniform(call: Invocation) -> None:
    """Draw from [low, high)."""
    low, high = call.attributes.low, call.attributes.high
    _draw(call, "random", high - low, low)


@kernel("reference", "_random_normal")
def normal(call: Invocation) -> None:
    """Draw around loc with deviation scale."""
    _draw(call, "standard_normal", call.attributes.scale, call.attributes.loc)
