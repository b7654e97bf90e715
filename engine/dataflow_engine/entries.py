"""What a tracer keeps: slices of time, samples of counters, and marks.

What belongs to what is left to those who read them. For that an operation's slice says
which states of which Vars it read and made: a state is a Var's ``id`` and its version,
which is exact as long as all that writes it is recorded, for ids are used again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

State = tuple[int, int]

# Categories of what the engine records. Of these, slices of one thread nest.
OPERATION = "operation"
OPERATOR = "operator"  # a part of a serial program
SKIPPED = "skipped"
WAIT = "wait"
MEMORY = "memory"  # samples: bytes that something holds
GAP = "gap"  # a mark: what was written before it is not known
PROGRAM = "program"  # in place of a lane: the user's own threads

Details = Mapping[str, Any]
NOTHING: Details = {}


class Slice(NamedTuple):
    """One interval on one thread.

    Attributes
    ----------
    thread, ident : str, int
        The thread, or the task that is shown as one; idents tell namesakes apart.
    error : str
        What it failed with, in words; empty if it did not.
    details : mapping
        Whatever else is known. ``"bytes"`` are those of the arrays that it wrote.
    queued : int
        How many operations were ready to run on its lane when it ended; -1: unknown.
    reads, writes : tuple of (int, int)
        The states of Vars that it read and made.
    """

    name: str
    category: str
    lane: str
    thread: str
    start_ns: int
    duration_ns: int
    ident: int = 0
    error: str = ""
    details: Details = NOTHING
    queued: int = -1
    reads: tuple[State, ...] = ()
    writes: tuple[State, ...] = ()


class Sample(NamedTuple):
    """What a counter stood at from a moment on."""

    name: str
    category: str
    lane: str
    time_ns: int
    value: float


class Mark(NamedTuple):
    """A moment; its scope is ``"thread"``, ``"process"`` or ``"global"``."""

    name: str
    category: str
    lane: str
    thread: str
    ident: int
    time_ns: int
    scope: str


Entry = Slice | Sample | Mark
