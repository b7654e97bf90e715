"""Our engines, and operations on them made from programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from bench.engine.programs import Program
from dataflow_engine import Operation, ThreadedEngine, Tracer, Var

MAX_PENDING = 1_000


def noop() -> None:
    """Do nothing."""


@cache
def queueing_engine() -> ThreadedEngine:
    """Return an engine that never runs an operation in its pusher."""
    return ThreadedEngine(inline_below_us=0)


@cache
def held_back_engine() -> ThreadedEngine:
    """Return one that holds pushers back, early."""
    return ThreadedEngine(inline_below_us=0, max_pending=MAX_PENDING)


@cache
def traced_engine() -> ThreadedEngine:
    """Return one that records every operation."""
    engine = ThreadedEngine(inline_below_us=0)
    engine.tracer = Tracer()
    return engine


@cache
def inline_engine() -> ThreadedEngine:
    """Return an engine with its defaults, which runs cheap operations at once."""
    return ThreadedEngine()


def prepare(
    engine: ThreadedEngine,
    program: Program,
    cost: float | None = None,
    function: Callable[[], Any] = noop,
) -> list[Operation]:
    """Make a program's operations on new Vars."""
    variables = [engine.new_variable() for _ in range(program.variables)]
    return operations_on(engine, program, variables, cost, function)


def operations_on(
    engine: ThreadedEngine,
    program: Program,
    variables: Sequence[Var],
    cost: float | None = None,
    function: Callable[[], Any] = noop,
) -> list[Operation]:
    """Make a program's operations on these Vars."""
    return [
        engine.operation(
            function,
            [variables[i] for i in reads],
            [variables[i] for i in writes],
            cost=cost,
        )
        for reads, writes in program.operations
    ]


def push_all(engine: ThreadedEngine, operations: Sequence[Operation]) -> None:
    """Push prepared operations one by one."""
    push = engine.push
    for operation in operations:
        push(operation)
