"""jax's side of the graphs: the expression and the sums under jit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
from jax import numpy as jnp

from bench.graphs import arrays
from bench.graphs.arrays import Arrays, told
from bench.workload import Factory, Workload

VERSIONS = {"jax": jax.__version__}


@jax.jit
def compute(
    a: jax.Array, b: jax.Array, c: jax.Array, d: jax.Array, x: jax.Array
) -> jax.Array:
    """Compute relu(a * x + b) * sigmoid(c * x) + tanh(d)."""
    return jax.nn.relu(a * x + b) * jax.nn.sigmoid(c * x) + jnp.tanh(d)


@jax.jit
def mean_square(a: jax.Array, b: jax.Array, x: jax.Array) -> jax.Array:
    """Compute mean((a * x + b)^2)."""
    return jnp.mean(jnp.square(a * x + b))


@jax.jit
def row_sums(x: jax.Array) -> jax.Array:
    """Sum the rows of a matrix."""
    return jnp.sum(x, axis=1)


def workload(
    function: Callable[..., jax.Array], given: Callable[[], Arrays], names: str
) -> Workload:
    """Run a function of some of the arrays, and wait."""
    values = {name: jnp.asarray(given()[name]) for name in names}

    def run() -> jax.Array:
        return function(**values).block_until_ready()

    return Workload(run, outputs=lambda: told(jax.device_get(run())))


WORKLOADS: dict[str, Factory] = {
    "expression": partial(workload, compute, arrays.expression, "abcdx"),
    "squares": partial(workload, mean_square, arrays.expression, "abx"),
    "row-sums": partial(workload, row_sums, arrays.rows, "x"),
}
