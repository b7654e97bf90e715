"""Our side: no-op operations on engines of our own, queued and inline.

The waits have no deadline, as MXNet's have none: whoever runs this bounds the whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

import trio

from bench.engine import latency
from bench.engine.operations import (
    held_back_engine,
    inline_engine,
    noop,
    operations_on,
    prepare,
    push_all,
    queueing_engine,
    traced_engine,
)
from bench.engine.programs import PROGRAMS, Program, chain, crossing
from bench.workload import Factory, Workload
from dataflow_engine import Operation, Plan, ThreadedEngine

TIMEOUT = 60.0
AWAITED = 200
VERSIONS: dict[str, str] = {}


async def asynchronous_noop() -> None:
    """Do nothing, on the io lane."""


def queued(
    program: Callable[[], Program],
    timeout: float | None = None,
    make: Callable[[], ThreadedEngine] = queueing_engine,
) -> Workload:
    """Push prepared operations to a queue, and wait."""
    engine = make()
    return pushed(engine, prepare(engine, program()), timeout)


def inline(program: Callable[[], Program]) -> Workload:
    """Push prepared operations that are known to be cheap, and wait."""
    engine = inline_engine()
    return pushed(engine, prepare(engine, program(), cost=0.0))


def asynchronous(program: Callable[[], Program]) -> Workload:
    """Push prepared asynchronous operations, and wait."""
    engine = queueing_engine()
    return pushed(engine, prepare(engine, program(), function=asynchronous_noop))


def awaited() -> Workload:
    """Push one operation after the other in a trio run, and await each."""
    engine = queueing_engine()
    operations = prepare(engine, chain(AWAITED))

    async def push_and_await() -> None:
        for operation in operations:
            engine.push(operation)
            await engine.wait_for_async(operation.writes[0])

    return Workload(partial(trio.run, push_and_await), len(operations))


def pushed(
    engine: ThreadedEngine,
    operations: Sequence[Operation],
    timeout: float | None = None,
) -> Workload:
    """Push operations one by one, and wait."""

    def run() -> None:
        push_all(engine, operations)
        engine.wait_all(timeout)

    return Workload(run, len(operations))


def made_anew(program: Callable[[], Program]) -> Workload:
    """Make and push every operation anew, as MXNet's C interface does, and wait."""
    engine = queueing_engine()
    plan = program()
    variables = [engine.new_variable() for _ in range(plan.variables)]
    touches = [
        ([variables[i] for i in reads], [variables[i] for i in writes])
        for reads, writes in plan.operations
    ]

    def run() -> None:
        push = engine.push
        for reads, writes in touches:
            push(noop, reads, writes)
        engine.wait_all()

    return Workload(run, len(touches))


def replayed(program: Callable[[], Program]) -> Workload:
    """Push all as one plan, and wait."""
    engine = queueing_engine()
    plan = Plan(prepare(engine, program()))

    def run() -> None:
        engine.replay(plan)
        engine.wait_all()

    return Workload(run, len(plan))


def two_threads() -> Workload:
    """Push from two threads at once, on two Vars that cross, and wait."""
    engine = queueing_engine()
    variables = [engine.new_variable() for _ in range(2)]
    halves = [operations_on(engine, crossing(i), variables) for i in (0, 1)]

    def run() -> None:
        threads = [
            threading.Thread(target=push_all, args=(engine, half)) for half in halves
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TIMEOUT)
        engine.wait_all()

    return Workload(run, sum(map(len, halves)))


def _by_program(prefix: str, make: Callable[..., Workload]) -> dict[str, Factory]:
    return {f"{prefix}/{name}": partial(make, p) for name, p in PROGRAMS.items()}


WORKLOADS: dict[str, Factory] = {
    **_by_program("queued", queued),
    **_by_program("inline", inline),
    **_by_program("anew", made_anew),
    **_by_program("replay", replayed),
    **_by_program("io", asynchronous),
    "awaited/chain": awaited,
    "queued/two-threads": two_threads,
    "deadline/independent": partial(queued, PROGRAMS["independent"], TIMEOUT),
    "held-back/independent": partial(
        queued, PROGRAMS["independent"], make=held_back_engine
    ),
    "traced/independent": partial(queued, PROGRAMS["independent"], make=traced_engine),
    **latency.WORKLOADS,
}
