"""How many threads BLAS and every other kernel may use.

There is one number, and BLAS keeps it for all threads of the process: whoever holds
BLAS to one thread, as users do through threadpoolctl, holds every back end to one.
Kernels are asked for it when they are bound, and keep what they were bound with:

- NumPy and SciPy call BLAS, which looks at each call.
- oneDNN is told per thread of the program, at each run of a primitive, with
  `omp_set_num_threads` (`dataflow_ops.kernels.onednn.threads`).
- Kernels that split their work themselves (`dataflow_ops.kernels.cores`) ask `cores`.

BLAS is held to one thread for two reasons. Where several contexts compute side by side,
no kernel may use more than one (`share_cores`). And where kernels of other libraries
use all cores, BLAS must not (`set_blas_aside`): OpenBLAS's threads keep a core busy for
some 25 ms after each product, waiting for the next, and whoever computes meanwhile gets
half of it; a step of a small network took up to 1.7 times as long.
"""

from __future__ import annotations

import os
import threading
import weakref
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

_BLAS = "blas"


class _Holding:
    """Who holds BLAS to one thread, and what it used before."""

    def __init__(self) -> None:
        self.sharing = 0  # owners that hold all kernels to one thread
        self._owners = 0
        self._limiters: list[Any] = []
        self._lock = threading.RLock()  # finalizers may run while it is held

    def add(self, owner: object, sharing: bool) -> None:
        with self._lock:
            # Anew for each: a library may have been loaded since.
            libraries = ThreadpoolController()
            self._limiters.append(libraries.limit(limits=1, user_api=_BLAS))
            self._owners += 1
            self.sharing += sharing
        weakref.finalize(owner, self._remove, sharing).atexit = False

    def _remove(self, sharing: bool) -> None:
        with self._lock:
            self.sharing -= sharing
            self._owners -= 1
            if self._owners == 0:
                # The last one first: it found what those before it had set.
                while self._limiters:
                    self._limiters.pop().restore_original_limits()

    def before(self) -> int | None:
        """Return what BLAS used before it was held, or None while it is not."""
        with self._lock:
            if not self._limiters:
                return None
            count: int | None = self._limiters[0].get_original_num_threads()[_BLAS]
            return count


_holding = _Holding()


def share_cores(owner: object) -> None:
    """Hold every kernel that is bound from now on to one thread while `owner` lives."""
    _holding.add(owner, sharing=True)


def set_blas_aside(owner: object) -> None:
    """Hold BLAS to one thread while `owner` lives; other kernels may use all cores."""
    _holding.add(owner, sharing=False)


def cores() -> int:
    """Count the cores that a kernel bound now may use."""
    if _holding.sharing:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, min([count, *_blas_threads()]))


def _blas_threads() -> list[int]:
    before = _holding.before()
    if before is not None:
        return [before]
    return [int(pool.get_num_threads()) for pool in _pools().lib_controllers]


@cache
def _pools() -> ThreadpoolController:
    """Return BLAS as loaded when first asked for: looking takes a millisecond."""
    return ThreadpoolController().select(user_api=_BLAS)
