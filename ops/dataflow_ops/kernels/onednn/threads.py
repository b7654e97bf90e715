"""How many threads a primitive uses.

Some primitives keep the number of threads that they were made with, others ask at each
run; a number in force at both is right for all. OpenMP holds it for each thread of the
program, which gets its own number back afterwards.

BLAS and oneDNN share the cores: oneDNN uses as many as BLAS may, so that whoever holds
BLAS to one thread (while several contexts compute side by side, or a user through
threadpoolctl) thereby holds what is bound from then on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

from dataflow_ops.kernels.onednn.library import library

_LARGE = 2e6  # operations: from here on, waking another thread pays


def threads(flops: float) -> int:
    """Return how many threads work of this size gets, if it is bound now."""
    return 1 if flops < _LARGE else _allowed()


def _allowed() -> int:
    limits = [_cores()]
    limits += [pool.get_num_threads() for pool in _blas().lib_controllers]
    return max(1, min(limits))


@cache
def _cores() -> int:
    counted = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    return len(counted) or os.cpu_count() or 1


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")


@contextmanager
def using(count: int) -> Iterator[None]:
    """Hold the calling thread's primitives to so many threads."""
    before = library().omp_get_max_threads()
    library().omp_set_num_threads(count)
    try:
        yield
    finally:
        library().omp_set_num_threads(before)
