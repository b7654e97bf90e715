"""A network as a program of MXNet's Symbol interface, for us and for MXNet alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from bench.models.files import Shared
from bench.models.networks import OUTPUT_STEPS, Network
from bench.workload import Factory, Workload

INPUTS = ("data", "softmax_label")
Load = Callable[[Network], Shared]


def bound(
    mx: Any, network: Network, shared: Shared, *, train: bool, **options: Any
) -> Any:
    """Bind the network, with all arrays filled in."""
    symbol = mx.sym.load_json(shared.symbol)
    request = "write" if train else "null"
    requests = dict.fromkeys(symbol.list_arguments(), request)
    requests |= dict.fromkeys(INPUTS, "null")
    executor = symbol.simple_bind(
        mx.cpu(), grad_req=requests, data=network.data, **options
    )
    fill(mx, executor, shared)
    return executor


def fill(mx: Any, executor: Any, shared: Shared) -> None:
    """Put the first weights and states, the data and the labels in."""
    for name, array in (executor.arg_dict | executor.aux_dict).items():
        array[:] = mx.nd.array(shared.arrays[name])


def forward(mx: Any, load: Load, network: Network) -> Workload:
    """Run a forward pass for inference, and wait."""
    executor = bound(mx, network, load(network), train=False)

    def run() -> None:
        executor.forward(is_train=False)
        executor.outputs[0].wait_to_read()

    return Workload(run, outputs=lambda: network.told(executor.outputs[0].asnumpy()))


def training_step(mx: Any, load: Load, network: Network, **options: Any) -> Workload:
    """Run forward, backward and an SGD update of every parameter, and wait."""
    shared = load(network)
    executor = bound(mx, network, shared, train=True, **options)
    step = _stepper(mx, network, executor)

    def outputs() -> list[float]:
        fill(mx, executor, shared)
        told: list[float] = []
        for _ in range(OUTPUT_STEPS):
            step()
            told += network.told(executor.outputs[0].asnumpy())
        return told

    return Workload(step, outputs=outputs)


def _stepper(mx: Any, network: Network, executor: Any) -> Callable[[], None]:
    names = [name for name in executor.arg_dict if name not in INPUTS]
    pairs = [(executor.arg_dict[name], executor.grad_dict[name]) for name in names]
    settings = {"lr": network.rate, "rescale_grad": 1 / network.batch}

    def step() -> None:
        executor.forward(is_train=True)
        executor.backward()
        for weight, gradient in pairs:
            mx.nd.sgd_update(weight, gradient, out=weight, **settings)
        mx.nd.waitall()

    return step


def workloads(mx: Any, load: Load, networks: Iterable[Network]) -> dict[str, Factory]:
    """Return the factories for a library, with what gives a network's file."""
    factories: dict[str, Factory] = {}
    for network in networks:
        factories[f"{network.name}-forward"] = partial(forward, mx, load, network)
        training = partial(training_step, mx, load, network)
        factories[f"{network.name}-training"] = training
    return factories
