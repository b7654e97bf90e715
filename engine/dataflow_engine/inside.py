"""What the caller is inside of: known in threads, tasks, and threads begun by tasks.

For plain code it belongs to the thread, whatever context of `contextvars` that code
makes for itself. For tasks it belongs to their context, which the tasks and threads
that they begin inherit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

T = TypeVar("T")


class Inside(Generic[T]):
    """One such piece of knowledge.

    Parameters
    ----------
    name : str
        Of the context variable.
    outside : T
        What is known of a caller that is inside of nothing.
    """

    def __init__(self, name: str, outside: T) -> None:
        self._thread = threading.local()
        self._task: ContextVar[T] = ContextVar(name, default=outside)

    def get(self) -> T:
        """Return what the caller is inside of."""
        found: T | None = getattr(self._thread, "value", None)
        return self._task.get() if found is None else found

    @contextmanager
    def of_thread(self, value: T) -> Iterator[None]:
        """Let the plain code in the block be inside of something."""
        before = getattr(self._thread, "value", None)
        self._thread.value = value
        try:
            yield
        finally:
            self._thread.value = before

    @contextmanager
    def of_task(self, value: T) -> Iterator[None]:
        """Let the tasks in the block be so, and what they begin.

        If plain code of this thread waits for them, they are not inside of that.
        """
        before = getattr(self._thread, "value", None)
        self._thread.value = None
        token = self._task.set(value)
        try:
            yield
        finally:
            self._task.reset(token)
            self._thread.value = before
