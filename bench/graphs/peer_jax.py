"""jax's side of the graphs: the expression under jit."""

from __future__ import annotations

import jax
from jax import numpy as jnp

from bench.graphs import arrays
from bench.graphs.arrays import told
from bench.workload import Factory, Workload

VERSIONS = {"jax": jax.__version__}


@jax.jit
def compute(
    a: jax.Array, b: jax.Array, c: jax.Array, d: jax.Array, x: jax.Array
) -> jax.Array:
    """Compute relu(a * x + b) * sigmoid(c * x) + tanh(d)."""
    return jax.nn.relu(a * x + b) * jax.nn.sigmoid(c * x) + jnp.tanh(d)


def expression() -> Workload:
    """Run it, and wait."""
    values = {name: jnp.asarray(value) for name, value in arrays.expression().items()}

    def run() -> jax.Array:
        return compute(**values).block_until_ready()

    return Workload(run, outputs=lambda: told(jax.device_get(run())))


WORKLOADS: dict[str, Factory] = {"expression": expression}
