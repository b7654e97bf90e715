"""The record of one push, which the scheduling rule links to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .operations import Operation


class Pending:
    """One push of an operation.

    ``operation`` is dropped when it is done, so that a Var never keeps arrays
    alive through its last writer. The scheduling rule fills in the rest; there
    is no ``__init__`` because that would cost a fifth of a push.
    """

    __slots__ = ("done", "operation", "successors", "tickets")

    operation: Operation | None
    done: bool
    successors: list[Pending]
    tickets: list[bool] | None

    def followers(self) -> list[Pending]:
        """Return those that wait for it."""
        return self.successors.copy()

    def __repr__(self) -> str:
        operation = self.operation
        return f"<Pending {operation.name if operation else 'done'}>"


# What a new Var was written by: nothing that anybody need wait for.
NOBODY = Pending()
NOBODY.operation, NOBODY.done = None, True
