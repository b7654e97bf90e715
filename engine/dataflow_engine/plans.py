"""What is ordered once and replayed: plans of operations, serial programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from .operations import Operation
from .tracing import Tracer, active, clock

OnError = Callable[[int, Exception], BaseException | None]


class Plan:
    """Operations that ``engine.replay`` pushes in order as one atomic step.

    Parameters
    ----------
    operations : iterable of Operation
        All of one engine. A later one sees the writes of those before it.
    """

    __slots__ = ("operations",)

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        for operation in self.operations:
            if not isinstance(operation, Operation):
                raise TypeError(f"a plan holds operations, not {operation!r}")

    def __len__(self) -> int:
        return len(self.operations)

    def __repr__(self) -> str:
        return f"<Plan of {len(self)} operations>"


class SerialProgram:
    """A flat list of zero-argument callables, called in order by one call.

    Parameters
    ----------
    callables : sequence of callable
        What to call.
    names : sequence of str
        Their names, one each, for traces and errors.
    on_error : callable, optional
        ``on_error(i, exception)`` returns what to raise, from the exception,
        when callable ``i`` fails. By default that is the exception itself.
    """

    __slots__ = ("callables", "names", "on_error")

    def __init__(
        self,
        callables: Sequence[Callable[[], Any]],
        names: Sequence[str],
        on_error: OnError | None = None,
    ) -> None:
        if len(callables) != len(names):
            message = f"{len(callables)} callables need as many names, not {len(names)}"
            raise ValueError(message)
        self.callables = tuple(callables)
        self.names = tuple(names)
        self.on_error = on_error

    def __call__(self) -> None:
        """Call all, in order."""
        tracer = active.tracer
        if tracer is not None:
            self._call_traced(tracer, active.lane)
            return
        index = 0
        try:
            for index, function in enumerate(self.callables):  # noqa: B007
                function()
        except Exception as error:
            self._raise(index, error)

    def _call_traced(self, tracer: Tracer, lane: str) -> None:
        index = 0
        try:
            for index, function in enumerate(self.callables):
                start = clock()
                function()
                tracer.record(self.names[index], "operator", lane, start)
        except Exception as error:
            tracer.record(self.names[index], "operator", lane, start)
            self._raise(index, error)

    def _raise(self, index: int, error: Exception) -> NoReturn:
        raised = None if self.on_error is None else self.on_error(index, error)
        if raised is None or raised is error:
            raise error
        raise raised from error

    def __len__(self) -> int:
        return len(self.callables)

    def __repr__(self) -> str:
        return f"<SerialProgram of {len(self)} callables>"
