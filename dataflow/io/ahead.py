"""Results that are worked out ahead of their use.

The one place that knows where this happens: on a thread of its own.
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Calls a function ahead, one call after another, and hands out its results.

    Reading begins at once, and ends with the first call that raises. Whoever takes its
    result gets the exception with the traceback that it has, and after it nothing but
    StopIteration.

    Parameters
    ----------
    function : callable
        Called on a thread. It must not refer to whatever holds this object, or that
        could never be deleted.
    depth : int
        How many results may wait to be taken.
    """

    def __init__(self, function: Callable[[], T], depth: int = 1) -> None:
        self._reader = _Reader(function)
        self._depth = depth
        self._coming: deque[Future[T]] = deque()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="dataflow-ahead")
        weakref.finalize(self, _stop, self._pool, self._reader)
        self.start()

    def start(self) -> None:
        """Begin to read, after `pause` or at the first."""
        self._reader.ended = False
        while len(self._coming) < self._depth:
            self._coming.append(self._pool.submit(self._reader))

    def pause(self) -> None:
        """Wait for the running call, and drop what was read and not taken."""
        for future in self._coming:
            future.cancel()
        for future in self._coming:
            if not future.cancelled():
                future.exception()
        self._coming.clear()

    def take(self) -> T:
        """Return the next result, or raise what the call raised."""
        if not self._coming:  # it was paused, and what came then went wrong
            raise StopIteration
        future = self._coming.popleft()
        self._coming.append(self._pool.submit(self._reader))
        try:
            return future.result()
        finally:
            del future  # its exception would keep this frame, and so everything, alive


class _Reader(Generic[T]):
    """The calls of the function, until the first that raises."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.function = function
        self.ended = False
        self.thread = 0

    def __call__(self) -> T:
        self.thread = threading.get_ident()
        if self.ended:
            raise StopIteration
        self.ended = True
        result = self.function()
        self.ended = False
        return result


def _stop(pool: ThreadPoolExecutor, reader: _Reader[T]) -> None:
    # The collector may run this on the very thread that would be waited for.
    own = reader.thread == threading.get_ident()
    pool.shutdown(wait=not own, cancel_futures=True)
