"""Automatic names of symbols, the same that MXNet makes."""

from __future__ import annotations

from typing import ClassVar

from dataflow.scope import Entered, Scope


class NameManager(Scope):
    """Name symbols after their operator and a counter: ``fullyconnected0``.

    As a ``with`` block it starts counting afresh on this thread.
    """

    _entered: ClassVar[Entered] = Entered()

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def get(self, name: str | None, hint: str) -> str:
        """Return `name` if given, else the next one for `hint`."""
        if name:
            return name
        count = self._counts.get(hint, 0)
        self._counts[hint] = count + 1
        return f"{hint}{count}"


class Prefix(NameManager):
    """Put a prefix before every name, given or automatic."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def get(self, name: str | None, hint: str) -> str:
        """Return the prefixed name."""
        return self._prefix + super().get(name, hint)


def current_names() -> NameManager:
    """Return the name manager in force on this thread."""
    scopes: list[NameManager] = NameManager._entered.scopes
    if not scopes:
        scopes.append(NameManager())  # the thread's own, outside of all blocks
    return scopes[-1]
