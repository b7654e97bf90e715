"""MXNet's side: how soon an operation starts and its waiter wakes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.engine.library import (
    SyncFunction,
    check,
    compiled_driver,
    context,
    handles,
    library,
    new_array,
    push_function,
)
from bench.engine.spans import Timed, starting, waking
from bench.workload import Factory, Workload

ONE_BY_ONE = 1_000


def pusher(function: Any) -> Callable[[], int]:
    """Return what pushes a C function that writes a new array, and returns that."""
    array, push = new_array(), push_function()
    at = ctypes.cast(ctypes.pointer(context), ctypes.c_void_p)
    code, writes = ctypes.cast(function, ctypes.c_void_p), handles([array])

    def run() -> int:
        _ = function  # what is pushed must live until it has run
        check(push(code, None, None, at, None, 0, writes, 1, None, 0, None))
        return array

    return run


def callback(task: Timed) -> Callable[[], int]:
    """Return what pushes a task in Python."""
    return pusher(SyncFunction(task))


def wait_for(array: int) -> None:
    """Wait until what was pushed on an array has ended."""
    check(library.MXNDArrayWaitToRead(ctypes.c_void_p(array)))


def one_by_one() -> Workload:
    """Push a no-op in C and wait for it, again and again."""
    push = pusher(compiled_driver().noop)

    def run() -> None:
        for _ in range(ONE_BY_ONE):
            wait_for(push())

    return Workload(run, ONE_BY_ONE)


WORKLOADS: dict[str, Factory] = {
    "start": partial(starting, callback),
    "wake": partial(waking, callback, wait_for),
    "one-by-one": one_by_one,
}
