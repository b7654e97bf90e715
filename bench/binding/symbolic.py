"""Binding a network, for us and for MXNet alike."""

from __future__ import annotations

from functools import partial
from typing import Any

from bench.models.networks import NETWORKS
from bench.models.symbolic import INPUTS, Load
from bench.workload import Factory, Workload

NETWORK = NETWORKS["inception-bn"]


def bind(mx: Any, load: Load, *, train: bool, runs: bool) -> Workload:
    """Bind to new arrays; with `runs` also run once and wait."""
    symbol = mx.sym.load_json(load(NETWORK).symbol)
    request = "write" if train else "null"
    requests = dict.fromkeys(symbol.list_arguments(), request)
    requests |= dict.fromkeys(INPUTS, "null")

    def run() -> None:
        executor = symbol.simple_bind(mx.cpu(), grad_req=requests, data=NETWORK.data)
        if runs:
            executor.forward(is_train=train)
            if train:
                executor.backward()
        mx.nd.waitall()

    return Workload(run)


def workloads(mx: Any, load: Load) -> dict[str, Factory]:
    """Return the factories for a library."""
    return {
        f"{'training' if train else 'inference'}{'-run' if runs else ''}": partial(
            bind, mx, load, train=train, runs=runs
        )
        for train in (False, True)
        for runs in (False, True)
    }
