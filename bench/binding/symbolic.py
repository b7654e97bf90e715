"""Binding a network, and graphs that are new, for us and for MXNet alike."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from bench.executor import chain
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


def bind_new(mx: Any, *, train: bool) -> Workload:
    """Bind a chain of small operators that was never bound; composing is not timed."""
    request = "write" if train else "null"

    def measure() -> float:
        symbol = chain.symbol(mx)
        start = time.perf_counter()
        symbol.simple_bind(mx.cpu(), grad_req=request, x=(chain.ELEMENTS,))
        mx.nd.waitall()
        return 1e6 * (time.perf_counter() - start)

    return Workload(measure, measure=measure)


def workloads(mx: Any, load: Load) -> dict[str, Factory]:
    """Return the factories for a library."""
    new = {
        f"new-{'training' if train else 'inference'}": partial(
            bind_new, mx, train=train
        )
        for train in (False, True)
    }
    return new | {
        f"{'training' if train else 'inference'}{'-run' if runs else ''}": partial(
            bind, mx, load, train=train, runs=runs
        )
        for train in (False, True)
        for runs in (False, True)
    }
