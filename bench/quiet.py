"""Waiting for an idle machine before a sample, as far as the system can tell.

Two cores shared with another process can make a side ten times slower, and its
neighbours in the round not at all; so a sample starts in a quiet moment.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

SYSTEM_TIMES = Path("/proc/stat")
IDLE_FIELDS = (3, 4)  # idle, and waiting for input and output
BUSY_SHARE = 0.1
WINDOW_SECONDS = 0.1


class Patience:
    """Waits for quiet, until so many seconds were spent on it in all.

    Parameters
    ----------
    seconds : float
        The most to spend; samples are taken all the same afterwards.

    Attributes
    ----------
    noisy : int
        How many samples had to start without quiet.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.noisy = 0

    def settle(self, seconds: float) -> None:
        """Rest at least so long, then until the machine was idle for a moment."""
        time.sleep(seconds)
        while _busy_share(WINDOW_SECONDS) > BUSY_SHARE:
            self.seconds -= WINDOW_SECONDS
            if self.seconds <= 0:
                self.noisy += 1
                return


def _busy_share(seconds: float) -> float:
    """Return the share of all cores in use; 0 where the system does not tell."""
    if not SYSTEM_TIMES.exists():
        return 0.0
    before = _idle_seconds()
    start = time.perf_counter()
    time.sleep(seconds)
    passed = (time.perf_counter() - start) * (os.cpu_count() or 1)
    return max(0.0, 1 - (_idle_seconds() - before) / passed)


def _idle_seconds() -> float:
    """Return how long all cores together have been idle since the start."""
    times = SYSTEM_TIMES.read_text().split("\n", 1)[0].split()[1:]
    ticks = sum(int(times[field]) for field in IDLE_FIELDS)
    return ticks / os.sysconf("SC_CLK_TCK")
