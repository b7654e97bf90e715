"""The process's one dependency engine.

Chosen when first used by ``DATAFLOW_ENGINE`` (``threaded``, the default, or ``naive``)
and ``DATAFLOW_CPU_WORKERS``; MXNet's ``MXNET_ENGINE_TYPE=NaiveEngine`` and
``MXNET_CPU_WORKER_NTHREADS`` are honoured too.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from dataflow.errors import ArgumentError, SchedulingError, WaitTimeoutError
from dataflow.scope import Entered, Scope
from dataflow_engine import (
    Cost,
    Engine,
    EngineError,
    NaiveEngine,
    Operation,
    OperationTimeout,
    Plan,
    ThreadedEngine,
    Var,
    WaitTimeout,
)

T = TypeVar("T")
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


class prioritized(Scope):
    """Give all operations prepared inside the block a priority.

    Parameters
    ----------
    level : int
        Among ready operations of a lane the higher goes first; it is 0 outside.
    """

    __slots__ = ("level",)
    _entered: ClassVar[Entered] = Entered()

    def __init__(self, level: int) -> None:
        self.level = level


def operation(
    function: Callable[[], Any],
    reads: Sequence[Var],
    writes: Sequence[Var],
    *,
    lane: str,
    cost: Cost | float | None = None,
    name: str | None = None,
    timeout: float | None = None,
) -> Operation:
    """Prepare an operation of the engine; see `dataflow_engine.Engine.operation`."""
    scopes = prioritized._entered.scopes
    with _errors_of_ours():
        return get().operation(
            function,
            reads,
            writes,
            lane=lane,
            priority=scopes[-1].level if scopes else 0,
            cost=cost,
            name=name,
            timeout=timeout,
        )


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


async def wait_for_async(var: Var) -> None:
    """Wait like `wait_for`, in the trio run of the caller."""
    with _errors_of_ours():
        await get().wait_for_async(var)


async def wait_all_async() -> None:
    """Wait like `wait_all`, in the trio run of the caller."""
    with _errors_of_ours():
        await get().wait_all_async()


def run_async(
    function: Callable[[], Awaitable[T]],
    *,
    timeout: float | None = None,
    name: str | None = None,
) -> T:
    """Run an asynchronous function on the engine's io lane; return what it returns.

    The thread that calls it helps meanwhile, so that it may be inside an operation.
    What the function raises is raised here.
    """
    with _errors_of_ours():
        return get().run_async(function, timeout=timeout, name=name)


def push_async(
    function: Callable[[], Awaitable[object]], writes: Sequence[Var], *, name: str
) -> None:
    """Push an asynchronous function that writes some Vars to the io lane."""
    with _errors_of_ours():
        get().push(function, (), writes, name=name)


async def in_thread(function: Callable[[], T]) -> T:
    """Call what may block in a thread of trio's, from an asynchronous operation."""
    import trio  # noqa: PLC0415 - dear to import, and here already

    return await trio.to_thread.run_sync(function)


class _errors_of_ours:
    """Turn the engine's own errors into those of this framework."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: object, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(error, WaitTimeout | OperationTimeout):
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
