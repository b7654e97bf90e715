"""A re-entrant lock whose holder may let another thread act in its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class LentLock:
    """Held by one thread at a time, and by those that it lends the lock to."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._borrowers: set[int] = set()

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for the lock; False: not within so many seconds."""
        borrowed = threading.get_ident() in self._borrowers
        return borrowed or self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        """Give back what was acquired."""
        if threading.get_ident() not in self._borrowers:
            self._lock.release()

    @contextmanager
    def lent_to(self, thread: int) -> Iterator[None]:
        """Lend the lock; its holder waits meanwhile."""
        self._borrowers.add(thread)
        try:
            yield
        finally:
            self._borrowers.remove(thread)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
