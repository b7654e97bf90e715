"""How many threads a primitive uses.

Some primitives keep the number of threads that they were made with, others ask at each
run; a number in force at both is right for all. OpenMP holds it for each thread of the
program, which gets its own number back afterwards.

Each thread that runs primitives on several cores has a team of OpenMP's threads, which
stay awake between primitives. If all teams together have more threads than there are
cores, GNU's runtime lets them sleep at once instead, and each primitive wakes them
again: a step of a small network takes 1.4 times as long. So a team ends when its thread
comes to rest, if another thread's team has computed since.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dataflow_ops.kernels.blas import cores
from dataflow_ops.kernels.onednn.library import library
from dataflow_ops.kernels.resting import when_resting

_LARGE = 2e6  # operations: from here on, waking another thread pays


def threads(flops: float) -> int:
    """Return how many threads work of this size gets, if it is bound now."""
    return 1 if flops < _LARGE else cores()


@contextmanager
def using(count: int) -> Iterator[None]:
    """Hold the calling thread's primitives to so many threads."""
    before = library().omp_get_max_threads()
    library().omp_set_num_threads(count)
    try:
        yield
    finally:
        library().omp_set_num_threads(before)


_PAUSE = 1  # omp_pause_soft


class _Own(threading.local):
    """What a thread knows of itself."""

    has_team = False


_own = _Own()
_last = 0  # the thread whose team computed last


def use_team() -> None:
    """Note that this thread's team computes now."""
    global _last  # noqa: PLW0603 - one team per thread, one number for all
    _own.has_team = True
    _last = threading.get_ident()


@when_resting
def end_team() -> None:
    """End this thread's team if it was not the last that computed."""
    if _own.has_team and _last != threading.get_ident():
        _own.has_team = False
        pause = getattr(library(), "omp_pause_resource_all", None)  # since OpenMP 5
        if pause is not None:
            pause(_PAUSE)
