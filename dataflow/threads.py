"""How many threads array libraries use inside of one kernel.

A kernel that runs alone may use all cores. Once several contexts compute side by side,
each kernel is held to one thread: BLAS libraries that start a thread per core in every
one of them slow each other down several times.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = threading.RLock()  # finalizers may run while it is held
_sharing = 0
_limiter: Any = None


def share_cores(owner: object) -> None:
    """Hold array libraries to one thread for each kernel while `owner` lives."""
    global _sharing, _limiter  # noqa: PLW0603 - the libraries' setting is the process's
    with _lock:
        if _sharing == 0:
            _limiter = ThreadpoolController().limit(limits=1)
        _sharing += 1
    weakref.finalize(owner, _release).atexit = False


def _release() -> None:
    global _sharing  # noqa: PLW0603
    with _lock:
        _sharing -= 1
        if _sharing == 0:
            _limiter.restore_original_limits()
