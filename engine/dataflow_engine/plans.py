"""What is ordered once and replayed: plans of operations, serial programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import length_hint
from typing import Any, NoReturn

from .entries import MEMORY, OPERATOR, Details
from .operations import Operation
from .tracing import Here, Tracer, active, clock, in_words, told_by

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


class Labels:
    """What traces tell of a program's callables.

    Parameters
    ----------
    names : sequence of str
        Their names.
    details : callable, optional
        Tells more of the i-th, as for `SerialProgram`.
    """

    __slots__ = ("_describe", "_told", "names")

    def __init__(
        self, names: Sequence[str], details: Callable[[int], Details] | None = None
    ) -> None:
        self.names = tuple(names)
        self._describe = details
        # By number, None for no details; filled in when first asked for.
        self._told: Sequence[Details | None] | None = None

    def record(
        self,
        tracer: Tracer,
        lane: str,
        times: Sequence[tuple[int, int, int]],
        errors: Mapping[int, str],
    ) -> int:
        """Record which callables ran in this thread, from when to when, and failed.

        Returns
        -------
        int
            How many they are.
        """
        told = self._tell()
        for number, start, end in times:
            words, name = errors.get(number, ""), self.names[number]
            tracer.record_past(name, OPERATOR, lane, start, end, words, told[number])
        return len(times)

    def _tell(self) -> Sequence[Details | None]:
        if self._told is None:
            describe = self._describe
            self._told = [
                None if describe is None else told_by(partial(describe, number))
                for number in range(len(self.names))
            ]
        return self._told


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
    details : callable, optional
        ``details(i)`` returns what traces tell of callable ``i`` beside its name, a
        mapping; its ``"bytes"`` are those of the arrays that it writes. Asked for
        once, when first traced.
    memory : mapping, optional
        What it holds: bytes by name, that traces show whenever the program runs.
    """

    __slots__ = ("callables", "labels", "memory", "on_error")

    def __init__(
        self,
        callables: Sequence[Callable[[], Any]],
        names: Sequence[str],
        on_error: OnError | None = None,
        details: Callable[[int], Details] | None = None,
        memory: Mapping[str, int] | None = None,
    ) -> None:
        if len(callables) != len(names):
            message = f"{len(callables)} callables need as many names, not {len(names)}"
            raise ValueError(message)
        self.callables = tuple(callables)
        self.labels = Labels(names, details)
        self.on_error = on_error
        self.memory = memory or {}

    @property
    def names(self) -> tuple[str, ...]:
        """The callables' names."""
        return self.labels.names

    def __call__(self) -> None:
        """Call all, in order."""
        here = active.here
        if here is not None:
            self._call_traced(here)
            return
        # Counting along would cost a tenth of a small kernel.
        left = iter(self.callables)
        try:
            for function in left:
                function()
        except Exception as error:
            self._raise(len(self.callables) - length_hint(left) - 1, error)

    def _call_traced(self, here: Here) -> None:
        tracer, lane = here.tracer, here.lane
        assert tracer is not None
        self._sample_memory(here)
        times: list[tuple[int, int]] = []
        note, start, errors = times.append, 0, {}
        try:
            for function in self.callables:
                start = clock()
                function()
                note((start, clock()))
        except Exception as error:
            note((start, clock()))
            failed = len(times) - 1
            errors = {failed: in_words(error)}
            self._raise(failed, error)
        finally:
            report = partial(self._report, tracer, lane, times, errors)
            here.reports = (*here.reports, report)

    def _sample_memory(self, here: Here) -> None:
        assert here.tracer is not None
        for name, nbytes in self.memory.items():
            here.tracer.sample(name, MEMORY, nbytes, here.lane)

    def _report(
        self,
        tracer: Tracer,
        lane: str,
        times: Sequence[tuple[int, int]],
        errors: Mapping[int, str],
    ) -> int:
        numbered = [(number, *ends) for number, ends in enumerate(times)]
        return self.labels.record(tracer, lane, numbered, errors)

    def _raise(self, index: int, error: Exception) -> NoReturn:
        raised = None if self.on_error is None else self.on_error(index, error)
        if raised is None or raised is error:
            raise error
        raise raised from error

    def __len__(self) -> int:
        return len(self.callables)

    def __repr__(self) -> str:
        return f"<SerialProgram of {len(self)} callables>"
