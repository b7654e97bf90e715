"""Measuring an executor's kernels while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter, process_time

from dataflow.graph.node import Node
from dataflow_ops.kernels.table import Thunk


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
            us = 1e6 * took
            if us <= self.us.get(node, us):
                self.us[node] = us
                self.cores[node] = busy / took if took else 1.0
            self._noted += 1

        return run

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
