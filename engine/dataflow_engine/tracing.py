"""A ring of what an engine did, recorded as it happens.

Nothing here runs while nobody traces: the engine looks at one flag. What belongs to
what is left to those who read the ring (`chrome`). For that an operation's slice says
which states of which Vars it read and made: a state is a Var's ``id`` and its version,
which is exact as long as all that writes it is recorded, for ids are used again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .operations import Operation

clock = time.perf_counter_ns
State = tuple[int, int]

# Categories of what the engine records. Of these, slices of one thread nest.
OPERATION = "operation"
OPERATOR = "operator"  # a part of a serial program
SKIPPED = "skipped"
WAIT = "wait"
GAP = "gap"  # a mark: what was written before it is not known
PROGRAM = "program"  # in place of a lane: the user's own threads

_MESSAGE_LIMIT = 300
_NOTHING: Mapping[str, Any] = {}


class Slice(NamedTuple):
    """One interval on one thread.

    Attributes
    ----------
    thread, ident : str, int
        The thread, or the task that is shown as one; idents tell namesakes apart.
    error : str
        What it failed with, in words; empty if it did not.
    details : mapping
        Whatever else is known. ``"bytes"`` are those of the arrays that it wrote.
    queued : int
        How many operations were ready to run on its lane when it ended; -1: unknown.
    reads, writes : tuple of (int, int)
        The states of Vars that it read and made.
    """

    name: str
    category: str
    lane: str
    thread: str
    start_ns: int
    duration_ns: int
    ident: int = 0
    error: str = ""
    details: Mapping[str, Any] = _NOTHING
    queued: int = -1
    reads: tuple[State, ...] = ()
    writes: tuple[State, ...] = ()


class Sample(NamedTuple):
    """What a counter stood at from a moment on."""

    name: str
    category: str
    lane: str
    time_ns: int
    value: float


class Mark(NamedTuple):
    """A moment; its scope is ``"thread"``, ``"process"`` or ``"global"``."""

    name: str
    category: str
    lane: str
    thread: str
    ident: int
    time_ns: int
    scope: str


Entry = Slice | Sample | Mark


class _Active(threading.local):
    """What the operation that runs in this thread is traced by, and the thread."""

    tracer: Tracer | None = None
    lane = "cpu"

    def __init__(self) -> None:
        self.thread = threading.current_thread().name
        self.ident = threading.get_ident()


active = _Active()


class Tracer:
    """Records slices, samples and marks; the oldest give way to new ones.

    Parameters
    ----------
    capacity : int
        How many are kept. A sixteenth more may be, for they are dropped in batches.
    on_drop : callable, optional
        Given a batch of entries that are dropped, oldest first.

    Attributes
    ----------
    dropped : int
        How many were dropped so far.
    """

    def __init__(
        self,
        capacity: int = 100_000,
        on_drop: Callable[[Sequence[Entry]], None] | None = None,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"a tracer keeps 1 entry or more, not {capacity}")
        self.capacity = capacity
        self.dropped = 0
        self._limit = capacity + capacity // 16
        self._on_drop = on_drop
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque()

    # Recording

    def add(self, entry: Entry) -> None:
        """Add an entry, from any thread."""
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self._trim()

    def _trim(self) -> None:
        """Drop the oldest; who finds another thread at it need not wait."""
        if not self._lock.acquire(False):
            return
        try:
            excess = len(self._entries) - self.capacity
            batch = [self._entries.popleft() for _ in range(excess)]
            self.dropped += excess
            if self._on_drop is not None:
                self._on_drop(batch)
        finally:
            self._lock.release()

    def record(
        self,
        name: str,
        category: str,
        lane: str,
        start_ns: int,
        error: str = "",
        details: Mapping[str, Any] = _NOTHING,
    ) -> None:
        """Add a slice of this thread that ends now."""
        duration = clock() - start_ns
        thread, ident = active.thread, active.ident
        self.add(
            Slice(
                name, category, lane, thread, start_ns, duration, ident, error, details
            )
        )

    def sample(
        self, name: str, category: str, value: float, lane: str = PROGRAM
    ) -> None:
        """Add what a counter stands at now."""
        self.add(Sample(name, category, lane, clock(), value))

    def mark(
        self, name: str, category: str, scope: str = "process", lane: str = PROGRAM
    ) -> None:
        """Add a mark at this moment."""
        here = active
        self.add(Mark(name, category, lane, here.thread, here.ident, clock(), scope))

    def run(self, operation: Operation, function: Callable[[], Any]) -> None:
        """Call an operation's function as one slice, serial programs within."""
        here = active
        tracer, lane = here.tracer, here.lane
        here.tracer, here.lane = self, operation.lane
        error = ""
        start = clock()
        try:
            function()
        except BaseException as caught:
            error = in_words(caught)
            raise
        finally:
            here.tracer, here.lane = tracer, lane
            self.ended(operation, start, error)

    def ended(
        self,
        operation: Operation,
        start_ns: int,
        error: str = "",
        thread: str | None = None,
        category: str = OPERATION,
    ) -> None:
        """Add the slice of an operation that ends now, before it is completed.

        Parameters
        ----------
        operation : Operation
            What was run.
        start_ns : int
            When it began.
        error : str
            What it failed with.
        thread : str, optional
            The task that is shown as a thread; this thread by default.
        category : str
            Of the slice.
        """
        duration = clock() - start_ns
        describe = getattr(operation.function, "details", None)
        home = operation._home
        self.add(
            Slice(
                operation.name,
                category,
                operation.lane,
                thread or active.thread,
                start_ns,
                duration,
                0 if thread else active.ident,
                error,
                _NOTHING if describe is None else describe(),
                -1 if home is None else home.busy(),
                tuple([(id(var), var.version) for var in operation.inputs]),
                tuple([(id(var), var.version + 1) for var in operation.writes]),
            )
        )

    def skipped(self, operation: Operation, error: BaseException) -> None:
        """Add an operation that is given up for the failure of another one."""
        self.ended(operation, clock(), in_words(error), category=SKIPPED)

    # Looking

    def entries(self) -> list[Entry]:
        """Return what is recorded, in the order in which it ended."""
        return list(self._entries.copy())

    def slices(self) -> list[Slice]:
        """Return the slices that are recorded, in the order in which they ended."""
        return [entry for entry in self.entries() if isinstance(entry, Slice)]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.dropped = 0


def in_words(error: BaseException) -> str:
    """Return an error's class and message, shortened."""
    kind = type(error).__name__
    try:
        return f"{kind}: {error}"[:_MESSAGE_LIMIT]
    except Exception:  # a message that fails must not hide the error
        return kind
