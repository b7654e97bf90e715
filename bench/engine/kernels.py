"""Our side: kernels that release the GIL, pushed one by one or bound, beside loops.

A dynamic kernel multiplies a matrix of as many rows as take the wanted time. They form
chains, by turns: each overwrites what the one before it in its chain has made.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial

import numpy as np

import dataflow as mx
from bench.engine import branches
from bench.engine.operations import inline_engine, push_all, queueing_engine
from bench.workload import Factory, Workload
from dataflow_engine import Cost, Operation, ThreadedEngine

KERNELS_US = (250, 50, 12, 5)
CHAINS = 8
RUN_US = 20_000
COLUMNS = 128
MOST_ROWS = 100_000
CALIBRATIONS = 6
TRIES = 15
TIMEOUT = 10.0

Kernel = Callable[[], object]


def on_rows(rows: int) -> list[Kernel]:
    """Return a kernel for each chain."""
    data = np.ones((rows, COLUMNS), np.float32)
    weight = np.eye(COLUMNS, dtype=np.float32)
    return [
        partial(np.matmul, data, weight, np.empty_like(data)) for _ in range(CHAINS)
    ]


def loop_us(kernels: Sequence[Kernel]) -> float:
    """Return how long one of these kernels takes in a loop, undisturbed."""
    times = []
    for _ in range(TRIES):
        start = time.perf_counter()
        for kernel in kernels:
            kernel()
        times.append(time.perf_counter() - start)
    return min(times) * 1e6 / len(kernels)


def calibrated(us: float) -> int:
    """Return the rows of a kernel that takes so many microseconds here."""
    rows = 10.0
    for _ in range(CALIBRATIONS):
        rows *= us / loop_us(on_rows(round(rows)))
        rows = min(max(rows, 1.0), MOST_ROWS)
    return round(rows)


ROWS = {us: calibrated(us) for us in KERNELS_US}
VERSIONS = {
    "dataflow": mx.__version__,
    "NumPy": np.__version__,
    **{
        f"a kernel of {us} us:": f"{rows} x {COLUMNS} by {COLUMNS} x {COLUMNS}"
        for us, rows in ROWS.items()
    },
}


@cache
def in_order(us: int) -> list[Kernel]:
    """Return what one run holds: the chains' kernels by turns, on the same memory."""
    return on_rows(ROWS[us]) * (RUN_US // us // CHAINS)


def loop(us: int) -> Workload:
    """Call them in a loop."""
    kernels = in_order(us)

    def run() -> None:
        for kernel in kernels:
            kernel()

    return Workload(run, len(kernels))


def operations(
    engine: ThreadedEngine, us: int, cost: Cost | None = None
) -> list[Operation]:
    """Make an operation of each, that writes its chain's Var."""
    chains = [engine.new_variable() for _ in range(CHAINS)]
    return [
        engine.operation(kernel, (), [chains[i % CHAINS]], cost=cost)
        for i, kernel in enumerate(in_order(us))
    ]


def shared(engine: ThreadedEngine, us: int, cost: Cost | None = None) -> Workload:
    """Push them; the waiter helps the worker, so that two threads run them."""
    pushed = operations(engine, us, cost)

    def run() -> None:
        push_all(engine, pushed)
        engine.wait_all()

    return Workload(run, len(pushed))


def with_costs(us: int) -> Workload:
    """Share them on an engine with its defaults, which measures what they cost."""
    return shared(inline_engine(), us, Cost())


def unknown(us: int) -> Workload:
    """Share them on an engine that knows no cost, and so puts all in a queue."""
    return shared(queueing_engine(), us)


def alone(us: int) -> Workload:
    """Push them; nobody helps the worker."""
    engine = queueing_engine()
    pushed = operations(engine, us)
    done = threading.Lock()
    done.acquire()
    written = [operation.writes[0] for operation in pushed[:CHAINS]]
    last = engine.operation(done.release, written, [engine.new_variable()])

    def run() -> None:
        push_all(engine, pushed)
        engine.push(last)
        if not done.acquire(timeout=TIMEOUT):
            raise TimeoutError(engine.dump())

    return Workload(run, len(pushed))


@cache
def pool() -> ThreadPoolExecutor:
    """Return a pool of as many threads as our engine has with its waiter."""
    return ThreadPoolExecutor(queueing_engine().workers("cpu") + 1)


def submitted(us: int) -> Workload:
    """Submit them to a pool; each waits for the one before it in its chain."""
    kernels = in_order(us)

    def task(kernel: Kernel, before: Future[None] | None) -> None:
        if before is not None:
            before.result()
        kernel()

    def run() -> None:
        submit = pool().submit
        latest: list[Future[None] | None] = [None] * CHAINS
        for i, kernel in enumerate(kernels):
            latest[i % CHAINS] = submit(task, kernel, latest[i % CHAINS])
        for future in latest:
            if future is not None:
                future.result()

    return Workload(run, len(kernels))


WORKLOADS: dict[str, Factory] = branches.workloads(mx, "auto", "0")
for _us in KERNELS_US:
    WORKLOADS[f"kernels/{_us}"] = partial(with_costs, _us)
    WORKLOADS[f"unknown/{_us}"] = partial(unknown, _us)
    WORKLOADS[f"alone/{_us}"] = partial(alone, _us)
    WORKLOADS[f"loop/{_us}"] = partial(loop, _us)
    WORKLOADS[f"futures/{_us}"] = partial(submitted, _us)
