"""Recording what an engine does, as it happens, into a ring.

Nothing here runs while nobody traces: the engine looks at one flag. A function with a
method ``trace_details`` is asked by it for the details of its slice, after the call.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .entries import (
    NOTHING,
    OPERATION,
    PROGRAM,
    SKIPPED,
    WAIT,
    Details,
    Entry,
    Mark,
    Sample,
    Slice,
)
from .ring import Ring

if TYPE_CHECKING:
    from .operations import Operation

__all__ = ["Here", "Slice", "Tracer", "active", "clock", "in_words", "told_by"]

clock = time.perf_counter_ns
_MESSAGE_LIMIT = 300


class Here:
    """One thread as tracers see it.

    Attributes
    ----------
    tracer : Tracer or None
        What records the operation that runs in the thread.
    lane : str
        The lane of that operation.
    reports : tuple of callable
        Those of the serial programs that it has run: each records their slices and
        returns how many. They are called when the operation has ended, so that its
        slice is not the longer for them.
    """

    __slots__ = ("ident", "lane", "reports", "thread", "tracer")

    def __init__(self) -> None:
        self.tracer: Tracer | None = None
        self.lane = ""
        self.reports: tuple[Callable[[], int], ...] = ()
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
        # A slice lies here as a plain tuple, of plain values and None for no details:
        # making a named one takes ten times as long, and the gc, which forgets such a
        # tuple, would look at it again and again.
        return [_slice(*e) if type(e) is tuple else e for e in raw]

    def record(
        self,
        name: str,
        category: str,
        lane: str,
        start_ns: int,
        error: str = "",
        details: Details | None = None,
    ) -> None:
        """Add a slice of this thread that ends now."""
        self.record_past(name, category, lane, start_ns, clock(), error, details)

    def record_past(
        self,
        name: str,
        category: str,
        lane: str,
        start_ns: int,
        end_ns: int,
        error: str = "",
        details: Details | None = None,
    ) -> None:
        """Add a slice of this thread that has ended already."""
        here, length = active.thread, end_ns - start_ns
        where = lane, here.thread, start_ns, length, here.ident
        self.add((name, category, *where, error, details, -1, 0, ()))

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

    def run(
        self,
        operation: Operation,
        function: Callable[[], Any],
        later: Callable[[Callable[[], None]], None] | None = None,
    ) -> int:
        """Call an operation's function as one slice, serial programs within.

        Parameters
        ----------
        operation : Operation
            What is run.
        function : callable
            What to call.
        later : callable, optional
            Given what adds the slice, to be called before the operation is completed.
            Without it that is done at once.

        Returns
        -------
        int
            How long it took, in nanoseconds.
        """
        local = active
        outer = local.here
        here = local.thread
        before = here.tracer, here.lane, here.reports
        error = ""
        start = end = clock()
        reports: tuple[Callable[[], int], ...] = ()
        try:
            # Its own block: an interrupt must not leave the thread marked as traced.
            try:
                here.tracer, here.lane, here.reports = self, operation.lane, ()
                local.here = here
                function()
                end = clock()
            finally:
                reports = here.reports
                here.tracer, here.lane, here.reports = before
                local.here = outer
        except BaseException as caught:
            end = clock()
            error = in_words(caught)
            raise
        finally:
            length, details = end - start, None
            if reports:
                details = {"operators": sum(report() for report in reports)}
            what = here.thread, here.ident, start, length, error, details
            if later is None:
                self._put(operation, *what)
            else:
                later(partial(self._put, operation, *what))
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
        self._put(operation, thread, 0, start_ns, length, error, None, category)

    def skipped(self, operation: Operation, error: BaseException) -> None:
        """Add an operation that is given up for the failure of another one."""
        here, words = active.thread, in_words(error)
        where = here.thread, here.ident, clock(), 0
        self._put(operation, *where, words, None, SKIPPED)

    def waited(self, name: str, start_ns: int, what: str) -> None:
        """Add a wait of this thread for something, which ends now."""
        here = active.here
        lane = PROGRAM if here is None else here.lane
        self.record(name, WAIT, lane, start_ns, details={"for": what})

    def waited_in_task(
        self, name: str, start_ns: int, what: str, lane: str, task: str, ident: int
    ) -> None:
        """Add a wait of a task for something, which ends now.

        Parameters
        ----------
        lane : str
            That of the asynchronous operation, if the task is one, or the program's.
        task : str
            The task, which is shown as a thread.
        ident : int
            Tells tasks of one name apart.
        """
        length, details = clock() - start_ns, {"for": what}
        where = lane, task, start_ns, length, ident
        self.add((name, WAIT, *where, "", details, -1, 0, ()))

    def _put(
        self,
        operation: Operation,
        thread: str,
        ident: int,
        start_ns: int,
        length: int,
        error: str,
        details: Details | None,
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
        """Return the slices of what ran, not of waits, in the order of their ends."""
        slices = (entry for entry in self.entries() if isinstance(entry, Slice))
        return [piece for piece in slices if piece.category != WAIT]


def _slice(*raw: Any) -> Slice:
    """Name the fields of a raw slice, which ends in the Vars that it touched.

    Those that it read come first, each with its version before the slice's end.
    """
    *fields, details, queued, count, touched = raw
    made = tuple([(var, version + 1) for var, version in touched[count:]])
    details = NOTHING if details is None else details
    return Slice._make([*fields, details, queued, touched[:count], made])


def told_by(describe: Callable[[], Details]) -> Details:
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
