"""Waits that block a plain thread, and that a task of a trio run awaits.

A call that blocks would hold up all tasks of the run, so that inside of one it returns
a coroutine instead: a caller who forgets to await it is warned by Python.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from dataflow import engine
from dataflow.errors import WaitTimeoutError
from dataflow_engine import Var


def wait_for(var: Var, timeout: float | None = None) -> Any:
    """Wait until a variable has its value; raise what failed, or WaitTimeoutError.

    Returns
    -------
    None or coroutine
        In a task of a trio run a coroutine, which waits when it is awaited.
    """
    if in_trio_task():
        return _bounded(partial(engine.wait_for_async, var), timeout, repr(var))
    engine.wait_for(var, timeout)
    return None


def wait_all(timeout: float | None = None) -> Any:
    """Wait, like `wait_for`, for everything pushed so far."""
    if in_trio_task():
        return _bounded(engine.wait_all_async, timeout, "all that was pushed")
    engine.wait_all(timeout)
    return None


async def wait_for_each(variables: Iterable[Var]) -> None:
    """Wait for several variables, in the trio run of the caller."""
    for var in variables:
        await engine.wait_for_async(var)


def in_trio_task() -> bool:
    """Tell whether the caller is a task of a trio run, so that it must not block."""
    trio = sys.modules.get("trio")  # not imported: then nobody runs it
    return trio is not None and trio.lowlevel.in_trio_task()


async def _bounded(
    wait: Callable[[], Awaitable[None]], timeout: float | None, what: str
) -> None:
    if timeout is None:
        await wait()
        return
    import trio  # noqa: PLC0415 - dear to import, and here already

    with trio.move_on_after(timeout) as scope:
        await wait()
    if scope.cancelled_caught:
        raise WaitTimeoutError(f"{what} was not there after {timeout} s")
