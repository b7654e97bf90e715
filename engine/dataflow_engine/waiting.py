"""Waits that help: the waiting thread runs ready operations meanwhile.

What it chooses to run is told in `helping`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from .errors import WaitTimeout
from .helping import Anything, Choice, Needed, Timely
from .lanes import LINGER_SECONDS, Lane
from .records import Pending
from .seats import make_room, wakers
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
        self,
        notice: Notice,
        deadline: Deadline,
        over: Callable[[], bool] | None = None,
        goal: Pending | None = None,
    ) -> None:
        """Help until the notice is set, or ``over()`` when there is no work.

        Parameters
        ----------
        notice : Notice
            Wakes the thread when it is set.
        deadline : Deadline
            When to raise `WaitTimeout`.
        over : callable, optional
            Asked before it sleeps.
        goal : Pending, optional
            Inside an operation: the record in which the notice stands.
        """
        choice: Choice = Needed(goal) if goal is not None else _before(deadline)
        name = "wait_for" if over is None else "wait_all"
        wait = partial(self._wait, notice, choice, deadline, over)
        if goal is not None:
            wait = partial(self._wait_inside, notice, choice, deadline)
        self._as_waiter(wait, name, notice.name)

    def while_true(self, condition: Callable[[], bool], what: str) -> None:
        """Help as long as a condition holds, which is asked again and again."""

        def wait() -> None:
            anything, never = Anything(), Notice(self._agent, what)
            while condition():
                if not self._help(never, anything):
                    self._park(never, anything, Deadline(LINGER_SECONDS), None)

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
        choice: Choice,
        deadline: Deadline,
        over: Callable[[], bool] | None,
    ) -> None:
        while not notice.finished:
            if self._help(notice, choice):
                continue
            if over is not None and over():
                return
            if not self._park(notice, choice, deadline, over):
                raise deadline.missed(notice.name)

    def _wait_inside(self, notice: Notice, choice: Choice, deadline: Deadline) -> None:
        """Wait inside an operation; another worker stands in once there is no help."""
        while not notice.finished and self._help(notice, choice):
            pass
        if notice.finished:
            return
        home = self._agent.home
        absent = home is not None and home.begin_absence()
        try:
            while not notice.finished:
                if not self._help(notice, choice) and not self._sleep(notice, deadline):
                    raise deadline.missed(notice.name)
        finally:
            if absent and home is not None:
                home.end_absence()

    def _sleep(self, notice: Notice, deadline: Deadline) -> bool:
        """Wait for the notice; False: the deadline passed.

        What the wait depends on is run by others. They are few if threads cannot be
        started, and so it looks again now and then.
        """
        left = deadline.left()
        left = min(left, LINGER_SECONDS) if left >= 0 else LINGER_SECONDS
        woken = self._agent.gate.acquire(True, left)
        return woken or notice.finished or deadline.left() != 0

    def _help(self, notice: Notice, choice: Choice) -> bool:
        """Run one record and those that continue it; False: none was run.

        What was run may itself have waited, and taken a wake that was meant for
        this wait: look at the notice again then.
        """
        for lane in self._lanes():
            pending = choice.take(lane)
            helped = False
            try:
                while pending is not None:
                    if notice.finished or not choice.fits(pending):
                        lane.put_back(pending)
                        break
                    if wakers and lane.queue:  # there is work for both
                        make_room()
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

    def _park(
        self,
        notice: Notice,
        choice: Choice,
        deadline: Deadline,
        over: Callable[[], bool] | None,
    ) -> bool:
        """Wait for a wake; False: the deadline passed. A last look comes first."""
        agent, lanes = self._agent, self._lanes()
        try:
            for lane in lanes:
                # A choosy helper is the last to be asked.
                lane.parked.insert(len(lane.parked) if choice.anything else 0, agent)
            if notice.finished or self._help(notice, choice) or (over and over()):
                return True
            woken = agent.gate.acquire(True, deadline.left())
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


def _before(deadline: Deadline) -> Choice:
    """Return what may be run before a deadline."""
    return Anything() if deadline.left() < 0 else Timely(deadline)


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
