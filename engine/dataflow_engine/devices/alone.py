"""Running one operation of a device lane to its end, in the thread that asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from dataflow_engine.errors import DeviceFault
from dataflow_engine.operations import Operation

from .streams import Accesses, Devices


def run_on_device(
    devices: Devices,
    operation: Operation,
    enter: Callable[[int], Any] = lambda _: nullcontext(),
) -> None:
    """Run an operation's function on its stream, and synchronize.

    Parameters
    ----------
    devices : Devices
        Of the engine.
    operation : Operation
        What to run.
    enter : callable
        Called with the ident of the thread that calls the function, for a context in
        which that acts for this one.
    """
    errors: list[BaseException] = []

    def call() -> None:
        try:
            with enter(threading.get_ident()):
                operation.function()
        except DeviceFault:
            raise
        except BaseException as error:
            errors.append(error)

    stream = devices.stream_of(operation.lane)
    with stream.bound():
        stream.run(call, accesses_of(operation))
        stream.synchronize()
    if errors:
        raise errors.pop()


def accesses_of(operation: Operation) -> Accesses:
    """Return what a run of an operation touches."""
    keeps = getattr(operation, "keep", ())
    return Accesses(operation.name, operation.reads, operation.writes, keeps)
