"""Dividing a run of nodes among threads: list scheduling, and whether it pays.

Each node goes to the thread where it can start earliest: in the order of the nodes, or
those on the longest remaining path first. What one thread makes and another one needs
is handed over, which takes time. Every thread keeps the nodes' own order, so that this
one stays an order in which a single thread could compute all. Of the crossing edges
only those are kept that no other edge implies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

HAND_OFF_US = (
    15.0  # from the end of a node until another thread goes on with its result
)
JOIN_US = 40.0  # until a thread that helps has begun
LEAST_GAIN = 0.85  # of the serial time, at most, for a division to be taken
LEAST_MOVED_US = 10.0  # shorter nodes run slower in two threads than in one


@dataclass(frozen=True)
class Division:
    """Who computes what, in which order.

    Parameters
    ----------
    parts : tuple of tuple of int
        The nodes of each thread, by number, in order. The first thread begins at once,
        the others join.
    edges : tuple of (int, int)
        Nodes of different threads: the first has to end before the second starts.
    serial_us, makespan_us : float
        How long one thread, and these threads, are predicted to take.
    moved_us : float
        The average cost of the nodes that do not run in the first thread.
    known : tuple of tuple of int
        For each node and thread, how many of that thread's nodes have surely ended
        when it starts.
    """

    parts: tuple[tuple[int, ...], ...]
    edges: tuple[tuple[int, int], ...]
    serial_us: float
    makespan_us: float
    moved_us: float
    known: tuple[tuple[int, ...], ...]

    @cached_property
    def place(self) -> dict[int, tuple[int, int]]:
        """Thread and position of each node."""
        return {
            node: (thread, position)
            for thread, nodes in enumerate(self.parts)
            for position, node in enumerate(nodes)
        }

    def ends_before(self, first: int, second: int) -> bool:
        """Tell whether a node has surely ended when another one starts."""
        thread, position = self.place[first]
        return position < self.known[second][thread]

    @property
    def ratio(self) -> float:
        """Predicted time over that of one thread."""
        return self.makespan_us / self.serial_us if self.serial_us else 1.0

    @property
    def pays(self) -> bool:
        """Whether it is worth trying."""
        return self.ratio <= LEAST_GAIN and self.moved_us >= LEAST_MOVED_US


def divide(
    costs: Sequence[float], needs: Sequence[Sequence[int]], threads: int
) -> Division:
    """Divide nodes among at most so many threads.

    Parameters
    ----------
    costs : sequence of float
        Microseconds of each node.
    needs : sequence of sequence of int
        The nodes, all earlier ones, that each node has to come after.
    threads : int
        The most that take part.

    Returns
    -------
    Division
        That with the shortest predicted time; among equals that of fewest threads.
    """
    best = as_division([0] * len(costs), costs, needs)
    for count in range(2, threads + 1):
        division = _divide(costs, needs, count)
        if division.makespan_us < best.makespan_us:
            best = division
    return best


def _divide(
    costs: Sequence[float], needs: Sequence[Sequence[int]], threads: int
) -> Division:
    """Take the better one of two orders of giving nodes to threads."""
    levels = bottom_levels(costs, needs)
    numbers = range(len(costs))
    # Nodes of no cost stand on one level: then by number, as they depend on earlier.
    urgent = sorted(numbers, key=lambda i: (-levels[i], i))
    found = [
        as_division(_assign(costs, needs, threads, order), costs, needs)
        for order in (numbers, urgent)
    ]
    return min(found, key=lambda division: division.makespan_us)


def _assign(
    costs: Sequence[float],
    needs: Sequence[Sequence[int]],
    threads: int,
    order: Sequence[int],
) -> list[int]:
    """Give nodes, in this order, to threads where they start earliest."""
    free = [0.0] + [JOIN_US] * (threads - 1)
    thread_of = [0] * len(costs)
    ends = [0.0] * len(costs)
    for node in order:
        starts = []
        for thread in range(threads):
            there = [
                ends[i] + (HAND_OFF_US if thread_of[i] != thread else 0.0)
                for i in needs[node]
            ]
            starts.append(max([free[thread], *there]))
        thread = min(range(threads), key=starts.__getitem__)
        thread_of[node] = thread
        ends[node] = free[thread] = starts[thread] + costs[node]
    return thread_of


def as_division(
    thread_of: Sequence[int], costs: Sequence[float], needs: Sequence[Sequence[int]]
) -> Division:
    """Divide nodes as given; each thread keeps the nodes' own order."""
    used = sorted({0, *thread_of})
    parts = [[i for i, t in enumerate(thread_of) if t == thread] for thread in used]
    edges, known = _crossing(parts, needs)
    moved = [costs[node] for nodes in parts[1:] for node in nodes]
    return Division(
        tuple(map(tuple, parts)),
        tuple(edges),
        sum(costs),
        _makespan(parts, edges, costs),
        sum(moved) / len(moved) if moved else 0.0,
        tuple(known),
    )


def _makespan(
    parts: Sequence[Sequence[int]],
    edges: Sequence[tuple[int, int]],
    costs: Sequence[float],
) -> float:
    thread_of = {node: thread for thread, nodes in enumerate(parts) for node in nodes}
    free = [0.0] + [JOIN_US] * (len(parts) - 1)
    arrives = [0.0] * len(costs)
    after: dict[int, list[int]] = {}
    for first, second in edges:
        after.setdefault(first, []).append(second)
    for node, cost in enumerate(costs):
        thread = thread_of[node]
        end = free[thread] = max(free[thread], arrives[node]) + cost
        for second in after.get(node, ()):
            arrives[second] = max(arrives[second], end + HAND_OFF_US)
    return max([free[0], *(end + HAND_OFF_US for end in free[1:])])


def _crossing(
    parts: Sequence[Sequence[int]], needs: Sequence[Sequence[int]]
) -> tuple[list[tuple[int, int]], list[tuple[int, ...]]]:
    """Find the edges between threads that no others imply, and what is known when."""
    place = {n: (t, i) for t, nodes in enumerate(parts) for i, n in enumerate(nodes)}
    edges: list[tuple[int, int]] = []
    known: list[tuple[int, ...]] = []
    after: list[tuple[int, ...]] = []  # what is known when a node has ended
    latest = [(0,) * len(parts) for _ in parts]  # and when a thread's last one has
    for node, sources in enumerate(needs):
        thread, position = place[node]
        now = latest[thread]
        # The latest first: it may imply the others.
        for source in sorted(sources, reverse=True):
            home, at = place[source]
            if at >= now[home]:
                edges.append((source, node))
                now = tuple(map(max, now, after[source]))
        known.append(now)
        passed = list(now)
        passed[thread] = position + 1
        latest[thread] = tuple(passed)
        after.append(latest[thread])
    return edges, known


def bottom_levels(
    costs: Sequence[float], needs: Sequence[Sequence[int]]
) -> list[float]:
    """Return the longest path from the start of each node to the end of all."""
    levels = [0.0] * len(costs)
    for node in reversed(range(len(costs))):
        levels[node] += costs[node]
        for earlier in needs[node]:
            levels[earlier] = max(levels[earlier], levels[node])
    return levels
