"""What a thread that waits runs meanwhile.

Outside of operations it runs anything; with a deadline, what is known to end before,
since nothing can be interrupted. Inside an operation it runs only what its wait depends
on: anything else might itself wait for the operation that is suspended below it, and
never end. Others stand in for it there, see `Lane.begin_absence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from .records import Pending

if TYPE_CHECKING:
    from .lanes import Lane
    from .waiting import Deadline


class Choice(Protocol):
    """What a wait helps with.

    Attributes
    ----------
    anything : bool
        It may be asked like a worker.
    """

    anything: bool

    def take(self, lane: Lane) -> Pending | None:
        """Take something to run from a lane."""

    def fits(self, pending: Pending) -> bool:
        """Return whether it may run what it has at hand."""


class Anything:
    """Whatever is ready."""

    anything = True

    def take(self, lane: Lane) -> Pending | None:
        """Take what is next."""
        return lane.take()

    def fits(self, pending: Pending) -> bool:
        """Return True."""
        return True


class Timely:
    """What surely ends before a deadline."""

    anything = False

    def __init__(self, deadline: Deadline) -> None:
        self.fits = deadline.fits

    def take(self, lane: Lane) -> Pending | None:
        """Take what is next, or see that a worker does."""
        first = lane.peek()
        if first is None or not self.fits(first):
            if first is not None:
                lane.wake_worker()
            return None
        return lane.take()


class Needed:
    """What a record depends on.

    Edges lead from what was pushed before to what was pushed later, and those behind
    a record that has not ended stay: what is known of it is so until its end.

    Parameters
    ----------
    goal : Pending
        Registered, and waiting for others.
    """

    anything = False

    def __init__(self, goal: Pending) -> None:
        self._known: dict[Pending, bool] = {goal: True}

    def take(self, lane: Lane) -> Pending | None:
        """Take the first that is needed, out of the middle of the queue."""
        return lane.take_first(self.fits) if lane.busy() else None

    def fits(self, pending: Pending) -> bool:
        """Return whether a record is needed."""
        found = self._known.get(pending)
        return self._search(pending) if found is None else found

    def _search(self, start: Pending) -> bool:
        """Look behind a record depth first; chains are too long for recursion."""
        known = self._known
        known[start] = False  # unless it turns out otherwise
        path: list[tuple[Pending, Iterator[Pending]]] = [
            (start, iter(start.followers()))
        ]
        while path:
            after = next(path[-1][1], None)
            if after is None:
                path.pop()
            elif known.get(after):
                known.update((needed, True) for needed, _ in path)
                return True
            elif after not in known:
                known[after] = False
                path.append((after, iter(after.followers())))
        return False


def reaches(sources: Sequence[Pending], target: Pending) -> bool:
    """Return whether the target can only be ready after one of the sources.

    What depends on a running operation stays as it is, so that this needs no
    lock when the sources run in the calling thread.
    """
    needed = Needed(target)
    return any(needed.fits(source) for source in sources if source is not target)
