"""The workloads as bound symbols, for us and for MXNet alike."""

from __future__ import annotations

from functools import partial
from typing import Any

from bench.ops.symbolic import workload
from bench.primitives.table import BLOCK, BLOCK_SHAPE, TABLE
from bench.workload import Factory, Workload


def _block(mx: Any) -> Workload:
    """Train a normalization with relu between two convolutions."""
    settings = {
        "num_filter": BLOCK_SHAPE[1],
        "kernel": (3, 3),
        "pad": (1, 1),
        "no_bias": True,
    }
    data = mx.sym.Convolution(mx.sym.Variable("data"), name="first", **settings)
    data = mx.sym.BatchNorm(data, fix_gamma=False, name="norm")
    data = mx.sym.Activation(data, act_type="relu", name="relu")
    data = mx.sym.Convolution(data, name="last", **settings)
    executor = data.simple_bind(mx.cpu(), data=BLOCK_SHAPE)
    for name, array in (executor.arg_dict | executor.aux_dict).items():
        array[:] = 0.01 if name.endswith("weight") else 1
    head = mx.nd.ones(BLOCK_SHAPE)

    def run() -> None:
        executor.forward(is_train=True)
        executor.backward([head])
        mx.nd.waitall()

    return Workload(run)


def workloads(mx: Any) -> dict[str, Factory]:
    """Return the factories for a library."""
    alone = {timed.key: partial(workload, mx, timed) for timed in TABLE}
    return {**alone, BLOCK: partial(_block, mx)}
