"""Threads that work at the same time leave each other's cores.

Linux often starts a thread on the core of the one that wakes it, and may then let the
two share that core for tens of milliseconds while another one is idle: two threads that
computed were seen to wait for each other half of that time. So who finds itself there,
and has work for a while, moves away. The cores that it may use stay the same; that it
runs on another one by then is enough for it to stay there. A move takes some 20 us,
so that nobody moves for a single operation.

Where the system has no such calls nothing happens.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable

NOT_TOLD = -1
_wakers: dict[int, int] = {}  # by ident of who is woken: the core of who wakes it


def waking(thread: threading.Thread) -> None:
    """Note on which core a thread is woken; it calls `woken`."""
    ident = thread.ident
    if ident is not None and ident != threading.get_ident():
        _wakers[ident] = current_core()


def woken(busy: bool) -> None:
    """Let the calling thread leave the core of who woke it, if both are busy now."""
    core = _wakers.pop(threading.get_ident(), NOT_TOLD)
    if busy:
        leave(core)


def leave(core: int) -> None:
    """Let the calling thread go on on another core, if it is on this one."""
    if core == NOT_TOLD or core != current_core():
        return
    with contextlib.suppress(OSError):  # the user may have taken cores away meanwhile
        cores = os.sched_getaffinity(0)
        others = cores - {core}
        if others:
            try:
                os.sched_setaffinity(0, others)
            finally:
                os.sched_setaffinity(0, cores)


def _not_told() -> int:
    return NOT_TOLD


def _teller() -> Callable[[], int]:
    """Return what tells the core that the calling thread runs on."""
    if not hasattr(os, "sched_setaffinity"):
        return _not_told
    try:
        teller: Callable[[], int] = ctypes.CDLL(None).sched_getcpu
    except (OSError, AttributeError):
        return _not_told
    return teller


current_core = _teller()
