"""Our side: a bound chain replayed, and the bare NumPy calls in the same process."""

from __future__ import annotations

from typing import Any

import numpy as np

import dataflow as mx
from bench.executor.chain import DROP, OPERATORS, SCALE, SHIFT, VALUES, bound
from bench.workload import Workload

VERSIONS = {"dataflow": mx.__version__, "NumPy": np.__version__}
BARE = (
    (np.add, SHIFT),
    (np.maximum, 0.0),
    (np.multiply, SCALE),
    (np.subtract, DROP),
)


def replay() -> Workload:
    """Forward and wait."""
    executor = bound(mx)

    def run() -> None:
        executor.forward()
        executor.outputs[0].wait_to_read()

    return Workload(
        run, OPERATORS, outputs=lambda: executor.outputs[0].asnumpy().tolist()
    )


def bare_calls() -> tuple[list[tuple[Any, Any, Any, Any]], Any]:
    """Return function, operands and output of every call, and the last output.

    Constants are arrays of no dimension, which is the fastest form to call with.
    """
    source = np.array(VALUES, np.float32)
    buffers = (np.empty_like(source), np.empty_like(source))
    calls = []
    for i in range(OPERATORS):
        function, constant = BARE[i % len(BARE)]
        target = buffers[i % 2]
        calls.append((function, source, np.array(constant, np.float32), target))
        source = target
    return calls, source


def bare() -> Workload:
    """Call NumPy in a flat loop, with ``out=``."""
    calls, result = bare_calls()

    def run() -> None:
        for function, left, right, target in calls:
            function(left, right, out=target)

    return Workload(run, OPERATORS, outputs=result.tolist)


WORKLOADS = {"chain": replay, "numpy": bare}
