"""What happens to engines when the process ends or forks."""

from __future__ import annotations

import atexit
import gc
import logging
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from .errors import EngineError, WaitTimeout
from .failures import Failure, FailureLedger
from .operations import Operation
from .records import Pending

if TYPE_CHECKING:
    from .contract import Engine

EXIT_SECONDS = 30.0
FORKED = "the process forked before this operation had ended"
_log = logging.getLogger("dataflow_engine")


class Living(Protocol):
    """An engine with threads of its own."""

    def close(self, drain: bool = True, timeout: float | None = None) -> None:
        """Stop it."""

    def after_fork(self) -> None:
        """Make it usable in a child, where its threads are gone."""

    def dump(self) -> str:
        """Describe what it is doing."""


_engines: WeakSet[Living] = WeakSet()


def watch(engine: Living) -> None:
    """Close an engine when the process ends, and tell it when the process forks."""
    _engines.add(engine)


def _close_all() -> None:
    for engine in list(_engines):
        try:
            engine.close(timeout=EXIT_SECONDS)
        except WaitTimeout:
            _log.error("at exit: %s", engine.dump())


def _after_fork() -> None:
    for engine in list(_engines):
        engine.after_fork()


def give_up_pending(engine: Engine) -> Iterator[Operation]:
    """End what was registered at a fork, unrun. No list of it is kept: ask the gc."""
    for pending in [p for p in gc.get_objects() if isinstance(p, Pending)]:
        lost = getattr(pending, "operation", None)  # unset in one half made
        if isinstance(lost, Operation) and lost.engine is engine:
            pending.done, pending.operation = True, None
            yield lost


def poison_lost(
    engine: Engine, ledger: FailureLedger, unregistered: Iterable[Operation]
) -> None:
    """Poison in a forked child what was pending, and what was not even registered."""
    failure = Failure(EngineError(FORKED), "fork")
    for operation in (*unregistered, *give_up_pending(engine)):
        ledger.poison(operation.writes, failure)


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
