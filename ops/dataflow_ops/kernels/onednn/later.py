"""Binding only once it is needed: what seldom runs, and would take memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from dataflow_ops.kernels.table import Thunk


class Later:
    """Binds something when it is run for the first time."""

    def __init__(self, bind: Callable[[], Thunk | None]) -> None:
        self._bind = bind

    @cached_property
    def run(self) -> Thunk:
        """What was bound."""
        return self._bind() or nothing


def nothing() -> None:
    """Do nothing."""
