"""Bulks: what one thread pushes, collected and pushed as one operation.

Nobody can tell but by the clock, the count of operations and who is hurt by a failure:
whatever else reaches the engine, from any thread, comes after what was collected
before. So the order of things is that of the program.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dataflow_engine import Cost, NaiveEngine, Operation, SerialProgram, Var

# The user's own code, which may wait for what another call of its bulk would write.
# What is given to `engine.push` is known by having no cost.
USERS = frozenset({"Custom", "_backward_Custom"})


class Bulk:
    """What one thread has collected.

    Attributes
    ----------
    size : int
        How many operations it joins; under 2: it collects nothing.
    """

    __slots__ = ("operations", "size", "thread")

    def __init__(self) -> None:
        self.size = 0
        self.operations: list[Operation] = []
        self.thread = threading.current_thread()

    def push(self) -> None:
        """Push what was collected; hold `_lock`."""
        operations, self.operations = self.operations, []
        if operations:
            joined = operations[0] if len(operations) == 1 else join(operations)
            joined.engine.push(joined)

    def takes(self, operation: Operation) -> bool:
        """Tell whether an operation can be joined to what it has."""
        first = self.operations[0] if self.operations else operation
        return _kind(first) == _kind(operation)


class _Mine(threading.local):
    def __init__(self) -> None:
        self.bulk = Bulk()


_mine = _Mine()
# Those of all threads that collect. While there are none, nothing here costs anything.
bulks: list[Bulk] = []
# Held while a bulk is pushed, or two of them could overtake one another. What then runs
# in the pusher is cheap, and waits for nobody.
_lock = threading.RLock()


def resize(size: int) -> int:
    """Collect this many operations of the calling thread from now on, 0 for none.

    Returns
    -------
    int
        How many it was before.
    """
    bulk = _mine.bulk
    flush()
    with _lock:
        previous, bulk.size = bulk.size, size
        if size > 1 and bulk not in bulks:
            bulks.append(bulk)
        elif size < 2 and bulk in bulks:
            bulks.remove(bulk)
    return previous


def collect(operation: Operation) -> bool:
    """Take an operation in; False: all before it is pushed, it has to be pushed now."""
    bulk = _mine.bulk
    with _lock:
        _flush(other for other in bulks if other is not bulk)
        if bulk.size < 2 or not _can_be_joined(operation):
            bulk.push()
            return False
        if not bulk.takes(operation):
            bulk.push()
        bulk.operations.append(operation)
        if len(bulk.operations) >= bulk.size:
            bulk.push()
        return True


def flush() -> None:
    """Push what all threads have collected."""
    with _lock:
        _flush(bulks)


def _flush(which: Iterable[Bulk]) -> None:
    for bulk in list(which):
        bulk.push()
        if not bulk.thread.is_alive():
            bulks.remove(bulk)


def _can_be_joined(operation: Operation) -> bool:
    """Tell whether it is a plain operator; the naive engine runs each by itself."""
    return (
        operation.lane != "io"
        and operation.cost is not None
        and operation.name not in USERS
        and not isinstance(operation.engine, NaiveEngine)
    )


def _kind(operation: Operation) -> tuple[Any, ...]:
    return operation.engine, operation.lane, operation.priority


def join(operations: Sequence[Operation]) -> Operation:
    """Return one operation that does what these do, in order."""
    reads: list[Var] = []
    writes: dict[Var, None] = {}
    for each in operations:
        # What was written before by one of them is not waited for, and not poisoned.
        reads += [var for var in each.inputs if var not in writes]
        writes |= dict.fromkeys(each.writes)
    first = operations[0]
    functions = [each.function for each in operations]

    def details(index: int) -> Mapping[str, Any]:
        tell = getattr(functions[index], "trace_details", dict)
        return tell()

    return first.engine.operation(
        SerialProgram(
            [_measured(each) for each in operations],
            [each.name for each in operations],
            details=details,
        ),
        reads,
        tuple(writes),
        lane=first.lane,
        priority=first.priority,
        cost=_dearest(operations),
        name=f"bulk of {len(operations)}",
    )


def _dearest(operations: Sequence[Operation]) -> float | None:
    """Return the highest cost, in microseconds; None if one is not known.

    Not their sum: what would run where it is pushed one by one does so joined, too.
    """
    costs = [None if each.cost is None else each.cost.us for each in operations]
    known = [cost for cost in costs if cost is not None]
    return max(known) if len(known) == len(costs) else None


def _measured(operation: Operation) -> Callable[[], Any]:
    """Return its function; if its cost is to be found out, one that does that."""
    cost, function = operation.cost, operation.function
    if cost is None or cost.us is not None:
        return function
    return _measuring(function, cost)


def _measuring(function: Callable[[], Any], cost: Cost) -> Callable[[], None]:
    def measure() -> None:
        start = time.perf_counter()
        function()
        cost.sample((time.perf_counter() - start) * 1e6)

    return measure


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - another thread may have held it
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
