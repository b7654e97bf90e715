"""What is ready to run on a lane, in the order in which it is to be started.

State:

``queue``    ready records, first in first out
``ranked``   a heap of ready records that have a priority
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
from collections import deque

from .records import Pending


class Queue:
    """Ready records; any thread may add and take."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self.reset()

    def reset(self) -> None:
        """Empty it: at first, and in a forked child."""
        self.queue: deque[Pending] = deque()
        self.ranked: list[tuple[int, int, Pending]] = []
        self._lock = threading.Lock()

    def _append(self, pending: Pending) -> None:
        operation = pending.operation
        if operation is not None and operation.priority:
            self._rank(pending)
        else:
            self.queue.append(pending)

    def _rank(self, pending: Pending) -> None:
        assert pending.operation is not None
        entry = (-pending.operation.priority, next(self._numbers), pending)
        with self._lock:
            heapq.heappush(self.ranked, entry)

    def take(self) -> Pending | None:
        """Take the next record: high priority, none, then low priority."""
        ranked = self.ranked
        if ranked and (not self.queue or ranked[0][0] < 0):
            with self._lock:
                if ranked:
                    return heapq.heappop(ranked)[2]
        try:
            return self.queue.popleft()
        except IndexError:
            return None

    def peek(self) -> Pending | None:
        """Return what ``take`` would take now."""
        with contextlib.suppress(IndexError):
            ranked = self.ranked
            if ranked and (not self.queue or ranked[0][0] < 0):
                return ranked[0][2]
            return self.queue[0]
        return None

    def busy(self) -> int:
        """Return how many records are queued."""
        return len(self.queue) + len(self.ranked)
