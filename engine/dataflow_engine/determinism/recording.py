"""Recording in which order the operations of an engine start.

While an engine records it pushes, in place of each operation, a twin that notes its
start. Nothing is looked at while it does not.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any

from dataflow_engine.inside import Inside
from dataflow_engine.operations import IO, Operation

from .orders import Numbering, Order

if TYPE_CHECKING:
    from dataflow_engine.contract import Engine

# The recorder, and the number of the operation that the caller is inside of.
_inside: Inside[tuple[Recorder | None, str]] = Inside("dataflow-recorded", (None, ""))


class Recorder:
    """What was pushed, and what has started, since it was made."""

    def __init__(self) -> None:
        # Held from making twins until they are pushed, by who holds no lock anyway.
        self.lock = threading.Lock()
        self._numbering = Numbering()
        self._pushed: dict[str, str] = {}
        self._started: list[str] = []

    @property
    def order(self) -> Order:
        """What was recorded until now."""
        started = self._started.copy()  # first, since the other one is ahead of it
        return Order(self._pushed.copy(), started)

    def twins(self, operations: Iterable[Operation]) -> list[Operation]:
        """Return operations to be pushed in place of these, now and once."""
        return [self.twin(operation) for operation in operations]

    def twin(self, operation: Operation) -> Operation:
        """Return an operation to be pushed in place of this one, now and once."""
        recorder, outer = _inside.get()
        number = self._numbering.next(outer if recorder is self else None)
        self._pushed[number] = operation.name
        kind = _NotedAsync if operation.lane == IO else _Noted
        twin = copy(operation)
        twin.function = kind(operation.function, self, number)
        return twin

    def start(self, number: str) -> None:
        """Note a start."""
        self._started.append(number)


class _Noted:
    """A function whose start is noted."""

    __slots__ = ("_function", "_number", "_recorder", "trace_details")

    def __init__(
        self, function: Callable[[], Any], recorder: Recorder, number: str
    ) -> None:
        self._function = function
        self._recorder = recorder
        self._number = number
        self.trace_details = getattr(function, "trace_details", None)

    def __call__(self) -> Any:
        self._recorder.start(self._number)
        with _inside.of_thread((self._recorder, self._number)):
            self._function()


class _NotedAsync(_Noted):
    """An asynchronous one."""

    __slots__ = ()

    _function: Callable[[], Awaitable[Any]]

    async def __call__(self) -> None:
        self._recorder.start(self._number)
        with _inside.of_task((self._recorder, self._number)):
            await self._function()


@contextmanager
def recording(engine: Engine) -> Iterator[Recorder]:
    """Record what an engine is given inside the block; it is idle at both ends."""
    engine.wait_all()
    recorder = Recorder()
    before = engine._set_recorder(recorder)
    try:
        yield recorder
        engine.wait_all()
    finally:
        engine._set_recorder(before)
