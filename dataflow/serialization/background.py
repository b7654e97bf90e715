"""Files that are written while the program goes on.

Inside of `in_background` whatever saves a file hands it over to the engine's io lane,
where one of trio's threads writes it. Files are written in the order of the calls, one
after another. Whoever reads or writes such a file waits for it, and so does the end of
the process.

A thread has one set of files under way at most: the next `in_background` waits for it.
So a disk that is slower than the training holds the training up, and does not fill the
memory; and a failure is raised there, if nobody waited before.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import ClassVar, NamedTuple, Self

from dataflow import engine
from dataflow.scope import Entered, Scope
from dataflow_engine import Var


class in_background(Scope):
    """Let what is saved inside the block be written while the program goes on.

    Entering waits for what the thread handed over before, and raises what failed.
    """

    __slots__ = ()
    _entered: ClassVar[Entered] = Entered()

    def __enter__(self) -> Self:
        settle()
        return super().__enter__()


def active() -> bool:
    """Tell whether the calling thread is inside of `in_background`."""
    return bool(in_background._entered.scopes)


class _Coming(NamedTuple):
    """A file under way (or a call that comes after files), and who asked for it."""

    path: str | None
    var: Var
    thread: int


# Appended to and removed from by any thread, in single steps that need no lock.
_coming: list[_Coming] = []
_order: Var | None = None
_order_lock = threading.Lock()


def hand_over(path: str, write: Callable[[], None], reads: Sequence[Var]) -> None:
    """Let a file be written.

    Parameters
    ----------
    path : str
        Which: an absolute path, or a URL.
    write : callable
        Writes it, in a thread of trio's.
    reads : sequence of Var
        What has to have its value before.
    """
    _push(path, write, reads, f"write {path}")


def afterwards(function: Callable[[], object]) -> None:
    """Call a function once all files handed over are there; at once if none can be."""
    if active():
        _push(None, function, [_order_of_files()], "after files")
    else:
        function()


def settle(path: str | None = None) -> None:
    """Wait for a file, or for all that this thread handed over.

    Raises
    ------
    FileError
        One could not be written; the first of them is told, all have ended. Other
        errors are those of what was to be saved.
    """
    if not _coming:
        return
    me, failure = threading.get_ident(), None
    for each in list(_coming):
        if each.thread == me if path is None else each.path == path:
            try:
                each.var.engine.wait_for(each.var)
            except Exception as error:
                failure = failure or error
            with suppress(ValueError):  # another thread waited for it, too
                _coming.remove(each)
    if failure is not None:
        raise failure


def _push(
    path: str | None,
    call: Callable[[], object],
    reads: Sequence[Var],
    name: str,
) -> None:
    async def task() -> None:
        await engine.in_thread(call)

    var = engine.get().new_variable(name)
    engine.push_async(task, [_order_of_files(), var], reads=reads, name=name)
    _coming.append(_Coming(path, var, threading.get_ident()))


def _order_of_files() -> Var:
    global _order  # noqa: PLW0603 - one for each engine of the process
    with _order_lock:
        if _order is None or _order.engine is not engine.get():
            _order = engine.get().new_variable("order of files")
        return _order


@atexit.register
def _settle_all() -> None:
    """Wait at exit, and tell of failures: there is nobody left to raise them to."""
    for each in list(_coming):
        try:
            each.var.engine.wait_for(each.var)
        except Exception:
            logging.exception("at exit: %s failed", each.var.name)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_coming.clear)  # the parent writes them
