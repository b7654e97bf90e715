"""Whether help pays, found out by running a program with it and without by turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from .parallel import ParallelProgram

ROUNDS = 5  # runs of each kind
WORTH = 0.95  # of the time alone, at most, that help has to take
AGAIN = 500  # runs until the question is asked again: load and callers change


class Contest:
    """A parallel program that is helped as long as that makes it faster.

    Parameters
    ----------
    program : ParallelProgram
        Run by one thread at a time.
    clock : callable
        Seconds, on any clock.

    Attributes
    ----------
    helped : bool or None
        How it runs now; None until the first contest has ended.
    helped_us, alone_us : float
        Medians of the last contest, in microseconds; 0.0 before.
    """

    __slots__ = (
        "_clock",
        "_left",
        "_times",
        "alone_us",
        "helped",
        "helped_us",
        "program",
    )

    def __init__(
        self, program: ParallelProgram, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.program = program
        self.helped: bool | None = None
        self.helped_us = self.alone_us = 0.0
        self._clock = clock
        self._times: dict[bool, list[float]] = {True: [], False: []}
        self._left = 0  # runs until the next contest

    def __call__(self) -> Any:
        """Run the program."""
        if self._left:
            self._left -= 1
            self.program()
            return
        helped = len(self._times[True]) <= len(self._times[False])
        self.program.helped = helped
        start = self._clock()
        self.program()
        self._times[helped].append(self._clock() - start)
        if len(self._times[False]) == ROUNDS:
            self._decide()

    def _decide(self) -> None:
        self.helped_us, self.alone_us = (
            1e6 * median(self._times[helped]) for helped in (True, False)
        )
        self._times = {True: [], False: []}
        self._left = AGAIN
        self.helped = self.helped_us <= WORTH * self.alone_us
        self.program.helped = self.helped
