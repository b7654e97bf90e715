"""Our side: how soon an operation starts and its waiter wakes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median

import trio

from bench.engine.operations import inline_engine, prepare, queueing_engine
from bench.engine.programs import chain
from bench.engine.spans import WORK_SECONDS, Timed, clock, spans, starting, waking
from bench.workload import Factory, Workload
from dataflow_engine import Operation, ThreadedEngine

ONE_BY_ONE = 1_000
AWAITED = 20


def pusher(operation: Operation) -> Callable[[], Operation]:
    """Return what pushes an operation and returns it."""
    push = operation.engine.push

    def run() -> Operation:
        push(operation)
        return operation

    return run


def timed_operation(task: Timed) -> Operation:
    """Make an operation that writes a new Var."""
    engine = queueing_engine()
    return engine.operation(task, (), [engine.new_variable()])


def start() -> Workload:
    """Push to a parked worker."""
    return starting(lambda task: pusher(timed_operation(task)))


def wake() -> Workload:
    """Wait for what runs in a worker."""
    engine = queueing_engine()
    return waking(
        lambda task: pusher(timed_operation(task)),
        lambda operation: engine.wait_for(operation.writes[0]),
    )


def await_wake() -> Workload:
    """Await, in a trio run, what runs in a worker."""
    engine = queueing_engine()
    task = Timed(WORK_SECONDS)
    operation = timed_operation(task)

    async def several() -> float:
        found = []
        for _ in range(AWAITED):
            engine.push(operation)
            task.wait_begun()
            await engine.wait_for_async(operation.writes[0])
            found.append(clock() - task.ended)
        return median(found)

    return spans(partial(trio.run, several))


def one_by_one(engine: ThreadedEngine, cost: float | None = None) -> Workload:
    """Push a no-op and wait for it, again and again."""
    (operation,) = prepare(engine, chain(1), cost)
    var = operation.writes[0]

    def run() -> None:
        push, wait_for = engine.push, engine.wait_for
        for _ in range(ONE_BY_ONE):
            push(operation)
            wait_for(var)

    return Workload(run, ONE_BY_ONE)


WORKLOADS: dict[str, Factory] = {
    "start": start,
    "wake": wake,
    "await": await_wake,
    "one-by-one/queued": lambda: one_by_one(queueing_engine()),
    "one-by-one/inline": lambda: one_by_one(inline_engine(), 0.0),
}
