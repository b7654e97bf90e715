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

_lock = threading.Lock()


class _Sequence:
    """Numbers the streams of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.numbers = itertools.count()


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
    global _current  # noqa: PLW0603 - the one seed of the process
    with _lock:
        _current = _Sequence(int(value) & 0xFFFF_FFFF_FFFF_FFFF)
