"""Branches of matrix products that every side runs as a bound symbol."""

from __future__ import annotations

import os
import random
from functools import partial
from typing import Any

from bench.workload import Factory, Workload

BRANCHES = 8
DEPTH = 4
PRODUCTS = BRANCHES * DEPTH
SIZES = (128, 256)
SEED = 2016
SETTLING_RUNS = 40  # until an executor has decided how many threads share its segments
SHOWN = 1_000
SHARING = "DATAFLOW_PARALLEL"


def symbol(mx: Any) -> Any:
    """Multiply an input by a weight several times in each branch, and add the ends."""
    x, ends = mx.sym.Variable("x"), []
    for branch in range(BRANCHES):
        weight = mx.sym.Variable(f"weight{branch}")
        end = x
        for _ in range(DEPTH):
            end = mx.sym.dot(end, weight)
        ends.append(end)
    return mx.sym.add_n(*ends)


def bound(mx: Any, size: int, sharing: str) -> Any:
    """Bind it for inference, with values that every side has."""
    os.environ[SHARING] = sharing  # read when an executor is made
    executor = symbol(mx).simple_bind(
        mx.cpu(),
        grad_req="null",
        x=(size, size),
        **{f"weight{branch}": (size, size) for branch in range(BRANCHES)},
    )
    draw = random.Random(SEED)
    scale = (3.0 / size) ** 0.5  # keeps the variance of what is multiplied
    for name in sorted(executor.arg_dict):
        values = [draw.uniform(-scale, scale) for _ in range(size * size)]
        executor.arg_dict[name][:] = mx.nd.array(values).reshape((size, size))
    return executor


def forward(mx: Any, size: int, sharing: str) -> Workload:
    """Forward and wait."""
    executor = bound(mx, size, sharing)

    def run() -> None:
        executor.forward()
        executor.outputs[0].wait_to_read()

    def outputs() -> list[float]:
        return executor.outputs[0].asnumpy().ravel()[:SHOWN].tolist()  # type: ignore[no-any-return]

    return Workload(run, PRODUCTS, outputs, warm_ups=SETTLING_RUNS)


def workloads(mx: Any, *sharings: str) -> dict[str, Factory]:
    """Return the factories for a library, by what ``DATAFLOW_PARALLEL`` is to say."""
    return {
        f"branches/{size}/{sharing}": partial(forward, mx, size, sharing)
        for size in SIZES
        for sharing in sharings
    }
