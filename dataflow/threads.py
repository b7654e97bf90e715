"""How many threads array libraries use inside of one kernel.

A kernel that runs alone may use all cores. Once several contexts compute side by side,
each kernel is held to one thread: BLAS libraries that start a thread per core in every
one of them slow each other down several times.

There is one number for that, and BLAS keeps it, for all threads of the process. Every
back end asks BLAS for it when it binds a kernel, so that who holds BLAS to one thread
(this module, or a user through threadpoolctl) holds all of them:

- NumPy and SciPy call BLAS, which looks at each call.
- oneDNN is told per thread of the program, at each run of a primitive, with
  `omp_set_num_threads` (`dataflow_ops.kernels.onednn.threads`).
- Kernels that split their work themselves ask `dataflow_ops.kernels.cores`.

What was bound before keeps the number that it was bound with, unless it calls BLAS.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = threading.RLock()  # finalizers may run while it is held
_sharing = 0
_limiters: list[Any] = []


def share_cores(owner: object) -> None:
    """Hold array libraries to one thread for each kernel while `owner` lives."""
    global _sharing  # noqa: PLW0603 - the libraries' setting is the process's
    with _lock:
        # Anew for each: a library may have been loaded since.
        _limiters.append(ThreadpoolController().limit(limits=1))
        _sharing += 1
    weakref.finalize(owner, _release).atexit = False


def _release() -> None:
    global _sharing  # noqa: PLW0603
    with _lock:
        _sharing -= 1
        if _sharing == 0:
            # The last one first: it found what those before it had set.
            while _limiters:
                _limiters.pop().restore_original_limits()
