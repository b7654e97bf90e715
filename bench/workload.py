"""What a side offers to be timed: one prepared run, and how much it holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

WARM_UP_RUNS = 3


@dataclass(frozen=True)
class Workload:
    """Something prepared once and run many times.

    Parameters
    ----------
    run : callable
        One run, complete at its return.
    units : int
        How many tasks, operators or steps one run holds; times are per unit.
    outputs : callable, optional
        What it computes, flat, to compare the sides before they are timed.
    measure : callable, optional
        Runs once and returns the microseconds of a unit itself, where a run holds more
        than what is to be timed. A sample is the median of its runs then.
    warm_ups : int
        Runs before the first that is timed.
    """

    run: Callable[[], object]
    units: int = 1
    outputs: Callable[[], list[float]] | None = None
    measure: Callable[[], float] | None = None
    warm_ups: int = WARM_UP_RUNS


Factory = Callable[[], Workload]


def warm_up(workload: Workload) -> Workload:
    """Run it a few times, untimed."""
    for _ in range(workload.warm_ups):
        workload.run()
    return workload


def sample(workload: Workload, repeats: int) -> float:
    """Return the microseconds of one unit, over this many runs."""
    if workload.measure is not None:
        return median(workload.measure() for _ in range(repeats))
    run = workload.run
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) * 1e6 / (repeats * workload.units)
