"""Graphs of simulated devices: what was given to a stream while it was captured.

They hold no memory alive, like CUDA's: they know where it was. So a launch may come too
late for it, which is looked for, as is a launch by a run that declares other memory.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

from .streams import Accesses, CaptureRefused


class Declared(NamedTuple):
    """What the run that is being done says that it touches, by the ids of the keys."""

    name: str
    reads: frozenset[int]
    writes: frozenset[int]

    @classmethod
    def by(cls, accesses: Accesses) -> Declared:
        """Return that of a run."""
        writes = frozenset(map(id, accesses.writes))
        return cls(accesses.name, writes | frozenset(map(id, accesses.reads)), writes)


class Key(NamedTuple):
    """Some memory that a graph touches."""

    name: str
    ref: weakref.ref[object]

    @classmethod
    def of(cls, key: object) -> Key:
        """Return what knows a key and does not hold it."""
        return cls(repr(key), weakref.ref(key))

    def mistake(self, allowed: frozenset[int]) -> str | None:
        """Return what is wrong with its use now, by a run that may use so much."""
        key = self.ref()
        if key is None:
            return "was dropped: capture again when memory changes"
        return None if id(key) in allowed else "that run does not declare"


class Recorded(NamedTuple):
    """One run of a graph."""

    name: str
    function: Callable[[], Any]
    reads: tuple[Key, ...]
    writes: tuple[Key, ...]


class Capture:
    """A capture that is under way, of what one thread gives to one stream.

    Attributes
    ----------
    stream : str
        Its name.
    runs : list of Recorded
        What was given to it.
    """

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.runs: list[Recorded] = []
        self._refused: str | None = None

    def add(self, function: Callable[[], Any], accesses: Accesses) -> None:
        """Take what is given to the stream."""
        reads, writes = (
            tuple(map(Key.of, keys)) for keys in (accesses.reads, accesses.writes)
        )
        self.runs.append(Recorded(accesses.name, function, reads, writes))

    def refuse(self, what: str) -> NoReturn:
        """Raise for what cannot be captured; the capture is of no use any more."""
        self._refused = self._refused or what
        raise CaptureRefused(f"{what} cannot be captured, as {self.stream} is")

    def check(self) -> None:
        """Raise if anything was refused, whatever became of that."""
        if self._refused is not None:
            raise CaptureRefused(
                f"the capture of {self.stream} is void: it came to {self._refused}"
            )


class Captures:
    """The captures that are under way, one a thread at most, as CUDA's of that mode."""

    def __init__(self) -> None:
        self._by_thread: dict[int, Capture] = {}

    @contextmanager
    def begin(self, stream: str) -> Iterator[Capture]:
        """Capture what the calling thread gives to a stream meanwhile."""
        self.refuse("another capture")
        capture = self._by_thread[threading.get_ident()] = Capture(stream)
        try:
            yield capture
        finally:
            del self._by_thread[threading.get_ident()]
        capture.check()

    def into(self, stream: str) -> Capture | None:
        """Return what takes what the calling thread gives to a stream, if any does."""
        capture = self._by_thread.get(threading.get_ident())
        if capture is not None and capture.stream != stream:
            capture.refuse(f"work for {stream}")
        return capture

    def refuse(self, what: str) -> None:
        """Raise if the calling thread captures: CUDA refuses that, and the capture."""
        capture = self._by_thread.get(threading.get_ident())
        if capture is not None:
            capture.refuse(what)


class SimulatedGraph:
    """What was captured.

    Parameters
    ----------
    stream : str
        Where.
    runs : sequence of Recorded
        What was given to it, in order.
    """

    def __init__(self, stream: str, runs: Sequence[Recorded]) -> None:
        self.stream = stream
        self.runs = tuple(runs)

    def replay(self) -> None:
        """Do all, in the thread of the stream."""
        for run in self.runs:
            run.function()

    def mistake(self, stream: str, launcher: Declared) -> str | None:
        """Return what is wrong with its launch by a run on a stream, or None."""
        if stream != self.stream:
            return f"{launcher.name} launches on {stream} what is for {self.stream}"
        for run in self.runs:
            for verb, keys, allowed in (
                ("reads", run.reads, launcher.reads),
                ("writes", run.writes, launcher.writes),
            ):
                for key in keys:
                    wrong = key.mistake(allowed)
                    if wrong is not None:
                        return (
                            f"{launcher.name} launches a graph on {stream} in which "
                            f"{run.name} {verb} {key.name}, which {wrong}"
                        )
        return None
