"""The io lane: ready asynchronous operations, which one loop thread runs in trio.

Every other part of the engine meets it in the form of a cpu lane, except that nobody
can help it. There is no trio in here: the loop imports it when there is work.

State, beside that of its queue:

``workers``     the agent of the loop thread, or nothing
``notify``      tells the loop to look here; None while it starts and when it has ended
``cancelling``  what runs is to be cancelled
``stopping``    and then the loop is to end

Whoever queues appends first and then looks for ``notify``; a loop that starts sets it
first and then looks at the queue, and one that ends takes it back first. So one of them
sees the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

from .operations import IO
from .queues import Queue
from .records import Pending

if TYPE_CHECKING:
    from .workers import Agent

# The asynchronous operation that a task works for, also in tasks and threads begun
# by it, which inherit it.
current: ContextVar[Pending | None] = ContextVar("dataflow-operation", default=None)


def inside() -> list[Pending]:
    """Return the asynchronous operation that the caller is a part of, if any."""
    record = current.get()
    return [] if record is None or record.done else [record]


class Runs(Protocol):
    """A task of the loop and the record that it runs."""

    record: Pending | None


class IoLane(Queue):
    """The queue of asynchronous operations.

    Parameters
    ----------
    start : callable
        Starts a loop thread for the lane and returns its agent.
    """

    name = IO
    limit = 1

    def __init__(self, start: Callable[[IoLane], Agent]) -> None:
        self._start = start
        self.on_work: Callable[[], None] = _nothing  # called when there is some
        super().__init__()

    def reset(self) -> None:
        """Empty the lane: at first, and in a forked child, which has no loop."""
        super().reset()
        self.workers: list[Agent] = []
        self.notify: Callable[[], None] | None = None
        self.tasks: Collection[Runs] = ()
        self.cancelling = self.stopping = False

    def put(self, pending: Pending) -> None:
        """Queue a ready record and see that the loop looks at it."""
        self.queue.append(pending)
        self._tell()

    def put_ranked(self, pending: Pending) -> None:
        """Queue a ready record that has a priority."""
        self._rank(pending)
        self._tell()

    def put_and_wake(self, pending: Pending) -> None:
        """Queue a record that another lane made ready."""
        self._append(pending)
        self._tell()

    def records(self) -> list[Pending]:
        """Return what is queued or runs."""
        running = [task.record for task in tuple(self.tasks)]
        return [*(record for record in running if record is not None), *self.ready()]

    def _tell(self) -> None:
        self.on_work()
        notify = self.notify
        if notify is not None:
            notify()
        elif not self.workers:
            self._begin()

    def _begin(self) -> None:
        with self._lock:
            if not self.workers:
                self.workers = [self._start(self)]

    def ended(self) -> None:
        """Note that the loop has ended; what came too late for it gets another one."""
        self.tasks = ()
        self.notify = None
        self.workers = []
        if self.busy():
            self._begin()

    def running(self) -> list[str]:
        """Return the names of the operations that run, in no order."""
        records = [task.record for task in tuple(self.tasks)]
        operations = [record.operation for record in records if record is not None]
        return [operation.name for operation in operations if operation is not None]

    def cancel(self) -> None:
        """Cancel what runs."""
        self.cancelling = True
        if self.notify is not None:
            self.notify()

    def stop(self) -> None:
        """Tell the loop to end."""
        self.stopping = True
        self.cancel()


def _nothing() -> None:
    """Stand for something to be told."""
