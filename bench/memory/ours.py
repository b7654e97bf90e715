"""Our side of memory: what `Symbol.memory_report` tells, with nothing bound."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import dataflow as mx
from bench.memory.networks import DATA, NETWORKS, PHASES, key, path_of
from bench.models import budget
from bench.workload import Factory, Workload
from dataflow import zoo
from dataflow.executor.memory_report import MemoryReport
from dataflow.symbol import Symbol

VERSIONS = {"dataflow": mx.__version__}
BUILDERS: dict[str, Callable[[], Symbol]] = {
    "AlexNet": zoo.alexnet.get_symbol,
    "GoogLeNet": zoo.googlenet.get_symbol,
    "VGG-16": partial(zoo.vgg.get_symbol, num_layers=16),
    "Inception-BN": zoo.inception_bn.get_symbol,
    "ResNet-50": partial(zoo.resnet.get_symbol, num_layers=50),
    "ResNet-152": partial(zoo.resnet.get_symbol, num_layers=152),
}


@cache
def report(network: str, phase: str) -> MemoryReport:
    """Return the plan, and save the symbol for others."""
    symbol = BUILDERS[network]()
    path_of(network).parent.mkdir(exist_ok=True)
    symbol.save(str(path_of(network)))
    return symbol.memory_report(grad_req=PHASES[phase], data=DATA)


def told(nbytes: Callable[[], int]) -> Workload:
    """Return a workload that tells a count of bytes, which never changes."""
    mib = nbytes() / 2**20
    return Workload(lambda: None, measure=lambda: mib, warm_ups=0)


def _planned(network: str, phase: str) -> Workload:
    """Tell what is planned, and in training what kernels keep for the gradient."""

    def nbytes() -> int:
        found = report(network, phase)
        return found.planned_bytes + (found.kept if found.gradients else 0)

    return told(nbytes)


def _packed(network: str) -> Workload:
    return told(lambda: report(network, "inference").kept)


def _weights(network: str) -> Workload:
    return told(lambda: report(network, "inference").arguments)


def _bound(network: str, phase: str) -> Workload:
    return told(lambda: report(network, phase).lower_bound)


def _within() -> Workload:
    return told(lambda: budget.planned(budget.half()).planned_bytes)


def _unconstrained() -> Workload:
    return told(lambda: budget.planned().planned_bytes)


WORKLOADS: dict[str, Factory] = {
    "budget-within": _within,
    "budget-half": partial(told, budget.half),
    "budget-none": _unconstrained,
}
for _network in NETWORKS:
    for _phase in PHASES:
        WORKLOADS[key(_network, _phase)] = partial(_planned, _network, _phase)
        WORKLOADS[key(_network, _phase, "bound")] = partial(_bound, _network, _phase)
    WORKLOADS[key(_network, "packed")] = partial(_packed, _network)
    WORKLOADS[key(_network, "weights")] = partial(_weights, _network)
