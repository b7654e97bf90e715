"""Results that are worked out ahead of their use.

The one place that knows where this happens: on the engine's io lane, each call in one
of trio's threads, so that a call that waits for a disk holds nobody up.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from dataflow import engine

T = TypeVar("T")


class Ahead(Generic[T]):
    """Calls a function ahead, one call after another, and hands out its results.

    Reading begins at once, and ends with the first call that raises. Whoever takes its
    result gets the exception with the traceback that it has, and after it nothing but
    StopIteration.

    Parameters
    ----------
    function : callable
        Called on another thread. It must not refer to whatever holds this object, or
        that could never be deleted.
    depth : int
        How many results may wait to be taken.
    """

    def __init__(self, function: Callable[[], T], depth: int = 1) -> None:
        self._reader = _Reader(function)
        self._depth = depth
        self._coming: deque[_Result[T]] = deque()
        weakref.finalize(self, self._reader.stop)
        self.start()

    def start(self) -> None:
        """Begin to read, after `pause` or at the first."""
        self._reader.ended = False
        while len(self._coming) < self._depth:
            self._coming.append(self._reader.push())

    def pause(self) -> None:
        """Wait for the running call, and drop what was read and not taken."""
        self._reader.stop()
        for result in self._coming:
            result.wait()
        self._coming.clear()

    def take(self) -> T:
        """Return the next result, or raise what the call raised."""
        if not self._coming:  # it was paused, and what came then went wrong
            raise StopIteration
        result = self._coming.popleft()
        self._coming.append(self._reader.push())
        return result.get()


class _Result(Generic[T]):
    """What one call will give."""

    __slots__ = ("error", "value", "var")

    def __init__(self) -> None:
        self.var = engine.get().new_variable("read ahead")
        self.error: BaseException | None = StopIteration()
        self.value: T | None = None

    def wait(self) -> None:
        """Wait until the call has ended."""
        engine.wait_for(self.var)

    def get(self) -> T:
        """Return its value, or raise."""
        self.wait()
        error, self.error = self.error, None
        if error is not None:
            try:
                raise error
            finally:
                del error  # or it would keep this frame, and so everything, alive
        return self.value  # type: ignore[return-value]


class _Reader(Generic[T]):
    """The calls of the function, in order, until the first that raises."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.function = function
        self.ended = False
        self._order = engine.get().new_variable("order of reading")

    def stop(self) -> None:
        """Let the calls that have not begun give nothing."""
        self.ended = True

    def push(self) -> _Result[T]:
        """Ask for one more call."""
        result: _Result[T] = _Result()

        async def read() -> None:
            if not self.ended:
                await engine.in_thread(lambda: self._call(result))

        engine.push_async(read, [self._order, result.var], name="read ahead")
        return result

    def _call(self, result: _Result[T]) -> None:
        try:
            result.value = self.function()
            result.error = None
        except BaseException as error:
            self.ended = True
            result.error = error
