"""Streams of random numbers that follow from one seed.

Every use of randomness takes the next stream, in the order of the user's program, and
draws from it alone. So a run repeats exactly under one seed, whatever the engine and
however many workers there are.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError

State = tuple[int, int]

_BITS = 0xFFFF_FFFF_FFFF_FFFF
_lock = threading.Lock()


class _Sequence:
    """Numbers the streams of one seed."""

    def __init__(self, seed: int, first: int = 0) -> None:
        self.seed = seed
        self.numbers = itertools.count(first)


_current = _Sequence(secrets.randbits(64))


class RandomSource:
    """What a random operator draws from; belongs to one node or one call."""

    __slots__ = ("_sequence", "generator")

    def __init__(self) -> None:
        self._sequence: _Sequence | None = None
        self.generator: Any = None

    @property
    def is_current(self) -> bool:
        """Whether it was renewed since the last call of `seed`."""
        return self._sequence is _current

    def next_generator(self) -> Any:
        """Take the next stream; call in program order, `generator` is left alone."""
        with _lock:
            self._sequence = _current
            key = (_current.seed, next(_current.numbers))
        return np.random.Generator(np.random.Philox(key=np.array(key, np.uint64)))


def fresh_source() -> RandomSource:
    """Return a source with the next stream in it."""
    source = RandomSource()
    source.generator = source.next_generator()
    return source


def seed(value: int) -> None:
    """Start all streams anew from `value` (64 bits)."""
    with _lock:
        _start(int(value) & _BITS, 0)


def get_state() -> State:
    """Return what `set_state` takes to repeat all random numbers from here on.

    The streams that are in use end here: what is drawn next, by operators of bound
    executors too, follows from the state alone, in this process or in another one.

    Returns
    -------
    tuple of int
        The seed, and the number of the next stream.
    """
    with _lock:
        state = _current.seed, next(_current.numbers)
        _start(*state)
    return state


def set_state(state: State) -> None:
    """Go on from a state that `get_state` returned.

    Raises
    ------
    ArgumentError
        It is none.
    """
    match state:
        case (int(value), int(number)) if 0 <= value <= _BITS and 0 <= number <= _BITS:
            with _lock:
                _start(value, number)
        case _:
            raise ArgumentError(
                f"a state of random numbers is what get_state returned, not {state!r}"
            )


def _start(value: int, number: int) -> None:
    global _current  # noqa: PLW0603 - the one seed of the process
    _current = _Sequence(value, number)
