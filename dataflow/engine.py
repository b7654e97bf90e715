"""The process's one dependency engine.

Chosen when first used by ``DATAFLOW_ENGINE`` (``threaded``, the default, or ``naive``)
and ``DATAFLOW_CPU_WORKERS``; MXNet's ``MXNET_ENGINE_TYPE=NaiveEngine`` and
``MXNET_CPU_WORKER_NTHREADS`` are honoured too.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dataflow.errors import ArgumentError, WaitTimeoutError
from dataflow_engine import Engine, NaiveEngine, ThreadedEngine, Var, WaitTimeout

_lock = threading.Lock()
_engine: Engine | None = None


def get() -> Engine:
    """Return the process's engine, starting it at the first call."""
    return _engine if _engine is not None else _start()


def _start() -> Engine:
    global _engine  # noqa: PLW0603 - the one engine of the process
    with _lock:
        if _engine is None:
            _engine = create(_kind(), _workers())
        return _engine


def create(kind: str = "threaded", cpu_workers: int | None = None) -> Engine:
    """Make an engine of this kind: ``"threaded"`` or ``"naive"``.

    Raises
    ------
    ArgumentError
        The kind is another one.
    """
    if kind == "naive":
        return NaiveEngine()
    if kind == "threaded":
        return ThreadedEngine(cpu_workers=cpu_workers)
    raise ArgumentError(f"unknown engine {kind!r}; use 'threaded' or 'naive'")


@contextmanager
def use(engine: Engine) -> Iterator[Engine]:
    """Make `engine` the process's engine inside the block.

    Both engines are drained at the borders, so that no array is shared by pending work
    of the two.
    """
    global _engine  # noqa: PLW0603
    previous = get()
    previous.wait_all()
    _engine = engine
    try:
        yield engine
        engine.wait_all()
    finally:
        _engine = previous


def wait_for(var: Var, timeout: float | None = None) -> None:
    """Wait until `var` has its value; raise what failed, or WaitTimeoutError."""
    try:
        get().wait_for(var, timeout)
    except WaitTimeout as error:
        raise WaitTimeoutError(str(error)) from error


def wait_all(timeout: float | None = None) -> None:
    """Wait for everything pushed so far; raise what failed, or WaitTimeoutError."""
    try:
        get().wait_all(timeout)
    except WaitTimeout as error:
        raise WaitTimeoutError(str(error)) from error


def _kind() -> str:
    if os.environ.get("MXNET_ENGINE_TYPE") == "NaiveEngine":
        return os.environ.get("DATAFLOW_ENGINE", "naive")
    return os.environ.get("DATAFLOW_ENGINE", "threaded")


def _workers() -> int | None:
    for variable in ("DATAFLOW_CPU_WORKERS", "MXNET_CPU_WORKER_NTHREADS"):
        value = os.environ.get(variable)
        if value is None:
            continue
        if not value.isdigit() or int(value) < 1:
            raise ArgumentError(f"{variable} must be a count above 0, not {value!r}")
        return int(value)
    return None
