"""What a program records itself: tasks, frames, events, counters and markers.

Nothing is recorded while the profiler does not run; they cost next to nothing then.
"""

from __future__ import annotations

import threading
from typing import Any, Self

from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.profiler.session import now, session

_SCOPES = {
    "global": "global",
    "process": "process",
    "thread": "thread",
    "task": "thread",
    "marker": "thread",
}


class _Named:
    """Something with a name."""

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            kind = type(self).__name__
            raise ArgumentTypeError(f"the name of a {kind} is a str, not {name!r}")
        self.name = name

    def __str__(self) -> str:
        return self.name


class Domain(_Named):
    """A group of tasks, frames, counters and markers; their category in a trace.

    Parameters
    ----------
    name : str
        What it is called.
    """

    def new_task(self, name: str) -> Task:
        """Return a new task of this domain."""
        return Task(self, name)

    def new_frame(self, name: str) -> Frame:
        """Return a new frame of this domain."""
        return Frame(self, name)

    def new_counter(self, name: str, value: int | None = None) -> Counter:
        """Return a new counter of this domain."""
        return Counter(self, name, value)

    def new_marker(self, name: str) -> Marker:
        """Return a new marker of this domain."""
        return Marker(self, name)


class _Member(_Named):
    def __init__(self, domain: Domain, name: str) -> None:
        if not isinstance(domain, Domain):
            kind = type(self).__name__
            raise ArgumentTypeError(f"a {kind} belongs to a Domain, not to {domain!r}")
        super().__init__(name)
        self.domain = domain


class _Duration(_Named):
    """Something with a beginning and an end; also a ``with`` block."""

    _start: int | None = None

    @property
    def _category(self) -> str:
        raise NotImplementedError

    def start(self) -> None:
        """Begin, anew if it has begun already."""
        self._start = now() if session.recorder is not None else None

    def stop(self) -> None:
        """End; without a beginning nothing happens."""
        start, self._start = self._start, None
        if start is not None:
            session.record(self.name, self._category, start)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


class Task(_Duration, _Member):
    """A piece of work. All passes from its start to its stop are summed up.

    Parameters
    ----------
    domain : Domain
        What it belongs to.
    name : str
        What it is called.
    """

    @property
    def _category(self) -> str:
        return self.domain.name


class Frame(_Duration, _Member):
    """One round of something that repeats, such as a training step.

    Parameters
    ----------
    domain : Domain
        What it belongs to.
    name : str
        What it is called.
    """

    @property
    def _category(self) -> str:
        return f"{self.domain.name},frame"


class Event(_Duration):
    """A stretch of code, in no domain.

    Parameters
    ----------
    name : str
        What it is called.
    """

    _category = "event"


class Counter(_Member):
    """A value that changes over time.

    Parameters
    ----------
    domain : Domain
        What it belongs to.
    name : str
        What it is called.
    value : int, optional
        What it stands at first; 0 if it is not given.
    """

    def __init__(self, domain: Domain, name: str, value: int | None = None) -> None:
        super().__init__(domain, name)
        self._lock = threading.Lock()
        self._value = 0
        if value is not None:
            self.set_value(value)

    def set_value(self, value: int) -> None:
        """Set it to a value, as a whole number."""
        with self._lock:
            self._put(_whole(value))

    def increment(self, delta: int = 1) -> None:
        """Add to it."""
        with self._lock:
            self._put(self._value + _whole(delta))

    def decrement(self, delta: int = 1) -> None:
        """Take away from it."""
        with self._lock:
            self._put(self._value - _whole(delta))

    def _put(self, value: int) -> None:
        self._value = value
        recorder = session.recorder
        if recorder is not None:
            recorder.sample(self.name, self.domain.name, value)

    def __iadd__(self, delta: int) -> Self:
        self.increment(delta)
        return self

    def __isub__(self, delta: int) -> Self:
        self.decrement(delta)
        return self


class Marker(_Member):
    """A moment in time.

    Parameters
    ----------
    domain : Domain
        What it belongs to.
    name : str
        What it is called.
    """

    def mark(self, scope: str = "process") -> None:
        """Mark this moment.

        Parameters
        ----------
        scope : str
            ``"global"``, ``"process"``, ``"thread"``, ``"task"`` or ``"marker"``.
        """
        if scope not in _SCOPES:
            known = ", ".join(_SCOPES)
            raise UnknownNameError(f"the scope of a mark is one of {known}: {scope!r}")
        recorder = session.recorder
        if recorder is not None:
            category = f"{self.domain.name},instant_marker"
            recorder.mark(self.name, category, _SCOPES[scope])


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(f"a counter counts whole numbers, not {value!r}") from None
