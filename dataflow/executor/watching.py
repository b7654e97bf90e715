"""Measuring an executor's kernels while it runs, and telling when that has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import perf_counter, process_time
from typing import NamedTuple

from dataflow.graph.node import Node
from dataflow_ops.kernels.table import Thunk

TWOFOLD = 2.0
MATTERS = 0.1  # of all costs: less than that can change without making a difference


class Watch:
    """How long each kernel of one phase takes, from some runs.

    Parameters
    ----------
    runs : int
        How many there are; the shortest counts.

    Attributes
    ----------
    us : dict of Node
        How long, in microseconds.
    cores : dict of Node
        How many cores the whole process kept busy meanwhile.
    """

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self.us: dict[Node, float] = {}
        self.cores: dict[Node, float] = {}
        self._kernels = self._noted = 0

    def timed(self, node: Node, thunk: Thunk) -> Thunk:
        """Let a kernel note how long it takes."""
        self._kernels += 1

        def run() -> None:
            start, before = perf_counter(), process_time()
            thunk()
            busy, took = process_time() - before, perf_counter() - start
            self.note(node, 1e6 * took, busy / took if took else 1.0)

        return run

    def note(self, node: Node, us: float, cores: float = 1.0) -> None:
        """Take in one run of a kernel."""
        if us <= self.us.get(node, us):
            self.us[node] = us
            self.cores[node] = cores
        self._noted += 1

    @property
    def done(self) -> bool:
        """Whether all runs have ended."""
        return self._noted >= self._runs * self._kernels

    @property
    def total_us(self) -> float:
        """How long all take."""
        return sum(self.us.values())

    def busy(self, nodes: Iterable[Node]) -> float:
        """Average the cores that were busy while these kernels ran; at least one."""
        known = [node for node in nodes if node in self.us]
        total = sum(self.us[node] for node in known)
        if not total:
            return 1.0
        return max(1.0, sum(self.us[n] * self.cores[n] for n in known) / total)


class Drift(NamedTuple):
    """What costs at least twice or at most half of what it did.

    Parameters
    ----------
    node : Node or None
        The one whose cost has changed most; None: all of them together.
    before_us, now_us : float
        What it cost, and costs, in microseconds.
    """

    node: Node | None
    before_us: float
    now_us: float


def drift(before: Mapping[Node, float], now: Mapping[Node, float]) -> Drift | None:
    """Compare costs with earlier ones, where both are known.

    Parameters
    ----------
    before, now : mapping of Node
        Microseconds.

    Returns
    -------
    Drift or None
        None: neither all together nor nodes that matter have drifted twofold.
    """
    both = [(node, before[node], now[node]) for node in now if node in before]
    whole = sum(b for _, b, _ in both), sum(n for _, _, n in both)
    if _twofold(*whole):
        return Drift(None, *whole)
    changed = [Drift(*each) for each in both if _twofold(*each[1:])]
    if sum(map(_change, changed)) < MATTERS * max(whole):
        return None
    return max(changed, key=_change, default=None)


def _twofold(one: float, other: float) -> bool:
    low, high = sorted((one, other))
    return high > 0.0 and high >= TWOFOLD * low


def _change(found: Drift) -> float:
    return abs(found.now_us - found.before_us)
