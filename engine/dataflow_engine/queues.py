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
from collections.abc import Callable

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
        queue, ranked = self.queue, self.ranked
        if ranked and (not queue or ranked[0][0] < 0):
            found = self._take_ranked()
            if found is not None:
                return found
        pending = None
        try:
            pending = queue[0]  # for an interrupt, which hides the next
            pending = queue.popleft()
            return pending
        except IndexError:
            return None
        except BaseException:
            if pending is not None:
                queue.appendleft(pending)
            raise

    def _take_ranked(self) -> Pending | None:
        entry = None
        try:
            with self._lock:
                if self.ranked:
                    entry = self.ranked[0]
                    heapq.heappop(self.ranked)
            return None if entry is None else entry[2]
        except BaseException:
            if entry is not None:
                with self._lock:
                    heapq.heappush(self.ranked, entry)
            raise

    def take_first(self, wanted: Callable[[Pending], bool]) -> Pending | None:
        """Take the first record that is wanted, wherever it is."""
        for pending in self.ready():
            if wanted(pending) and self._take_out(pending):
                return pending
        return None

    def _take_out(self, pending: Pending) -> bool:
        """Take a certain record; False: somebody else did."""
        try:
            try:
                self.queue.remove(pending)
            except ValueError:
                return self._take_out_ranked(pending)
            return True
        except BaseException:
            # It may be gone already. If somebody else has it, it is run once even so.
            if pending.operation is not None:
                self._append(pending)
            raise

    def _take_out_ranked(self, pending: Pending) -> bool:
        with self._lock:
            for index, entry in enumerate(self.ranked):
                if entry[2] is pending:
                    del self.ranked[index]
                    heapq.heapify(self.ranked)
                    return True
        return False

    def peek(self) -> Pending | None:
        """Return what ``take`` would take now."""
        with contextlib.suppress(IndexError):
            ranked = self.ranked
            if ranked and (not self.queue or ranked[0][0] < 0):
                return ranked[0][2]
            return self.queue[0]
        return None

    def ready(self) -> list[Pending]:
        """Return what is queued: first what has a priority, then in order."""
        ranked = sorted(self.ranked.copy())
        return [*(entry[2] for entry in ranked), *self.queue.copy()]

    def records(self) -> list[Pending]:
        """Return the records that the lane has, queued or running in no thread."""
        return self.ready()

    def busy(self) -> int:
        """Return how many records are queued."""
        return len(self.queue) + len(self.ranked)
