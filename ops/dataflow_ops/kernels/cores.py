"""Running the two halves of one kernel on two cores.

The second half is offered to a helper thread; whoever runs the first half takes the
second one back if no helper has begun it. So nothing waits for a helper that is busy.
A helper that is woken on the core of whom it helps leaves it.
"""

from __future__ import annotations

import os
import threading
from queue import SimpleQueue
from typing import Protocol

from dataflow_ops.kernels.blas import cores
from dataflow_ops.kernels.table import Thunk, quiet


class Halves:
    """Two callables as one, side by side where a helper thread is free.

    Parameters
    ----------
    first, second : callable
        What to call; they share nothing that either of them writes.
    """

    def __init__(self, first: Thunk, second: Thunk) -> None:
        self.first = first
        self.second = quiet(second)

    def __call__(self) -> None:
        """Run both to the end; the first one's failure comes first."""
        offer = _Offer(self.second)
        _helpers.take(offer)
        try:
            self.first()
        finally:
            offer.finish()
        if offer.error is not None:
            raise offer.error


class Seats(Protocol):
    """Where threads run."""

    def current_core(self) -> int:
        """Return the core of the calling thread."""

    def leave(self, core: int) -> None:
        """Let the calling thread go on on another core, if it is on this one."""


class _Anywhere:
    """Threads run where they are put."""

    def current_core(self) -> int:
        return -1

    def leave(self, core: int) -> None:
        pass


_seats: Seats = _Anywhere()


def assign_seats(seats: Seats) -> None:
    """Have helpers leave the cores of those whom they help."""
    global _seats  # noqa: PLW0603 - the cores are the process's
    _seats = seats


class _Offer:
    """A callable that one thread runs, whichever claims it first."""

    def __init__(self, work: Thunk) -> None:
        self.work = work
        self._core = _seats.current_core()
        self.error: BaseException | None = None
        self._claim = threading.Lock()
        self._done = threading.Lock()
        self._done.acquire()

    def run(self, helps: bool = False) -> None:
        """Run it unless somebody else has begun."""
        if self._claim.acquire(blocking=False):
            try:
                if helps:
                    _seats.leave(self._core)
                self.work()
            except BaseException as error:
                self.error = error
            finally:
                self._done.release()

    def finish(self) -> None:
        """Run it, or wait until the one who has begun is through."""
        self.run()
        self._done.acquire()


class _Helpers:
    """The helper threads of this process: one less than it has cores, when needed."""

    def __init__(self) -> None:
        self._offers: SimpleQueue[_Offer] = SimpleQueue()
        self._started = 0
        self._lock = threading.Lock()

    def take(self, offer: _Offer) -> None:
        if not self._started:
            self._start()
        self._offers.put(offer)

    def _start(self) -> None:
        with self._lock:
            while self._started < max(1, cores() - 1):
                threading.Thread(
                    target=self._serve, name="dataflow kernel helper", daemon=True
                ).start()
                self._started += 1

    def _serve(self) -> None:
        while True:
            self._offers.get().run(helps=True)


_helpers = _Helpers()


def _forget_threads() -> None:
    """Start anew in a forked process, which has none of its parent's threads."""
    global _helpers  # noqa: PLW0603
    _helpers = _Helpers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
