"""A lane is a place where operations run, from one queue, by its own workers.

State, beside that of its queue:

``parked``   threads that wait for work, a stack: the last one is the warmest
``workers``  the lane's threads; they start when there is work for them
``awake``    how many of those run or linger, that is, look again by themselves
``absent``   how many of them wait inside an operation, and may be stood in for
``spare``    a hint that a worker may have to be woken or started by force

Whoever parks enters ``parked`` first and then looks at the queue again; whoever
queues appends first and then looks at ``parked``. So one of them sees the other.

An idle wake costs its pusher 17-25 us, so that a small backlog of known cost
wakes nobody. That is safe because a worker lingers: it looks again every
`LINGER_SECONDS`, and only sleeps after a second of quiet. The last one to do so
sets ``asleep``, and then every queueing wakes one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from .queues import Queue
from .records import Pending
from .seats import waking, woken

if TYPE_CHECKING:
    from .workers import Agent

WAKE_BACKLOG_US = 25.0
LINGER_SECONDS = 0.02
LINGER_ROUNDS = 50
MOST_ABSENT = 64  # threads are not for nothing
_log = logging.getLogger("dataflow_engine")


class Lane(Queue):
    """One queue with its workers.

    Parameters
    ----------
    name : str
        As in ``lane="cpu:1"``.
    limit : int
        How many workers it may have.
    start : callable
        Makes and starts a worker of the lane and returns its agent.

    Attributes
    ----------
    on_rise : callable
        Called by a worker that has slept.
    """

    def __init__(self, name: str, limit: int, start: Callable[[Lane], Agent]) -> None:
        self.name = name
        self.limit = limit
        self._start = start
        self.on_rise: Callable[[], None] = _nothing
        super().__init__()

    def reset(self) -> None:
        """Empty the lane: at first, and in a forked child, which has no workers."""
        super().reset()
        self.parked: list[Agent] = []
        self.workers: list[Agent] = []
        self.awake = self.absent = 0
        self.asleep = True
        self.spare = True
        self.stopping = False

    def put(self, pending: Pending) -> None:
        """Queue a ready record and wake a worker if that is worth it."""
        self.queue.append(pending)
        if self.parked or self.spare:
            self._consider(pending)

    def put_ranked(self, pending: Pending) -> None:
        """Queue a ready record that has a priority."""
        self._rank(pending)
        if self.parked or self.spare:
            self._consider(pending)

    def put_and_wake(self, pending: Pending) -> None:
        """Queue a record that another lane made ready.

        Nobody there will look at this lane, so that even a small backlog wakes.
        """
        self._append(pending)
        self.wake()

    def put_back(self, pending: Pending) -> None:
        """Return a record that the caller took and will not run after all."""
        operation = pending.operation
        if operation is not None and operation.priority:
            self._rank(pending)
        else:
            self.queue.appendleft(pending)
        self.wake_worker()

    def _consider(self, pending: Pending) -> None:
        if not self.asleep:
            operation = pending.operation
            cost = operation.cost if operation is not None else None
            us = cost.us if cost is not None else None
            if us is not None and us * self.busy() < WAKE_BACKLOG_US:
                return
        self.wake()

    def wake(self) -> None:
        """Wake the thread that parked last, or start a worker if all are busy."""
        try:
            agent = self.parked[-1]
        except IndexError:
            if self._has_room():
                self._add_worker()
            return
        if not self._unpark(agent):
            self.wake()

    def _unpark(self, agent: Agent) -> bool:
        """Wake one that is parked; False: somebody else did."""
        try:
            if not self.forget(agent):
                return False
            if agent.worker:
                waking(agent.thread)
            if agent.worker:
                # It will look at the queue, so that nobody else need be woken. After
                # its wake that would be noted too late: it may be asleep again.
                self.asleep = False
                self.spare = self._has_room()
            agent.wake()
        except BaseException:
            agent.wake()
            raise
        return True

    def wake_worker(self) -> None:
        """Wake or start a worker of the lane's own, no waiter that helps."""
        for agent in reversed(self.parked.copy()):
            if agent.worker and self._unpark(agent):
                return
        if self._has_room():
            self._add_worker()

    def _has_room(self) -> bool:
        """Return whether it may have one more worker."""
        return len(self.workers) < self.limit + self.absent

    def _add_worker(self) -> None:
        with self._lock:
            if not self._has_room() or self.stopping:
                return
            self.awake += 1
            try:
                agent = self._start(self)
            except RuntimeError as error:
                self.awake -= 1
                _log.warning("lane %s gets no further thread: %s", self.name, error)
                return
            self.workers.append(agent)
            self.asleep = False
            self.spare = self._has_room()

    def set_limit(self, limit: int) -> None:
        """Have more or fewer workers from now on."""
        with self._lock:
            self.limit = limit
            self.spare = True
        for agent in self.workers.copy():
            agent.wake()  # those too many end
        for _ in range(min(self.busy(), limit)):
            self.wake()

    def ends(self, agent: Agent) -> bool:
        """Return whether a worker that has nothing to do is to end for good."""
        if self.stopping:
            return not self.busy()
        if len(self.workers) <= self.limit + self.absent:
            return False
        with self._lock:
            if len(self.workers) <= self.limit + self.absent:
                return False
            self.workers.remove(agent)
            self.awake -= 1
        return True

    def forget(self, agent: Agent) -> bool:
        """Unpark; False: somebody else did, and has woken or will wake it."""
        try:
            self.parked.remove(agent)
        except ValueError:
            return False
        return True

    def park(self, agent: Agent) -> None:
        """Let a worker wait for work; it may also return for no reason."""
        self.parked.append(agent)
        for _ in range(LINGER_ROUNDS):
            if self.queue or self.ranked or self.stopping:
                break
            if agent.gate.acquire(True, LINGER_SECONDS):
                break
        else:
            self._sleep(agent)
        # Usually gone already; not if an earlier wake came late.
        self.forget(agent)
        woken(self.busy() > 1)

    def _sleep(self, agent: Agent) -> None:
        with self._lock:
            self.awake -= 1
            if self.awake == 0:
                self.asleep = self.spare = True
        try:
            if not (self.queue or self.ranked or self.stopping):
                agent.gate.acquire()
        finally:
            with self._lock:
                self.awake += 1
                self.asleep = False
                self.spare = self._has_room()
            self.on_rise()

    def begin_absence(self) -> bool:
        """Have another worker stand in for the caller, who waits inside an operation.

        False: there are too many that do so already.
        """
        with self._lock:
            if self.absent >= MOST_ABSENT:
                return False
            self.absent += 1
            self.awake -= 1
            self.spare = True
            if self.awake == 0:
                self.asleep = True
        if self.queue or self.ranked:
            self.wake()
        return True

    def end_absence(self) -> None:
        """Go on without one who stood in."""
        with self._lock:
            if not self.absent:  # the process has forked meanwhile
                return
            self.absent -= 1
            self.awake += 1
            self.asleep = False
            self.spare = self._has_room()
        if len(self.workers) > self.limit + self.absent:
            self.wake_worker()  # which ends if there is nothing to do

    def stop(self) -> None:
        """Tell the workers to end once the queue is empty."""
        with self._lock:
            self.stopping = True
        for agent in self.workers:
            agent.wake()


def _nothing() -> None:
    """Stand for something to be told."""
