"""A bounded buffer that any thread adds to and none waits for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Ring(Generic[T]):
    """Keeps what was added last; the oldest gives way.

    Parameters
    ----------
    capacity : int
        How many entries are kept. A sixteenth more may be, since they are dropped in
        batches.
    on_drop : callable, optional
        Given the entries that are dropped, oldest first.

    Attributes
    ----------
    dropped : int
        How many were dropped so far.
    """

    def __init__(
        self, capacity: int, on_drop: Callable[[Sequence[T]], None] | None = None
    ) -> None:
        self.dropped = 0
        self._on_drop = on_drop
        self._lock = threading.Lock()
        self._entries: deque[Any] = deque()
        self.resize(capacity)

    def resize(self, capacity: int) -> None:
        """Keep more or fewer entries from now on."""
        if capacity < 1:
            raise ValueError(f"the capacity is at least 1, not {capacity}")
        self.capacity = capacity
        self._limit = capacity + capacity // 16

    def add(self, entry: Any) -> None:
        """Add an entry, which `_read` has to understand."""
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self._trim()

    def _trim(self) -> None:
        """Drop the oldest; who finds another thread at it need not wait."""
        if not self._lock.acquire(False):
            return
        try:
            excess = max(len(self._entries) - self.capacity, 0)
            batch = [self._entries.popleft() for _ in range(excess)]
            self.dropped += excess
            if self._on_drop is not None:
                self._on_drop(self._read(batch))
        finally:
            self._lock.release()

    def _read(self, raw: Iterable[Any]) -> list[T]:
        """Return entries as they are shown, which may be unlike what was added."""
        return list(raw)

    def entries(self) -> list[T]:
        """Return what is kept, in the order in which it was added."""
        return self._read(self._entries.copy())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.dropped = 0
