"""MXNet's side: the same chain in its executor."""

from __future__ import annotations

import mxnet as mx

from bench.executor.chain import OPERATORS, bound
from bench.workload import Workload

VERSIONS = {"MXNet": mx.__version__}


def replay() -> Workload:
    """Forward and wait."""
    executor = bound(mx)

    def run() -> None:
        executor.forward()
        executor.outputs[0].wait_to_read()

    return Workload(
        run, OPERATORS, outputs=lambda: executor.outputs[0].asnumpy().tolist()
    )


WORKLOADS = {"chain": replay}
