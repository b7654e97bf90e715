"""Scopes: ``with`` blocks that are in force on the thread that entered them."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, ClassVar, Self


class Entered(threading.local):
    """The scopes of one kind that this thread is inside of, outermost first."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []


class Scope:
    """Base of what is entered by ``with``; each kind has an `_entered` of its own."""

    __slots__ = ()
    _entered: ClassVar[Entered]

    def __enter__(self) -> Self:
        self._entered.scopes.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered.scopes.pop()
