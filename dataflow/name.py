"""Automatic names of symbols, the same that MXNet makes."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import ClassVar


class _Stack(threading.local):
    def __init__(self) -> None:
        self.entered: list[NameManager] = [NameManager()]


class NameManager:
    """Name symbols after their operator and a counter: ``fullyconnected0``.

    As a ``with`` block it starts counting afresh on this thread.
    """

    _stack: ClassVar[_Stack]

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def get(self, name: str | None, hint: str) -> str:
        """Return `name` if given, else the next one for `hint`."""
        if name:
            return name
        count = self._counts.get(hint, 0)
        self._counts[hint] = count + 1
        return f"{hint}{count}"

    def __enter__(self) -> NameManager:
        self._stack.entered.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.entered.pop()


class Prefix(NameManager):
    """Put a prefix before every name, given or automatic."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def get(self, name: str | None, hint: str) -> str:
        """Return the prefixed name."""
        return self._prefix + super().get(name, hint)


NameManager._stack = _Stack()


def current_names() -> NameManager:
    """Return the name manager in force on this thread."""
    return NameManager._stack.entered[-1]
