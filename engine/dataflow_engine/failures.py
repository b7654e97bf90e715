"""Which Vars are poisoned by what, and which failures nobody has seen yet.

One box (`Failure`) is made per operation that failed and shared by every Var
that it poisons, at first or second hand. Nothing here runs while nothing has
failed: the engine looks at one flag.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import NoReturn
from weakref import WeakSet

from .variables import Var

_log = logging.getLogger("dataflow_engine")


class Failure:
    """One operation's exception, its traceback, and whether a wait raised it."""

    __slots__ = ("exception", "operation", "seen", "traceback")

    def __init__(self, exception: BaseException, operation: str) -> None:
        traceback = exception.__traceback__
        # The first entry is the engine's own frame, which would keep its locals.
        self.traceback: TracebackType | None = traceback and traceback.tb_next
        self.exception = exception.with_traceback(self.traceback)
        self.operation = operation
        self.seen = False

    def throw(self) -> NoReturn:
        """Raise the original exception with its original traceback."""
        self.seen = True
        # Without the reset every further wait would lengthen the traceback.
        raise self.exception.with_traceback(self.traceback)


class FailureLedger:
    """The poisoned Vars and the unseen failures of one engine.

    Weak references: a Var that nobody holds any more cannot be waited for, and
    must not keep the engine on its careful path.

    Attributes
    ----------
    alert : bool
        Whether operations have to be run carefully: something is poisoned, or
        the engine has other reasons (``watched``).
    """

    def __init__(self) -> None:
        self.alert = False
        self.watched = False
        self._lock = threading.Lock()
        self._poisoned: WeakSet[Var] = WeakSet()
        self._unseen: list[Failure] = []
        self._prune_at = 64

    def report(self, failure: Failure) -> None:
        """Remember a failure until somebody has seen it."""
        with self._lock:
            self._unseen.append(failure)
            if len(self._unseen) >= self._prune_at:
                self._unseen = [box for box in self._unseen if not box.seen]
                self._prune_at = max(64, 2 * len(self._unseen))

    def poison(self, variables: Iterable[Var], failure: Failure) -> None:
        """Box the failure on the Vars."""
        with self._lock:
            for var in variables:
                var._failure = failure
                self._poisoned.add(var)
                self.alert = True

    def heal(self, variables: Iterable[Var]) -> None:
        """Take the Vars out: a good write has replaced what was broken."""
        with self._lock:
            for var in variables:
                if var._failure is not None:
                    var._failure = None
                    self._poisoned.discard(var)
            self.alert = self.watched or len(self._poisoned) > 0

    def watch(self, watched: bool) -> None:
        """Keep the engine careful for a reason of its own, or no longer."""
        with self._lock:
            self.watched = watched
            self.alert = watched or len(self._poisoned) > 0

    def poisoned(self) -> list[Var]:
        """Return the Vars poisoned now."""
        with self._lock:
            return list(self._poisoned)

    def poisoned_unlocked(self) -> list[Var]:
        """Return them in a forked child, where the lock may be held for ever."""
        return list(self._poisoned)

    def take_over(self, poisoned: Iterable[Var]) -> None:
        """Know in a forked child what was poisoned before."""
        for var in poisoned:
            if var._failure is not None:
                self.poison([var], var._failure)

    def take_unseen(self) -> Failure | None:
        """Return the oldest failure that no wait has raised, and forget it."""
        with self._lock:
            while self._unseen:
                failure = self._unseen.pop(0)
                if not failure.seen:
                    return failure
        return None

    def log_unseen(self) -> None:
        """Log what no wait has raised, since none will any more."""
        while failure := self.take_unseen():
            _log.error(
                "operation %s failed and nobody waited for it",
                failure.operation,
                exc_info=failure.exception,
            )
