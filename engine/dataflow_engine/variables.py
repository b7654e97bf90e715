"""A Var orders the operations that touch one piece of state.

State, all of it private to the engine that made the Var:

``_writer``   the record of the last operation that writes it, done or not
``_readers``  the records that read it since; done ones are pruned now and then
``_prune_at`` the length of ``_readers`` at which to prune next
``_failure``  the box of the failure that poisons it, or None

A deleted Var has no ``_writer`` and no ``_readers``, so that registering an
operation on it fails by itself and a push need not look at a flag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .records import NOBODY, Pending

if TYPE_CHECKING:
    from .contract import Engine
    from .failures import Failure

FIRST_PRUNE = 32


class Var:
    """One variable of an engine: operations declare which they read and write.

    Parameters
    ----------
    engine : Engine
        The engine it belongs to. Make one with ``engine.new_variable()``.
    name : str, optional
        What errors and ``engine.dump()`` call it.

    Attributes
    ----------
    version : int
        How many operations that write it have ended.
    """

    __slots__ = (
        "__weakref__",
        "_failure",
        "_prune_at",
        "_readers",
        "_writer",
        "deleted",
        "engine",
        "name",
        "version",
    )

    def __init__(self, engine: Engine, name: str | None = None) -> None:
        self.engine = engine
        self.name = name
        self.version = 0
        self.deleted = False
        self._writer: Pending = NOBODY
        self._readers: list[Pending] = []
        self._prune_at = FIRST_PRUNE
        self._failure: Failure | None = None

    @property
    def exception(self) -> BaseException | None:
        """What poisons it now, or None."""
        failure = self._failure
        return None if failure is None else failure.exception

    def __repr__(self) -> str:
        state = ", deleted" if self.deleted else ""
        state += ", poisoned" if self._failure is not None else ""
        return f"<Var {self.name or hex(id(self))} version {self.version}{state}>"
