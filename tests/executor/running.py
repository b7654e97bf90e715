"""Operators under the tests' control: one that raises, one that waits at a gate."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dataflow_ops.kernels import backends, table

TIMEOUT = 20.0


def replace_kernel(
    patch: pytest.MonkeyPatch, operator: str, run: Callable[[table.Invocation], Any]
) -> None:
    """Let `run` compute an operator, on every back end, until the test ends."""
    for backend in backends.PREFERENCE:
        if table.lookup(backend, operator) is not None:
            made = table.Kernel(lambda invocation: lambda: run(invocation))
            patch.setitem(table._TABLES[backend], operator, made)


def in_threads(count: int, work: Callable[[], Any]) -> list[Any]:
    """Call `work` in several threads at once; return what they return.

    Daemon threads, so that a deadlock fails the test instead of hanging it.
    """
    barrier = threading.Barrier(count)
    results: list[Any] = []
    errors: list[BaseException] = []

    def body() -> None:
        try:
            barrier.wait(TIMEOUT)
            results.append(work())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=body, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
        assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]
    return results


class Faulty:
    """A kernel that copies its input, or raises while `broken` is set."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error or ZeroDivisionError("broken on purpose")
        self.broken = True
        self.runs = 0

    def __call__(self, invocation: table.Invocation) -> None:
        self.runs += 1
        if self.broken:
            raise self.error
        invocation.outputs[0][...] = invocation.inputs[0]


class Gate:
    """A kernel that copies its input once the gate is open."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, invocation: table.Invocation) -> None:
        self.entered.set()
        assert self.opened.wait(TIMEOUT), "nobody opened the gate"
        invocation.outputs[0][...] = invocation.inputs[0]
