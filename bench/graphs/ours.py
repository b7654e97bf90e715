"""Our side of the graphs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

import dataflow as mx
from bench.graphs.symbolic import workloads
from bench.workload import Factory, Workload

VERSIONS = {"dataflow": mx.__version__, "NumPy": np.__version__}
SETTLED = 40  # runs in which our executors find out how they run best


def _settled(factory: Factory) -> Workload:
    return replace(factory(), warm_ups=SETTLED)


WORKLOADS: dict[str, Factory] = {
    name: partial(_settled, factory) for name, factory in workloads(mx).items()
}
