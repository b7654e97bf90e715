"""Threads that work at the same time leave each other's cores.

Linux often starts a thread on the core of the one that wakes it, and may then let the
two share that core for tens of milliseconds while another one is idle: two threads that
computed were seen to wait for each other half of that time. So who finds itself there,
and has work for a while, moves away. The cores that it may use stay the same; that it
runs on another one by then is enough for it to stay there. A move takes some 20 us,
so that nobody moves for a single operation.

Who is woken there may not even begin before the slice of who woke it ends, which takes
milliseconds, and so cannot move. Who waits and has work to do meanwhile then keeps it
off its own core, until it begins.

Where the system has no such calls nothing happens.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable

NOT_TOLD = -1
_NOBODY = NOT_TOLD, None  # as in `wakers`
# By ident of who is woken, until it begins: the core of who wakes it, and itself.
wakers: dict[int, tuple[int, threading.Thread]] = {}
kept_off: dict[int, set[int]] = {}  # the cores that it may use again then


def waking(thread: threading.Thread) -> None:
    """Note on which core a thread is woken; it calls `woken`."""
    ident = thread.ident
    if ident is not None and ident != threading.get_ident():
        wakers[ident] = current_core(), thread


def woken(busy: bool) -> None:
    """Let the calling thread leave the core of who woke it, if both are busy now."""
    ident = threading.get_ident()
    core, _ = wakers.pop(ident, _NOBODY)
    cores = kept_off.pop(ident, None)
    if cores is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, cores)
    elif busy:
        leave(core)


def make_room() -> None:
    """Have threads that the caller has woken, and that have not begun, begin elsewhere.

    That costs little for one that is on another core already.
    """
    core = current_core()
    for ident, (found, thread) in tuple(wakers.items()):
        if found == core and ident not in kept_off and thread.native_id is not None:
            with contextlib.suppress(OSError):  # it may have ended
                cores = os.sched_getaffinity(thread.native_id)
                if cores - {core}:
                    kept_off[ident] = cores
                    os.sched_setaffinity(thread.native_id, cores - {core})


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
