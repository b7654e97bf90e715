"""A ring of what an engine did, recorded as it happens.

Nothing here runs while nobody traces: the engine looks at one flag. What belongs to
what is left to those who read the ring (`chrome`). For that an operation's slice says
which states of which Vars it read and made: a state is a Var's ``id`` and its version,
which is exact as long as all that writes it is recorded, for ids are used again.

A function that has a method ``trace_details`` is asked by it for the details of its
slice, after it was called.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .ring import Ring

if TYPE_CHECKING:
    from .operations import Operation

clock = time.perf_counter_ns
State = tuple[int, int]

# Categories of what the engine records. Of these, slices of one thread nest.
OPERATION = "operation"
OPERATOR = "operator"  # a part of a serial program
SKIPPED = "skipped"
WAIT = "wait"
MEMORY = "memory"  # samples: bytes that something holds
GAP = "gap"  # a mark: what was written before it is not known
PROGRAM = "program"  # in place of a lane: the user's own threads

_MESSAGE_LIMIT = 300
NOTHING: Mapping[str, Any] = {}


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
    details: Mapping[str, Any] = NOTHING
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


class Here:
    """One thread as tracers see it.

    Attributes
    ----------
    tracer : Tracer or None
        What records the operation that runs in the thread.
    lane : str
        The lane of that operation.
    parts : int
        How many operators of serial programs have run in it.
    """

    __slots__ = ("ident", "lane", "parts", "thread", "tracer")

    def __init__(self) -> None:
        self.tracer: Tracer | None = None
        self.lane = ""
        self.parts = 0
        self.thread = threading.current_thread().name
        self.ident = threading.get_ident()


class _Active(threading.local):
    """``here`` is None in a thread that runs no operation that is traced."""

    here: Here | None = None

    def __init__(self) -> None:
        self.thread = Here()


active = _Active()


class Tracer(Ring[Entry]):
    """Records slices, samples and marks, the newest of them.

    Parameters
    ----------
    capacity : int
        How many are kept.
    on_drop : callable, optional
        Given those that are dropped.
    """

    def __init__(
        self,
        capacity: int = 100_000,
        on_drop: Callable[[Sequence[Entry]], None] | None = None,
    ) -> None:
        super().__init__(capacity, on_drop)

    def _read(self, raw: Iterable[Any]) -> list[Entry]:
        # A slice lies here as a plain tuple: making a named one takes ten times as
        # long, and the gc would look at it again and again.
        return [_slice(*e) if type(e) is tuple else e for e in raw]

    def record(
        self,
        name: str,
        category: str,
        lane: str,
        start_ns: int,
        error: str = "",
        details: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Add a slice of this thread that ends now."""
        length, here = clock() - start_ns, active.thread
        thread, ident = here.thread, here.ident
        piece = (name, category, lane, thread, start_ns, length, ident, error, details)
        self.add((*piece, -1, 0, ()))

    def sample(
        self, name: str, category: str, value: float, lane: str = PROGRAM
    ) -> None:
        """Add what a counter stands at now."""
        self.add(Sample(name, category, lane, clock(), value))

    def mark(
        self, name: str, category: str, scope: str = "process", lane: str = PROGRAM
    ) -> None:
        """Add a mark at this moment."""
        here = active.thread
        self.add(Mark(name, category, lane, here.thread, here.ident, clock(), scope))

    def run(self, operation: Operation, function: Callable[[], Any]) -> int:
        """Call an operation's function as one slice, serial programs within.

        Returns
        -------
        int
            How long it took, in nanoseconds.
        """
        local = active
        outer = local.here
        here = local.thread
        before = here.tracer, here.lane, here.parts
        here.tracer, here.lane, here.parts = self, operation.lane, 0
        local.here = here
        error = ""
        start = clock()
        try:
            function()
        except BaseException as caught:
            error = in_words(caught)
            raise
        finally:
            length = clock() - start
            details = {"operators": here.parts} if here.parts else NOTHING
            here.tracer, here.lane, here.parts = before
            local.here = outer
            self._put(operation, here.thread, here.ident, start, length, error, details)
        return length

    def ended(
        self,
        operation: Operation,
        start_ns: int,
        thread: str,
        error: str = "",
        category: str = OPERATION,
    ) -> None:
        """Add the slice of an operation that ends now, before it is completed.

        Parameters
        ----------
        operation : Operation
            What was run.
        start_ns : int
            When it began.
        thread : str
            The task, which is shown as a thread.
        error : str
            What it failed with.
        category : str
            Of the slice.
        """
        length = clock() - start_ns
        self._put(operation, thread, 0, start_ns, length, error, NOTHING, category)

    def skipped(self, operation: Operation, error: BaseException) -> None:
        """Add an operation that is given up for the failure of another one."""
        here, words = active.thread, in_words(error)
        where = here.thread, here.ident, clock(), 0
        self._put(operation, *where, words, NOTHING, SKIPPED)

    def waited(self, name: str, start_ns: int, what: str) -> None:
        """Add a wait of this thread for something, which ends now."""
        here = active.here
        lane = PROGRAM if here is None else here.lane
        self.record(name, WAIT, lane, start_ns, details={"for": what})

    def _put(
        self,
        operation: Operation,
        thread: str,
        ident: int,
        start_ns: int,
        length: int,
        error: str,
        details: Mapping[str, Any],
        category: str = OPERATION,
    ) -> None:
        describe = getattr(operation.function, "trace_details", None)
        if describe is not None:
            details = told_by(describe)
        home = operation._home
        inputs = operation.inputs
        touched = inputs + operation.writes
        self.add(
            (
                operation.name,
                category,
                operation.lane,
                thread,
                start_ns,
                length,
                ident,
                error,
                details,
                -1 if home is None else len(home.queue) + len(home.ranked),
                len(inputs),
                tuple([(id(v), v.version) for v in touched]) if touched else (),
            )
        )

    def slices(self) -> list[Slice]:
        """Return the slices that are kept, in the order in which they ended."""
        return [entry for entry in self.entries() if isinstance(entry, Slice)]


def _slice(*raw: Any) -> Slice:
    """Name the fields of a raw slice, which ends in the Vars that it touched.

    Those that it read come first, each with its version before the slice's end.
    """
    *fields, count, touched = raw
    made = tuple((var, version + 1) for var, version in touched[count:])
    return Slice._make([*fields, touched[:count], made])


def told_by(describe: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Ask a function for its details; what goes wrong must not fail the operation."""
    try:
        return describe()
    except Exception as error:
        return {"details": in_words(error)}


def in_words(error: BaseException) -> str:
    """Return an error's class and message, shortened."""
    kind = type(error).__name__
    try:
        return f"{kind}: {error}"[:_MESSAGE_LIMIT]
    except Exception:  # a message that fails must not hide the error
        return kind
