"""How the numbers of each distribution are drawn, whatever its parameters come from.

A *draw* fills an array (float32 or float64, contiguous) with numbers from a generator.
Its parameters are numbers, or arrays that broadcast to what is filled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request

Draw = Callable[..., None]  # of array library, generator, what to fill, parameters


def draw_into(call: Invocation, draw: Draw, *parameters: Any) -> None:
    """Draw output 0, straight into its memory where that is possible."""
    if not wanted(call, 0):
        return
    assert call.random is not None
    output = call.outputs[0]
    numbers = output
    direct = output.dtype.itemsize > 2 and output.flags.c_contiguous
    if call.requests[0] is not Request.WRITE or not direct:
        # Generators know float32 and float64.
        numbers = call.xp.empty(output.shape, wide(output.dtype))
    draw(call.xp, call.random.generator, numbers, *parameters)
    if numbers is not output:
        assign(call, 0, numbers)


def _scale(numbers: Array, factor: Any, offset: Any) -> None:
    """Put factor * numbers + offset; passes that change nothing are left out."""
    if not (isinstance(factor, float) and factor == 1):
        numbers *= factor
    if not (isinstance(offset, float) and offset == 0):
        numbers += offset


def _uniform(xp: Any, generator: Any, out: Array, low: Any, high: Any) -> None:
    generator.random(dtype=out.dtype, out=out)
    _scale(out, high - low, low)


def _normal(xp: Any, generator: Any, out: Array, loc: Any, scale: Any) -> None:
    generator.standard_normal(dtype=out.dtype, out=out)
    _scale(out, scale, loc)


def _gamma(xp: Any, generator: Any, out: Array, alpha: Any, beta: Any) -> None:
    generator.standard_gamma(alpha, out.shape, out.dtype, out)
    _scale(out, beta, 0.0)


def _exponential(xp: Any, generator: Any, out: Array, lam: Any) -> None:
    generator.standard_exponential(dtype=out.dtype, out=out)
    out /= lam


def _poisson(xp: Any, generator: Any, out: Array, lam: Any) -> None:
    out[...] = generator.poisson(lam, out.shape)


def _negative_binomial(xp: Any, generator: Any, out: Array, k: Any, p: Any) -> None:
    """Mix Poisson distributions: the form in which `k` need not be an integer."""
    mean = generator.standard_gamma(k, out.shape)
    mean *= (1 - p) / p
    _poisson(xp, generator, out, mean)


def _generalized_negative_binomial(
    xp: Any, generator: Any, out: Array, mu: Any, alpha: Any
) -> None:
    mu, alpha = xp.asarray(mu), xp.asarray(alpha)
    dispersed = alpha != 0
    safe = xp.where(dispersed, alpha, 1)
    mean = generator.standard_gamma(1 / safe, out.shape)
    mean *= safe
    mean = xp.where(dispersed, mean, 1)
    mean *= mu
    _poisson(xp, generator, out, mean)


DRAWS: dict[str, Draw] = {
    "uniform": _uniform,
    "normal": _normal,
    "gamma": _gamma,
    "exponential": _exponential,
    "poisson": _poisson,
    "negative_binomial": _negative_binomial,
    "generalized_negative_binomial": _generalized_negative_binomial,
}
