"""The process's one dependency engine.

Chosen when first used by ``DATAFLOW_ENGINE`` (``threaded``, the default, or ``naive``)
and ``DATAFLOW_CPU_WORKERS``; MXNet's ``MXNET_ENGINE_TYPE=NaiveEngine`` and
``MXNET_CPU_WORKER_NTHREADS`` are honoured too.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dataflow.errors import ArgumentError, SchedulingError, WaitTimeoutError
from dataflow_engine import (
    Cost,
    Engine,
    EngineError,
    NaiveEngine,
    Operation,
    Plan,
    ThreadedEngine,
    Var,
    WaitTimeout,
)

_lock = threading.Lock()
_engine: Engine | None = None


def get() -> Engine:
    """Return the process's engine, starting it at the first call."""
    return _engine if _engine is not None else _start()


def _start() -> Engine:
    global _engine  # noqa: PLW0603 - the one engine of the process
    with _lock:
        if _engine is None:
            _engine = create(_kind(), _workers())
        return _engine


def create(kind: str = "threaded", cpu_workers: int | None = None) -> Engine:
    """Make an engine of this kind: ``"threaded"`` or ``"naive"``.

    Raises
    ------
    ArgumentError
        The kind is another one.
    """
    if kind == "naive":
        return NaiveEngine()
    if kind == "threaded":
        return ThreadedEngine(cpu_workers=cpu_workers)
    raise ArgumentError(f"unknown engine {kind!r}; use 'threaded' or 'naive'")


@contextmanager
def use(engine: Engine) -> Iterator[Engine]:
    """Make `engine` the process's engine inside the block.

    Both engines are drained at the borders, so that no array is shared by pending work
    of the two.
    """
    global _engine  # noqa: PLW0603
    previous = get()
    previous.wait_all()
    _engine = engine
    try:
        yield engine
        engine.wait_all()
    finally:
        _engine = previous


def operation(
    function: Callable[[], Any],
    reads: Sequence[Var],
    writes: Sequence[Var],
    *,
    lane: str,
    cost: Cost | float | None = None,
    name: str | None = None,
) -> Operation:
    """Prepare an operation of the engine; see `dataflow_engine.Engine.operation`."""
    with _errors_of_ours():
        return get().operation(function, reads, writes, lane=lane, cost=cost, name=name)


def replay(operations: Sequence[Operation] | Plan) -> None:
    """Push operations in order and as one step; raises SchedulingError."""
    plan = operations if isinstance(operations, Plan) else Plan(operations)
    with _errors_of_ours():
        get().replay(plan)


def push(prepared: Operation) -> None:
    """Push one operation; raises SchedulingError."""
    with _errors_of_ours():
        get().push(prepared)


def wait_for(var: Var, timeout: float | None = None) -> None:
    """Wait until `var` has its value; raise what failed, or WaitTimeoutError."""
    with _errors_of_ours():
        get().wait_for(var, timeout)


def wait_all(timeout: float | None = None) -> None:
    """Wait for everything pushed so far; raise what failed, or WaitTimeoutError."""
    with _errors_of_ours():
        get().wait_all(timeout)


class _errors_of_ours:
    """Turn the engine's own errors into those of this framework."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: object, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(error, WaitTimeout):
            raise WaitTimeoutError(str(error)) from error
        if isinstance(error, EngineError):
            raise SchedulingError(str(error)) from error


def _kind() -> str:
    if os.environ.get("MXNET_ENGINE_TYPE") == "NaiveEngine":
        return os.environ.get("DATAFLOW_ENGINE", "naive")
    return os.environ.get("DATAFLOW_ENGINE", "threaded")


def _workers() -> int | None:
    for variable in ("DATAFLOW_CPU_WORKERS", "MXNET_CPU_WORKER_NTHREADS"):
        value = os.environ.get(variable)
        if value is None:
            continue
        if not value.isdigit() or int(value) < 1:
            raise ArgumentError(f"{variable} must be a count above 0, not {value!r}")
        return int(value)
    return None
