"""jax's side of the models: a training step of the perceptron under one jit."""

from __future__ import annotations

from functools import partial

import jax
from jax import numpy as jnp

from bench.models.files import load
from bench.models.networks import NETWORKS, OUTPUT_STEPS, Network
from bench.workload import Factory, Workload

VERSIONS = {"jax": jax.__version__}
LAYERS = ("fc1", "fc2", "fc3")
Parameters = dict[str, jax.Array]


def scores(parameters: Parameters, x: jax.Array) -> jax.Array:
    """Return class scores."""
    for layer in LAYERS:
        x = x @ parameters[f"{layer}_weight"].T + parameters[f"{layer}_bias"]
        x = jax.nn.relu(x) if layer != LAYERS[-1] else x
    return x


def loss(
    parameters: Parameters, x: jax.Array, labels: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Return the mean cross entropy, and the class scores."""
    made = scores(parameters, x)
    picked = jnp.take_along_axis(jax.nn.log_softmax(made), labels[:, None], 1)
    return -picked.mean(), made


def training_step(network: Network) -> Workload:
    """Run forward, backward and an SGD update."""
    arrays = load(network.name).arrays
    data = jnp.asarray(arrays["data"])
    labels = jnp.asarray(arrays["softmax_label"].astype("int32"))
    names = [f"{layer}_{kind}" for layer in LAYERS for kind in ("weight", "bias")]
    parameters: Parameters = {}

    def refill() -> None:
        parameters.update({name: jnp.array(arrays[name]) for name in names})

    @partial(jax.jit, donate_argnums=0)
    def stepped(
        given: Parameters, x: jax.Array, y: jax.Array
    ) -> tuple[Parameters, jax.Array]:
        gradients, made = jax.grad(loss, has_aux=True)(given, x, y)
        rate = network.rate
        return {n: given[n] - rate * gradients[n] for n in given}, made

    def step() -> jax.Array:
        new, made = stepped(dict(parameters), data, labels)
        parameters.update(new)
        return jax.block_until_ready((new, made))[1]

    def outputs() -> list[float]:
        refill()
        told: list[float] = []
        for _ in range(OUTPUT_STEPS):
            told += network.told(jax.device_get(jax.nn.softmax(step())))
        return told

    refill()
    return Workload(step, outputs=outputs)


WORKLOADS: dict[str, Factory] = {
    f"{name}-training": partial(training_step, NETWORKS[name])
    for name in ("mlp64", "mlp1024")
}
