"""MXNet's side of memory: what its executor says that it has allocated."""

from __future__ import annotations

import re
from functools import partial

import mxnet as mx

from bench.memory.networks import DATA, NETWORKS, PHASES, key, path_of
from bench.workload import Factory, Workload

VERSIONS = {"MXNet": mx.__version__}


def planned(network: str, phase: str) -> Workload:
    """Bind a network, and read the figure that its listing ends with."""
    symbol = mx.sym.load(str(path_of(network)))
    executor = symbol.simple_bind(mx.cpu(), grad_req=PHASES[phase], data=DATA)
    found = re.search(r"Total (\d+) MB allocated", executor.debug_str())
    assert found is not None
    mib = float(found[1])
    return Workload(lambda: None, measure=lambda: mib, warm_ups=0)


WORKLOADS: dict[str, Factory] = {
    key(network, phase): partial(planned, network, phase)
    for network in NETWORKS
    for phase in PHASES
}
