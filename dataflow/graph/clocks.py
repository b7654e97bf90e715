"""Vector clocks of a schedule: what has surely ended when a node starts.

A segment may be divided among threads. Then a node may use a buffer again only if all
who used it before have ended by then, in whichever thread.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from dataflow.context import Context
from dataflow.graph.node import Node
from dataflow.graph.parallel import Division
from dataflow.graph.schedule import Schedule

Clock = tuple[int, ...]  # how many nodes of each thread of a context


class Clocks:
    """The clocks of all nodes.

    Parameters
    ----------
    schedule : Schedule
        Its segments; those of one context run one after another.
    divisions : mapping of int
        How the segments of these numbers are divided; the others are not.

    Attributes
    ----------
    known, ended : mapping of Node
        What has surely ended when a node starts, and when it has ended itself.
    """

    def __init__(self, schedule: Schedule, divisions: Mapping[int, Division]) -> None:
        self.known: dict[Node, Clock] = {}
        self.ended: dict[Node, Clock] = {}
        threads = max([1, *(len(d.parts) for d in divisions.values())])
        self._start: Clock = (0,) * threads
        self._positions: dict[Context, list[int]] = {}
        self._passed: dict[Context, list[Clock]] = {}
        base: dict[Context, Clock] = {}
        for segment in schedule.segments:
            now = base.get(segment.context, self._start)
            positions = self._positions.setdefault(segment.context, [])
            passed = self._passed.setdefault(segment.context, [])
            division = divisions.get(segment.index)
            count = now
            for number, node in enumerate(segment.nodes):
                thread, known = 0, count
                if division is not None:
                    thread, _ = division.place[number]
                    known = _plus(now, division.known[number])
                count = _tick(count, thread)
                self.known[node] = known
                self.ended[node] = _tick(known, thread)
                positions.append(schedule.position[node])
                passed.append(count)
            base[segment.context] = count

    def through(self, context: Context, position: int) -> Clock:
        """Count what a context has computed up to a position of the whole order."""
        number = bisect_right(self._positions.get(context, []), position)
        return self._passed[context][number - 1] if number else self._start

    @property
    def start(self) -> Clock:
        """When nothing has ended."""
        return self._start


def _plus(base: Clock, known: Clock) -> Clock:
    return tuple(
        n + (known[thread] if thread < len(known) else 0)
        for thread, n in enumerate(base)
    )


def _tick(clock: Clock, thread: int) -> Clock:
    return (*clock[:thread], clock[thread] + 1, *clock[thread + 1 :])
