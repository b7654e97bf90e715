"""Which arrays of an operator may be images whose channels lie last in memory."""

from __future__ import annotations

from typing import NamedTuple


class Images(NamedTuple):
    """The inputs and outputs, by number, that may lie with the channels last.

    Parameters
    ----------
    inputs, outputs : set of int
        Those that may lie so; all others are contiguous.
    prefers : bool
        Whether it is faster on such.
    follows : bool
        Whether it is as fast on such, as long as all of them lie so.
    """

    inputs: frozenset[int] = frozenset()
    outputs: frozenset[int] = frozenset()
    prefers: bool = False
    follows: bool = False
