"""The process's one dependency engine.

Chosen when first used by ``DATAFLOW_ENGINE`` (``threaded``, the default, ``naive``, or
``seeded`` with ``DATAFLOW_ENGINE_SEED``) and ``DATAFLOW_CPU_WORKERS`` (``3``, or by
lane ``cpu=3,cpu:1=1``); MXNet's ``MXNET_ENGINE_TYPE=NaiveEngine`` and
``MXNET_CPU_WORKER_NTHREADS`` are honoured too. ``DATAFLOW_WATCHDOG`` says after how
many seconds a slow operation is told to the log, 30 by default and 0 for never.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import index
from typing import Any, ClassVar, TypeVar

from dataflow import bulks
from dataflow import checking as checks
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    SchedulingError,
    WaitTimeoutError,
)
from dataflow.scope import Entered, Scope
from dataflow_engine import (
    Cost,
    Engine,
    EngineError,
    NaiveEngine,
    Operation,
    OperationTimeout,
    Order,
    Plan,
    Recorder,
    ReplayEngine,
    SeededEngine,
    ThreadedEngine,
    Var,
    WaitTimeout,
    seats,
)
from dataflow_engine.devices.streams import Device
from dataflow_ops.kernels.cores import assign_seats
from dataflow_ops.kernels.resting import rest

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
            _engine = create(_kind(), _workers(), seed=_seed())
        return _engine


def create(
    kind: str = "threaded",
    cpu_workers: int | Mapping[str, int] | None = None,
    *,
    seed: int = 0,
    order: Order | None = None,
) -> Engine:
    """Make an engine, to be closed by who makes it; see `use`.

    Parameters
    ----------
    kind : str
        ``"threaded"``, ``"naive"``; ``"seeded"``, which runs one legal order without
        workers, chosen by the seed; ``"replay"``, which runs a recorded order.
    cpu_workers : int or mapping of str to int, optional
        Threads per lane of a threaded one, or of the lanes named: ``{"cpu:1": 2}``.
    seed : int
        Of a seeded one.
    order : Order
        For a replay; see `record`.

    Raises
    ------
    ArgumentError
        The kind is another one, or a replay has no order.
    """
    if kind == "naive":
        return NaiveEngine()
    if kind == "threaded":
        return _threaded(cpu_workers)
    if kind == "seeded":
        return SeededEngine(seed)
    if kind == "replay" and order is not None:
        return ReplayEngine(order)
    if kind == "replay":
        raise ArgumentError("a replay needs order=, an Order that was recorded")
    raise ArgumentError(
        f"unknown engine {kind!r}; use 'threaded', 'naive', 'seeded' or 'replay'"
    )


def _threaded(cpu_workers: int | Mapping[str, int] | None) -> ThreadedEngine:
    try:
        return ThreadedEngine(cpu_workers, watchdog_s=_watchdog(), at_rest=rest)
    except (EngineError, TypeError, ValueError) as error:
        raise ArgumentError(f"cpu_workers: {error}") from error


@contextmanager
def use(engine: Engine) -> Iterator[Engine]:
    """Make `engine` the process's engine inside the block.

    Both engines are drained at the borders, so that no array is shared by pending work
    of the two.
    """
    global _engine  # noqa: PLW0603
    previous = get()
    _flush()
    previous.wait_all()
    _engine = engine
    try:
        yield engine
        _flush()
        engine.wait_all()
    finally:
        _engine = previous


@contextmanager
def record() -> Iterator[Recorder]:
    """Record in which order operations start inside the block, to replay it.

    >>> import dataflow as mx
    >>> with mx.engine.record() as recorder:
    ...     total = (mx.nd.ones((2, 3)) * 2).asnumpy().sum()
    >>> with mx.engine.create("replay", order=recorder.order) as engine:
    ...     with mx.engine.use(engine):
    ...         total = (mx.nd.ones((2, 3)) * 2).asnumpy().sum()

    The ``order`` has ``save(path)``; ``mx.engine.Order.load(path)`` reads it.
    """
    _flush()
    with get().record() as recorder:
        yield recorder
        _flush()


@contextmanager
def checking() -> Iterator[None]:
    """Check inside the block that operations of the user's own touch what they declare.

    A `CustomOp`, or a function given to `push`, that reads or writes another array
    fails with UndeclaredAccessError, which names the array and the line. Arrays that it
    makes itself are its own; those that its ``__init__`` makes are so as well, if it is
    bound inside the block. ``DATAFLOW_CHECK=1`` checks all of a program.
    """
    before = checks.on
    wait_all()
    checks.on = True
    try:
        yield
        wait_all()
    finally:
        checks.on = before


@contextmanager
def bulk(size: int) -> Iterator[None]:
    """Push what is called on arrays inside the block as bulks; see `set_bulk_size`."""
    previous = set_bulk_size(size)
    try:
        yield
    finally:
        set_bulk_size(previous)


def set_bulk_size(size: int) -> int:
    """Let so many calls on arrays of this thread be one operation of the engine.

    They are pushed when there are as many, and before anything else that reaches the
    engine: a wait, a run of an executor, what another thread does. Results stay the
    same. A call that fails fails all of its bulk, and the error names it.

    Parameters
    ----------
    size : int
        How many; 0, the default, and 1 push each call by itself.

    Returns
    -------
    int
        What the size was before.

    Raises
    ------
    ArgumentTypeError, ArgumentError
        It is no integer; it is negative.
    """
    try:
        wanted = index(size)
    except TypeError:
        raise ArgumentTypeError(f"a bulk's size is an integer, not {size!r}") from None
    if wanted < 0:
        raise ArgumentError(f"a bulk's size is 0 or more, not {wanted}")
    with _errors_of_ours():
        return bulks.resize(wanted)


def _flush() -> None:
    """Push what was collected, before what comes now."""
    if bulks.bulks:
        bulks.flush()


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
    if checks.on:
        function = checks.free(function)
    try:  # it costs less than the context manager does
        return get().operation(
            function,
            reads,
            writes,
            lane=lane,
            priority=_priority(),
            cost=cost,
            name=name,
            timeout=timeout,
        )
    except EngineError as error:
        raise _in_our_words(error) from error


def _priority() -> int:
    scopes = prioritized._entered.scopes
    return scopes[-1].level if scopes else 0


def takes(operation: Operation) -> bool:
    """Tell whether an operation is what `operation` would prepare here and now."""
    return operation.engine is _engine and operation.priority == _priority()


def replay(operations: Sequence[Operation] | Plan) -> None:
    """Push operations in order and as one step; raises SchedulingError."""
    plan = operations if isinstance(operations, Plan) else Plan(operations)
    if checks.on:
        checks.touch_all(plan.operations)
    with _errors_of_ours():
        _flush()
        get().replay(plan)


def push(
    function: Operation | Callable[..., Any],
    reads: Sequence[Any] = (),
    writes: Sequence[Any] = (),
    *,
    name: str | None = None,
    timeout: float | None = None,
) -> None:
    """Push a function, to be called when the arrays that it is to read are there.

    It is called as ``function(*reads, *writes)``, in another thread, with arrays that
    stand for those given: it may read their values and compute with them at once, and
    use no other arrays but those that it makes itself. Whatever is called on the given
    arrays after the push comes after it. An ``async def`` runs under trio on the
    engine's io lane.

    Parameters
    ----------
    function : callable
        What to call; or a prepared operation, alone.
    reads, writes : list of NDArray
        What it reads and writes. What it updates, or writes a part of, is in both.
    name : str, optional
        For errors and traces; the function's by default.
    timeout : float, optional
        Seconds after which an ``async def`` is cancelled.

    Raises
    ------
    SchedulingError
        The engine cannot take it.
    ArgumentTypeError, ArgumentError
        Something given is no array; the arrays lie on devices of several kinds.
    """
    if not isinstance(function, Operation):
        from dataflow import pushing  # noqa: PLC0415 - it stands on this module

        pushing.push(function, reads, writes, name, timeout)
        return
    if checks.on:
        checks.touch_all([function])
    try:
        if not (bulks.bulks and bulks.collect(function)):
            get().push(function)
    except EngineError as error:
        raise _in_our_words(error) from error


def wait_for(var: Var, timeout: float | None = None) -> None:
    """Wait until `var` has its value; raise what failed, or WaitTimeoutError."""
    if checks.on:
        checks.touch(var)
    with _errors_of_ours():
        _flush()
        get().wait_for(var, timeout)


def wait_all(timeout: float | None = None) -> None:
    """Wait for everything pushed so far; raise what failed, or WaitTimeoutError."""
    with _errors_of_ours():
        _flush()
        get().wait_all(timeout)


async def wait_for_async(var: Var) -> None:
    """Wait like `wait_for`, in the trio run of the caller."""
    if checks.on:
        checks.touch(var)
    with _errors_of_ours():
        _flush()
        await get().wait_for_async(var)


async def wait_all_async() -> None:
    """Wait like `wait_all`, in the trio run of the caller."""
    with _errors_of_ours():
        _flush()
        await get().wait_all_async()


def device(kind: str, index: int) -> Device:
    """Return a device of the engine; raises SchedulingError if there is none."""
    with _errors_of_ours():
        return get().devices.open(kind, index)


def threads(lane: str) -> int:
    """Count the threads that may run a lane's operations: its workers and a waiter."""
    current = get()
    if not isinstance(current, ThreadedEngine):
        return 1
    return min(current.workers(lane) + 1, os.cpu_count() or 1)


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
        _flush()
        return get().run_async(function, timeout=timeout, name=name)


def push_async(
    function: Callable[[], Awaitable[object]],
    writes: Sequence[Var],
    *,
    reads: Sequence[Var] = (),
    name: str,
) -> None:
    """Push an asynchronous function that writes some Vars to the io lane."""
    if checks.on:
        function = checks.free(function)
    with _errors_of_ours():
        _flush()
        get().push(function, reads, writes, name=name)


async def in_thread(function: Callable[[], T]) -> T:
    """Call what may block in a thread of trio's, from an asynchronous operation."""
    import trio  # noqa: PLC0415 - dear to import, and here already

    return await trio.to_thread.run_sync(function)


assign_seats(seats)  # helpers inside of kernels sit as workers do
atexit.register(_flush)  # of a thread that ended without a wait


class _errors_of_ours:
    """Turn the engine's own errors into those of this framework."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: object, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(error, EngineError):
            raise _in_our_words(error) from error


def _in_our_words(error: EngineError) -> Exception:
    timeout = isinstance(error, WaitTimeout | OperationTimeout)
    return (WaitTimeoutError if timeout else SchedulingError)(str(error))


def _kind() -> str:
    if os.environ.get("MXNET_ENGINE_TYPE") == "NaiveEngine":
        return os.environ.get("DATAFLOW_ENGINE", "naive")
    return os.environ.get("DATAFLOW_ENGINE", "threaded")


def _seed() -> int:
    text = os.environ.get("DATAFLOW_ENGINE_SEED", "0")
    try:
        return int(text)
    except ValueError:
        message = f"DATAFLOW_ENGINE_SEED must be an integer, not {text!r}"
        raise ArgumentError(message) from None


def _workers() -> int | dict[str, int] | None:
    for variable in ("DATAFLOW_CPU_WORKERS", "MXNET_CPU_WORKER_NTHREADS"):
        value = os.environ.get(variable)
        if value is not None:
            return _parse_workers(variable, value)
    return None


def _parse_workers(variable: str, text: str) -> int | dict[str, int]:
    """Read ``3``, or counts by lane: ``cpu=3,cpu:1=1``."""
    counts = {}
    for part in text.split(","):
        lane, equals, count = part.rpartition("=")
        if not (count.strip().isdigit() and int(count) > 0) or bool(lane) != bool(
            equals
        ):
            message = (
                f"{variable} must be a count above 0, as in 3, or counts by lane, as "
                f"in cpu=3,cpu:1=1; not {text!r}"
            )
            raise ArgumentError(message)
        counts[lane.strip()] = int(count)
    if "" in counts and len(counts) > 1:
        raise ArgumentError(f"{variable} mixes one count with counts by lane: {text!r}")
    return counts.get("", counts)


def _watchdog() -> float:
    text = os.environ.get("DATAFLOW_WATCHDOG", "30")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        message = f"DATAFLOW_WATCHDOG must be seconds, 0 for never, not {text!r}"
        raise ArgumentError(message)
    return seconds
