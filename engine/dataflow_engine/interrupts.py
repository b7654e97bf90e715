"""What Ctrl-C may interrupt, and how what it interrupted is put right.

A signal handler may raise after any call in the main thread, also within the engine.
Three rules make this harmless:

- Whoever is interrupted half way ends what it was doing, or undoes it, in a handler of
  its own, before the exception goes on. So an operation is pushed or it is not.
- What is done in doubt may be done twice. So a record may be queued twice, and is run
  once: who runs it puts `CLAIMED` in the place of its tickets, and who finds that there
  leaves it alone.
- What decides is done by steps of the interpreter that are no calls, such as to delete
  an entry or to add one to a count: no exception comes between two of them.

Any exception that comes from outside is meant, not only Ctrl-C.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from .records import Pending


class _Claimed(list[bool]):
    """Tickets of a record that is being run: none that is taken counts."""

    def pop(self, *_: object) -> bool:
        return False


CLAIMED = _Claimed([False])


class Interrupted(BaseException):
    """The scheduling rule was interrupted, and has done all that it was to do.

    Its cause is what was raised. Any other exception means that nothing was done.

    Attributes
    ----------
    ready : sequence of Pending
        What would have been returned. Some of it may have been queued by others.
    """

    def __init__(self, ready: Sequence[Pending]) -> None:
        super().__init__("for those who call the scheduling rule")
        self.ready = ready


def raise_cause(error: BaseException) -> NoReturn:
    """Raise what interrupted something, in place of the rule's word for it."""
    if isinstance(error, Interrupted) and error.__cause__ is not None:
        raise error.__cause__
    raise error


def claim(record: Pending) -> bool:
    """Return whether the caller may run a record; nobody else may then."""
    if record.tickets is CLAIMED:  # it was queued twice
        return False
    record.tickets = CLAIMED
    return True


def requeue(records: Iterable[Pending | None]) -> None:
    """Queue records that an interrupt may have kept from it."""
    for pending in records:
        operation = None if pending is None else pending.operation
        if pending is None or operation is None:  # it has ended
            continue
        if operation._home is None:
            operation._put(pending)
        else:
            operation._home.put_and_wake(pending)
