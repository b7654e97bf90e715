"""Other libraries' side: no-op tasks in threads, as a user of each would write them.

Their tasks depend on tasks and not on Vars: whoever writes a program for them finds out
what depends on what. Here that is done once, and not timed.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from statistics import median
from typing import Any

import dask
import dask.threaded
import trio

from bench.engine.programs import PROGRAMS, Program, dependencies
from bench.engine.spans import (
    PAUSE_SECONDS,
    WORK_SECONDS,
    Timed,
    clock,
    spans,
    starting,
    waking,
)
from bench.workload import Factory, Workload

TASKS = 1_000
ONE_BY_ONE = 100
TIMED = 20
THREADS = os.cpu_count() or 1
VERSIONS = {
    "dask": dask.__version__,
    "concurrent.futures": platform.python_version(),
    "trio": trio.__version__,
}


def noop(*_: object) -> None:
    """Do nothing, with the results of other tasks."""


# dask.threaded


def in_dask(program: Callable[..., Program]) -> Workload:
    """Compute a graph."""
    needs = dependencies(program(TASKS))
    graph = {
        f"task-{i}": (noop, *(f"task-{j}" for j in before))
        for i, before in enumerate(needs)
    }
    return Workload(partial(compute, graph, list(graph)), len(graph))


def compute(graph: dict[str, Any], keys: Sequence[str]) -> Any:
    """Compute keys of a graph in dask's threads."""
    return dask.threaded.get(graph, keys, num_workers=THREADS)


def dask_start() -> Workload:
    """Measure from the call that computes a graph of one task until that begins."""
    task = Timed()

    def measure() -> float:
        time.sleep(PAUSE_SECONDS)
        start = clock()
        compute({"task": (task,)}, ["task"])
        task.wait_begun()
        return task.began - start

    return spans(measure)


def dask_wake() -> Workload:
    """Measure from the task's end until the call returns."""
    task = Timed(WORK_SECONDS)

    def measure() -> float:
        compute({"task": (task,)}, ["task"])
        task.wait_begun()
        return clock() - task.ended

    return spans(measure)


def dask_one_by_one() -> Workload:
    """Compute a graph of one task again and again."""

    def run() -> None:
        for _ in range(ONE_BY_ONE):
            compute({"task": (noop,)}, ["task"])

    return Workload(run, ONE_BY_ONE)


# concurrent.futures


@cache
def pool() -> ThreadPoolExecutor:
    """Return the one pool."""
    return ThreadPoolExecutor(THREADS)


def in_futures(program: Callable[..., Program]) -> Workload:
    """Submit tasks that wait for the futures of those before.

    The pool starts them in order, so that what a task waits for is always under way.
    """
    needs = dependencies(program(TASKS))

    def task(before: Sequence[Future[None]]) -> None:
        for future in before:
            future.result()
        noop()

    def run() -> None:
        submit = pool().submit
        futures: list[Future[None]] = []
        for before in needs:
            futures.append(submit(task, [futures[j] for j in before]))
        for future in futures:
            future.result()

    return Workload(run, len(needs))


def futures_one_by_one() -> Workload:
    """Submit a task and wait for its result, again and again."""

    def run() -> None:
        submit = pool().submit
        for _ in range(ONE_BY_ONE):
            submit(noop).result()

    return Workload(run, ONE_BY_ONE)


def submitting(task: Timed) -> Callable[[], Future[None]]:
    """Return what submits a task."""
    return partial(pool().submit, task)


# trio.to_thread


def in_trio(program: Callable[..., Program]) -> Workload:
    """Start a task of trio for each, which awaits those before, then a thread."""
    needs = dependencies(program(TASKS))

    async def task(
        before: Sequence[trio.Event], done: trio.Event, limiter: trio.CapacityLimiter
    ) -> None:
        for event in before:
            await event.wait()
        await trio.to_thread.run_sync(noop, limiter=limiter)
        done.set()

    async def main() -> None:
        limiter = trio.CapacityLimiter(THREADS)
        done = [trio.Event() for _ in needs]
        async with trio.open_nursery() as nursery:
            for before, own in zip(needs, done, strict=True):
                nursery.start_soon(task, [done[j] for j in before], own, limiter)

    return Workload(partial(trio.run, main), len(needs))


def trio_one_by_one() -> Workload:
    """Run a task in a thread and await it, again and again."""

    async def main() -> None:
        for _ in range(ONE_BY_ONE):
            await trio.to_thread.run_sync(noop)

    return Workload(partial(trio.run, main), ONE_BY_ONE)


def trio_start() -> Workload:
    """Measure from the call until the task begins in its thread."""
    task = Timed()

    async def several() -> float:
        found = []
        for _ in range(TIMED):
            await trio.sleep(PAUSE_SECONDS)
            start = clock()
            await trio.to_thread.run_sync(task)
            task.wait_begun()
            found.append(task.began - start)
        return median(found)

    return spans(partial(trio.run, several))


def trio_wake() -> Workload:
    """Measure from the task's end until the call returns."""
    task = Timed(WORK_SECONDS)

    async def several() -> float:
        found = []
        for _ in range(TIMED):
            await trio.to_thread.run_sync(task)
            found.append(clock() - task.ended)
            task.wait_begun()
        return median(found)

    return spans(partial(trio.run, several))


WORKLOADS: dict[str, Factory] = {
    "dask/start": dask_start,
    "dask/wake": dask_wake,
    "dask/one-by-one": dask_one_by_one,
    "futures/start": partial(starting, submitting),
    "futures/wake": partial(waking, submitting, Future.result),
    "futures/one-by-one": futures_one_by_one,
    "trio/start": trio_start,
    "trio/wake": trio_wake,
    "trio/one-by-one": trio_one_by_one,
}
for _name, _program in PROGRAMS.items():
    WORKLOADS[f"dask/{_name}"] = partial(in_dask, _program)
    WORKLOADS[f"futures/{_name}"] = partial(in_futures, _program)
    WORKLOADS[f"trio/{_name}"] = partial(in_trio, _program)
