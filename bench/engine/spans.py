"""How long after a push a task begins, and how long after its end its waiter goes on.

Every side measures that in the same way, with a task that looks at the clock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from bench.workload import Workload

PAUSE_SECONDS = 0.002  # until all threads wait for work again
WORK_SECONDS = 0.001  # until the waiter surely waits
TIMEOUT = 10.0

clock = time.perf_counter_ns


class Timed:
    """A task that notes when it begins and ends, in nanoseconds.

    Parameters
    ----------
    seconds : float
        How long it takes, without the GIL.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.began = self.ended = 0
        self._begun = threading.Lock()
        self._begun.acquire()

    def __call__(self, *_: object) -> None:
        """Run; a library may give it what it likes."""
        self.began = clock()
        self._begun.release()
        if self.seconds:
            time.sleep(self.seconds)
        self.ended = clock()

    def wait_begun(self) -> None:
        """Wait for the begin of a run, without helping anybody; once a run."""
        if not self._begun.acquire(timeout=TIMEOUT):
            raise TimeoutError("the task has not begun")


def spans(measure: Callable[[], float]) -> Workload:
    """Make a workload of what returns nanoseconds."""

    def microseconds() -> float:
        return measure() / 1000

    return Workload(microseconds, measure=microseconds)


def starting(prepare: Callable[[Timed], Callable[[], Any]]) -> Workload:
    """Measure from a push until the task begins, with all threads idle.

    Parameters
    ----------
    prepare : callable
        Given a task, returns what pushes it.
    """
    task = Timed()
    push = prepare(task)

    def measure() -> float:
        time.sleep(PAUSE_SECONDS)
        start = clock()
        push()
        task.wait_begun()
        return task.began - start

    return spans(measure)


def waking(
    prepare: Callable[[Timed], Callable[[], Any]], wait: Callable[[Any], object]
) -> Workload:
    """Measure from a task's end until the thread that waits for it goes on.

    Parameters
    ----------
    prepare : callable
        Given a task, returns what pushes it.
    wait : callable
        Waits for what the push has returned.
    """
    task = Timed(WORK_SECONDS)
    push = prepare(task)

    def measure() -> float:
        pushed = push()
        task.wait_begun()
        wait(pushed)
        return clock() - task.ended

    return spans(measure)
