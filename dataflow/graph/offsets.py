"""Placing blocks in arenas, one by one, each at the best fitting gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np

from dataflow.context import Context
from dataflow.graph.node import Entry
from dataflow.storage import aligned


@dataclass(eq=False)
class Block:
    """One buffer and the positions between which it is needed.

    Parameters
    ----------
    context : Context
        Whose arena it lies in.
    nbytes : int
        Its size.
    start, end : int
        Positions of the first write and of the last read.
    held : int
        The last position at which another strand may use it; -1 for none does.
    external : Entry, optional
        The entry outside of the arenas whose bytes these are; it is not placed.
    pending : int
        Reads still to come while lifetimes are being found.
    offset : int
        Bytes from the start of the arena, once it is placed.
    entries : list of Entry
        What lies in it.
    known, until : tuple of int
        Where segments are divided among threads: the clock of the first write, and the
        clock at which all who use it have ended; see `dataflow.graph.clocks`.
    """

    context: Context
    nbytes: int
    start: int
    end: int
    held: int = -1
    external: Entry | None = None
    pending: int = 0
    offset: int = 0
    entries: list[Entry] = field(default_factory=list)
    known: tuple[int, ...] = ()
    until: tuple[int, ...] = ()

    @property
    def begins(self) -> tuple[int, ...]:
        """What has surely ended when it is first written."""
        return self.known or (self.start,)

    @property
    def ends(self) -> tuple[int, ...]:
        """What must have ended before something else may be written there."""
        return self.until or (self.end + 1,)

    def use_until(self, clock: tuple[int, ...]) -> None:
        """Let it live until then, too."""
        self.until = tuple(map(max, self.until, clock)) if self.until else clock


# How often the order is changed to save bytes, and how close to the least is enough.
ROUNDS = 40
CLOSE = 1.02


def place_blocks(blocks: Sequence[Block]) -> dict[Context, int]:
    """Set every block's offset; return the bytes of each arena."""
    arenas: dict[Context, int] = {}
    for context in dict.fromkeys(block.context for block in blocks):
        mine = [block for block in blocks if block.context == context]
        arenas[context] = _place_best(mine)
    return arenas


def _place_best(blocks: Sequence[Block]) -> int:
    """Place one context's blocks, the largest first, and better what sticks out.

    The block that ends highest goes before one of those that it lives beside, and
    everything is placed again. Which one is left to chance, the same each time: before
    the first of them, orders come round again.
    """
    chance = Random(0)
    order = sorted(blocks, key=lambda b: (-b.nbytes, b.start))
    enough = CLOSE * lower_bound(blocks)
    best, offsets = _place(order)
    found = offsets
    for _ in range(ROUNDS):
        if best <= enough:
            break
        top = max(order, key=lambda b: found[b] + b.nbytes)
        at = order.index(top)
        beside = [i for i in range(at) if _meet(order[i], top)]
        order.insert(chance.choice(beside or [at]), order.pop(at))
        nbytes, found = _place(order)
        if nbytes < best:
            best, offsets = nbytes, found
    for block, offset in offsets.items():
        block.offset = offset
    return best


def _meet(one: Block, other: Block) -> bool:
    """Tell whether both may live at some moment."""
    return not (_precedes(one, other) or _precedes(other, one))


def _precedes(one: Block, other: Block) -> bool:
    return all(n <= now for n, now in zip(one.ends, other.begins, strict=True))


def _place(order: Sequence[Block]) -> tuple[int, dict[Block, int]]:
    """Find every block's offset greedily; return the arena's bytes and the offsets."""
    offsets: dict[Block, int] = {}
    threads = len(order[0].begins) if order else 1
    # Low, high, begins and ends of the blocks placed so far, in order of their lows.
    placed = np.zeros((2 + 2 * threads, len(order)), np.int64)
    for i, block in enumerate(order):
        lows, highs = placed[:2, :i]
        begins, ends = placed[2 : 2 + threads, :i], placed[2 + threads :, :i]
        mine = np.array((block.begins, block.ends))[:, :, None]
        alive = ~((ends <= mine[0]).all(axis=0) | (mine[1] <= begins).all(axis=0))
        nbytes = aligned(block.nbytes)
        offset = offsets[block] = _best_gap(lows[alive], highs[alive], nbytes)
        at = int(np.searchsorted(lows, offset, side="right"))
        placed[:, at + 1 : i + 1] = placed[:, at:i].copy()
        placed[:, at] = offset, offset + nbytes, *block.begins, *block.ends
    return (int(placed[1].max()) if len(order) else 0), offsets


def _best_gap(lows: np.ndarray, highs: np.ndarray, nbytes: int) -> int:
    """Offset of the smallest gap between occupied ranges that holds `nbytes`."""
    reached = np.maximum.accumulate(highs)
    begins = np.concatenate(([0], reached))  # of the gaps; the last one has no end
    rooms = lows - begins[:-1]
    fitting = np.flatnonzero(rooms >= nbytes)
    if not fitting.size:
        return int(begins[-1])
    return int(begins[fitting[rooms[fitting].argmin()]])


def lower_bound(blocks: Sequence[Block]) -> int:
    """Sum over contexts the most bytes that live at one position."""
    total = 0
    for context in dict.fromkeys(block.context for block in blocks):
        changes: dict[int, int] = {}
        for block in blocks:
            if block.context == context:
                nbytes = aligned(block.nbytes)
                changes[block.start] = changes.get(block.start, 0) + nbytes
                changes[block.end + 1] = changes.get(block.end + 1, 0) - nbytes
        alive = peak = 0
        for position in sorted(changes):
            alive += changes[position]
            peak = max(peak, alive)
        total += peak
    return total
