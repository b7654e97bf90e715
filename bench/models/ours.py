"""Our side of the models."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

import dataflow as mx
from bench.models import recurrent
from bench.models.budget import BUDGETED
from bench.models.fitting import FITTING
from bench.models.making import shared
from bench.models.networks import NETWORKS
from bench.models.symbolic import workloads
from bench.workload import Factory, Workload

VERSIONS = {"dataflow": mx.__version__, "NumPy": np.__version__}
# Our executors time themselves in their first steps, to choose how they run.
SETTLED = 24
SMALL = ("mlp", "lenet", "lstm", "rnn")


def _settled(name: str, factory: Factory) -> Workload:
    workload = factory()
    runs = SETTLED if name.startswith(SMALL) else workload.warm_ups
    return replace(workload, warm_ups=runs)


WORKLOADS: dict[str, Factory] = {
    name: partial(_settled, name, factory)
    for name, factory in {
        **workloads(mx, shared, NETWORKS.values()),
        **recurrent.workloads(mx),
        **BUDGETED,
    }.items()
} | FITTING
