"""Waits that help: the waiting thread runs ready operations meanwhile.

A wait with a deadline runs only operations known to end before it, since none
can be interrupted; unless it is inside an operation, where every worker might
be waiting in the same way and somebody has to go on.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from .errors import WaitTimeout
from .lanes import LINGER_SECONDS, Lane
from .records import Pending
from .tracing import clock
from .workers import Agent, Runner

# An estimate may be wrong by this factor before a deadline is overrun.
MARGIN = 4


class Waiter(Protocol):
    """Who waits: a thread's agent, or a task of trio."""

    def wake(self) -> None:
        """Let it go on, from any thread; once more is as good as once."""


class Notice:
    """What a waiter leaves with the engine: set once what it awaits has ended.

    It stands in a record where an operation would, and is "queued" by being set.
    """

    __slots__ = ("_home", "_put", "finished", "name", "priority", "waiter")

    def __init__(self, waiter: Waiter, name: str) -> None:
        self.waiter = waiter
        self.name = name
        self.finished = False
        self.priority = 0
        self._home = None
        self._put = self.set

    def set(self, _: Pending | None = None) -> None:
        """Tell the waiter."""
        self.finished = True
        self.waiter.wake()


class Deadline:
    """A moment on the monotonic clock, or never."""

    __slots__ = ("_at", "_timeout")

    def __init__(self, timeout: float | None) -> None:
        self._timeout = timeout
        self._at = None if timeout is None else time.monotonic() + timeout

    def left(self) -> float:
        """Return the seconds left, never negative; -1 is forever."""
        return -1 if self._at is None else max(self._at - time.monotonic(), 0.0)

    def fits(self, pending: Pending) -> bool:
        """Return whether an operation surely ends before."""
        if self._at is None:
            return True
        cost = pending.operation.cost if pending.operation is not None else None
        us = cost.us if cost is not None else None
        return us is not None and us * 1e-6 * MARGIN < self.left()

    def missed(self, what: str) -> WaitTimeout:
        """Return what to raise when it has passed."""
        return WaitTimeout(f"{what} has not ended after {self._timeout} s")


class Helper:
    """One wait of one thread.

    Parameters
    ----------
    runner : Runner
        Runs what it takes.
    agent : Agent
        The waiting thread.
    lanes : callable
        Returns the lanes to help; there may be more of them later.
    """

    def __init__(
        self, runner: Runner, agent: Agent, lanes: Callable[[], Sequence[Lane]]
    ) -> None:
        self._runner = runner
        self._agent = agent
        self._lanes = lanes

    def until(
        self, notice: Notice, deadline: Deadline, over: Callable[[], bool] | None = None
    ) -> None:
        """Help until the notice is set, or ``over()`` when there is no work."""
        choosy = Deadline(None) if self._agent.stack() else deadline
        name = "wait_for" if over is None else "wait_all"
        wait = partial(self._wait, notice, choosy, deadline, over)
        self._as_waiter(wait, name, notice.name)

    def while_true(self, condition: Callable[[], bool], what: str) -> None:
        """Help as long as a condition holds, which is asked again and again."""

        def wait() -> None:
            forever, never = Deadline(None), Notice(self._agent, what)
            while condition():
                if not self._help(never, forever):
                    self._park(never, forever, Deadline(LINGER_SECONDS), None)

        self._as_waiter(wait, "held back", what)

    def _as_waiter(self, wait: Callable[[], None], name: str, what: str) -> None:
        agent = self._agent
        before = agent.running, agent.depth, len(agent.outer)
        tracer = self._runner.tracer
        start = clock() if tracer is not None else 0
        try:
            try:
                agent.outer.append(agent.running)
                agent.depth += 1
                wait()
            finally:
                self._leave(*before)
        except BaseException:
            self._leave(*before)
            raise
        finally:
            if tracer is not None:
                tracer.waited(name, start, what)

    def _wait(
        self,
        notice: Notice,
        choosy: Deadline,
        deadline: Deadline,
        over: Callable[[], bool] | None,
    ) -> None:
        while not notice.finished:
            if self._help(notice, choosy):
                continue
            if over is not None and over():
                return
            if not self._park(notice, choosy, deadline, over):
                raise deadline.missed(notice.name)

    def _help(self, notice: Notice, choosy: Deadline) -> bool:
        """Run one record and those that continue it; False: none was run.

        What was run may itself have waited, and taken a wake that was meant for
        this wait: look at the notice again then.
        """
        forever = choosy.left() < 0
        for lane in self._lanes():
            pending = lane.take() if forever else self._take(lane, choosy)
            helped = False
            try:
                while pending is not None:
                    if notice.finished or not (forever or choosy.fits(pending)):
                        lane.put_back(pending)
                        break
                    pending = self._runner.run(pending, self._agent, lane)
                    helped = True
                    if self._agent.interrupt is not None:
                        self._agent.take_interrupt()
            except BaseException:
                if pending is not None:
                    lane.put_back(pending)
                raise
            if helped:
                return True
        return False

    @staticmethod
    def _take(lane: Lane, choosy: Deadline) -> Pending | None:
        if choosy.left() >= 0:
            first = lane.peek()
            if first is None or not choosy.fits(first):
                if first is not None:
                    lane.wake_worker()
                return None
        return lane.take()

    def _park(
        self,
        notice: Notice,
        choosy: Deadline,
        deadline: Deadline,
        over: Callable[[], bool] | None,
    ) -> bool:
        """Wait for a wake; False: the deadline passed. A last look comes first."""
        agent, lanes = self._agent, self._lanes()
        try:
            for lane in lanes:
                # A choosy helper is the last to be asked.
                lane.parked.insert(len(lane.parked) if choosy.left() < 0 else 0, agent)
            if notice.finished or self._help(notice, choosy) or (over and over()):
                return True
            left = deadline.left()
            if agent.worker:
                # Small backlogs wake nobody, since workers look again by themselves.
                left = min(left, LINGER_SECONDS) if left >= 0 else LINGER_SECONDS
            woken = agent.gate.acquire(True, left)
            return woken or notice.finished or deadline.left() != 0
        finally:
            for lane in lanes:
                lane.forget(agent)

    def _leave(self, running: Pending | None, depth: int, height: int) -> None:
        """Be what it was before, and hand on a wake that was meant for work undone."""
        agent = self._agent
        agent.running, agent.depth = running, depth
        del agent.outer[height:]
        for lane in self._lanes():
            if agent in lane.parked:
                lane.forget(agent)
            if lane.parked and lane.busy():
                lane.wake_worker()


def reaches(sources: Sequence[Pending], target: Pending) -> bool:
    """Return whether the target can only be ready after one of the sources.

    What depends on a running operation stays as it is, so that this needs no
    lock when the sources run in the calling thread.
    """
    seen: set[int] = set()
    open_ends = list(sources)
    while open_ends:
        for after in open_ends.pop().followers():
            if after is target:
                return True
            if id(after) not in seen:
                seen.add(id(after))
                open_ends.append(after)
    return False


class Drainers:
    """The waits for everything; whoever runs out of work looks here."""

    def __init__(self, idle: Callable[[], bool]) -> None:
        self._idle = idle
        self.notices: list[Notice] = []

    def check(self) -> None:
        """Tell them if everything has ended."""
        if self.notices and self._idle():
            for notice in self.notices.copy():
                notice.set()

    @contextlib.contextmanager
    def entered(self, notice: Notice) -> Iterator[None]:
        """Enter a notice for a while."""
        try:
            try:
                self.notices.append(notice)
                yield
            finally:
                self._forget(notice)
        except BaseException:
            self._forget(notice)
            raise

    def _forget(self, notice: Notice) -> None:
        if notice in self.notices:
            self.notices.remove(notice)
