"""Calling one asynchronous function from plain code, in a trio run of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import trio

from .errors import OperationTimeout
from .operations import Operation


async def call_within(operation: Operation, timeout: float) -> None:
    """Call an operation's function, but cancel it at its deadline."""
    with trio.move_on_after(timeout) as scope:
        await operation.function()
    if scope.cancelled_caught:
        message = f"{operation.name} had not ended after {timeout} s"
        raise OperationTimeout(message)


def run_alone(operation: Operation, enter: Callable[[int], Any]) -> None:
    """Call an operation's asynchronous function to its end.

    Where a trio run is in progress already another thread has to do it.

    Parameters
    ----------
    operation : Operation
        What to call; its deadline holds.
    enter : callable
        Called with that thread's ident for a context in which it acts for this one.
    """
    if not trio.lowlevel.in_trio_run():
        trio.run(_call, operation)
        return
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with enter(threading.get_ident()):
                trio.run(_call, operation)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="dataflow-io")
    thread.start()
    thread.join()
    if errors:
        raise errors.pop()


async def _call(operation: Operation) -> None:
    if operation.timeout is None:
        await operation.function()
    else:
        await call_within(operation, operation.timeout)
