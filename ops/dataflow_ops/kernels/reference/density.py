"""Reference kernels of densities: logarithms, and their slopes.

Formulas take the sample x and the parameters, which broadcast to it. A slope stands for
the sample (if a gradient flows to it) and for each parameter, in order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from dataflow_ops.kernels.precision import widened
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.special import special
from dataflow_ops.kernels.table import Array, Invocation, kernel


def _uniform(xp: Any, x: Array, low: Array, high: Array) -> Array:
    return -xp.log(high - low) + xp.zeros_like(x)


def _uniform_slopes(xp: Any, x: Array, low: Array, high: Array) -> list[Array]:
    slope = 1 / (high - low) + xp.zeros_like(x)
    return [slope, -slope]


def _normal(xp: Any, x: Array, mu: Array, sigma: Array) -> Array:
    z = (x - mu) / sigma
    return -0.5 * z * z - xp.log(sigma) - 0.5 * math.log(2 * math.pi)


def _normal_slopes(xp: Any, x: Array, mu: Array, sigma: Array) -> list[Array]:
    z = (x - mu) / sigma
    return [-z / sigma, z / sigma, (z * z - 1) / sigma]


def _gamma(xp: Any, x: Array, alpha: Array, beta: Array) -> Array:
    functions = special(xp)
    scaled = functions.xlogy(alpha, beta) - functions.gammaln(alpha)
    return scaled + functions.xlogy(alpha - 1, x) - beta * x


def _gamma_slopes(xp: Any, x: Array, alpha: Array, beta: Array) -> list[Array]:
    digamma = special(xp).digamma(alpha)
    return [
        (alpha - 1) / x - beta,
        xp.log(beta) + xp.log(x) - digamma,
        alpha / beta - x,
    ]


def _exponential(xp: Any, x: Array, lam: Array) -> Array:
    return xp.log(lam) - lam * x


def _exponential_slopes(xp: Any, x: Array, lam: Array) -> list[Array]:
    return [-lam + xp.zeros_like(x), 1 / lam - x]


def _poisson(xp: Any, x: Array, lam: Array) -> Array:
    functions = special(xp)
    return functions.xlogy(x, lam) - lam - functions.gammaln(x + 1)


def _poisson_slopes(xp: Any, x: Array, lam: Array) -> list[Array]:
    return [x / lam - 1]


def _negative_binomial(xp: Any, x: Array, k: Array, p: Array) -> Array:
    functions = special(xp)
    ways = functions.gammaln(x + k) - functions.gammaln(x + 1) - functions.gammaln(k)
    return ways + functions.xlogy(k, p) + functions.xlog1py(x, -p)


def _negative_binomial_slopes(xp: Any, x: Array, k: Array, p: Array) -> list[Array]:
    digamma = special(xp).digamma
    return [digamma(x + k) - digamma(k) + xp.log(p), k / p - x / (1 - p)]


def _generalized(xp: Any, x: Array, mu: Array, alpha: Array) -> Array:
    return _negative_binomial(xp, x, 1 / alpha, 1 / (1 + mu * alpha))


def _generalized_slopes(xp: Any, x: Array, mu: Array, alpha: Array) -> list[Array]:
    k, p = 1 / alpha, 1 / (1 + mu * alpha)
    by_k, by_p = _negative_binomial_slopes(xp, x, k, p)
    return [-alpha * p * p * by_p, -k * k * by_k - mu * p * p * by_p]


def _dirichlet(xp: Any, x: Array, alpha: Array) -> Array:
    functions = special(xp)
    scale = functions.gammaln(alpha.sum(-1)) - functions.gammaln(alpha).sum(-1)
    return functions.xlogy(alpha - 1, x).sum(-1) + scale


def _dirichlet_slopes(xp: Any, x: Array, alpha: Array) -> list[Array]:
    digamma = special(xp).digamma
    total = digamma(alpha.sum(-1, keepdims=True))
    return [(alpha - 1) / x, total - digamma(alpha) + xp.log(x)]


def _nowhere(x: Array, *parameters: Array) -> bool:
    return False


def _below_zero(x: Array, *parameters: Array) -> Array:
    return x < 0


def _out_of_bounds(x: Array, low: Array, high: Array) -> Array:
    return (x < low) | (x > high)


class _Density(NamedTuple):
    log: Callable[..., Array]
    slopes: Callable[..., list[Array]]
    impossible: Callable[..., Any]
    axes: int = 0  # how many trailing axes hold one sample


_DENSITIES = {
    "uniform": _Density(_uniform, _uniform_slopes, _out_of_bounds),
    "normal": _Density(_normal, _normal_slopes, _nowhere),
    "gamma": _Density(_gamma, _gamma_slopes, _below_zero),
    "exponential": _Density(_exponential, _exponential_slopes, _below_zero),
    "poisson": _Density(_poisson, _poisson_slopes, _below_zero),
    "negative_binomial": _Density(
        _negative_binomial, _negative_binomial_slopes, _below_zero
    ),
    "generalized_negative_binomial": _Density(
        _generalized, _generalized_slopes, _below_zero
    ),
    "dirichlet": _Density(_dirichlet, _dirichlet_slopes, _nowhere, axes=1),
}


def _spread(parameter: Array, rank: int, axes: int) -> Array:
    """Give a parameter dimensions of length 1 where the sample has more."""
    own = parameter.ndim - axes
    added = (1,) * (rank - parameter.ndim)
    return parameter.reshape(parameter.shape[:own] + added + parameter.shape[own:])


def _operands(density: _Density, inputs: tuple[Array, ...]) -> list[Array]:
    sample, *parameters = (widened(x) for x in inputs)
    spread = [_spread(x, sample.ndim, density.axes) for x in parameters]
    return [sample, *spread]


def _run(density: _Density, call: Invocation) -> None:
    if not wanted(call, 0):
        return
    xp = call.xp
    operands = _operands(density, call.inputs)
    value = density.log(xp, *operands)
    value = xp.where(density.impossible(*operands), -xp.inf, value)
    if not call.attributes.is_log:
        value = xp.exp(value)
    assign(call, 0, value.reshape(call.shapes[0]).astype(call.outputs[0].dtype))


def _run_backward(density: _Density, call: Invocation) -> None:
    xp, head = call.xp, widened(call.inputs[0])
    operands = _operands(density, call.inputs[1:])
    impossible = density.impossible(*operands)
    head = head.reshape(operands[0].shape[: operands[0].ndim - density.axes])
    head = head.reshape(head.shape + (1,) * density.axes)
    slopes = density.slopes(xp, *operands)
    for index, slope in enumerate(slopes):
        if wanted(call, index):
            value = xp.where(impossible, 0, head * slope)
            value = _folded(value, call.shapes[index], density.axes)
            assign(call, index, value.astype(call.outputs[index].dtype))


def _folded(value: Array, shape: tuple[int, ...], axes: int) -> Array:
    """Sum the gradient over the samples that share a parameter."""
    own = len(shape) - axes
    shared = tuple(range(own, value.ndim - axes))
    return value.sum(axis=shared) if shared else value


for _name, _density in _DENSITIES.items():
    kernel("reference", f"_random_pdf_{_name}")(partial(_run, _density))
    kernel("reference", f"_backward_pdf_{_name}")(partial(_run_backward, _density))
