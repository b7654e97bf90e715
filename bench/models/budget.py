"""Training in half of the memory that it would take."""

from __future__ import annotations

import dataflow as mx
from bench.models.making import shared, symbol_of
from bench.models.networks import NETWORKS
from bench.models.symbolic import INPUTS, training_step
from bench.workload import Factory, Workload
from dataflow.executor.memory_report import MemoryReport

NETWORK = NETWORKS["resnet152"]


def planned(budget: int | None = None) -> MemoryReport:
    """Return what training takes, within a budget in bytes or without."""
    symbol = symbol_of(NETWORK)
    requests = dict.fromkeys(symbol.list_arguments(), "write")
    requests |= dict.fromkeys(INPUTS, "null")
    return symbol.memory_report(
        grad_req=requests, memory_budget=budget, data=NETWORK.data
    )


def half() -> int:
    """Return half of the bytes for intermediate results without a budget."""
    return planned().planned_bytes // 2


def step() -> Workload:
    """Run a training step within the budget."""
    return training_step(mx, shared, NETWORK, memory_budget=half())


BUDGETED: dict[str, Factory] = {"resnet152-training-half": step}
