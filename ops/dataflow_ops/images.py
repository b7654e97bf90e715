"""Which arrays of a kernel may lie otherwise than one element behind the other."""

from __future__ import annotations

from typing import NamedTuple


class Images(NamedTuple):
    """The inputs and outputs, by number, that may be images with the channels last.

    Parameters
    ----------
    inputs, outputs : set of int
        Those that may lie so; all others are contiguous.
    prefers : bool
        Whether it is faster on such.
    follows : bool
        Whether it is as fast on such, as long as all of them lie so.
    apart_inputs, apart_outputs : set of int
        Those that may be parts of larger arrays, with gaps between their elements.
    """

    inputs: frozenset[int] = frozenset()
    outputs: frozenset[int] = frozenset()
    prefers: bool = False
    follows: bool = False
    apart_inputs: frozenset[int] = frozenset()
    apart_outputs: frozenset[int] = frozenset()
