"""The schedule: segments of nodes, each run as one operation on one lane.

The order is the graph's own. A segment is a run of consecutive nodes on one context
within one phase (forward or backward). Segments of one context run in order, those of
different contexts side by side as far as the entries that cross between them allow.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dataflow.context import Context
from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.node import Entry, Node


@dataclass(frozen=True)
class Segment:
    """Consecutive nodes on one context.

    Parameters
    ----------
    index : int
        Its number in the schedule.
    context : Context
        Where it runs.
    nodes : tuple of Node
        Operators, in order.
    is_backward : bool
        Whether it belongs to the backward phase.
    done_before : mapping of Context
        The last segment of each context that has surely ended when this one starts.
    """

    index: int
    context: Context
    nodes: tuple[Node, ...]
    is_backward: bool
    done_before: Mapping[Context, int]


@dataclass(frozen=True)
class Schedule:
    """All segments in order.

    Parameters
    ----------
    segments : tuple of Segment
        In an order in which each could run after the ones before it.
    position : mapping of Node
        Each operator's place in the whole order.
    segment_of : mapping of Node
        The number of the segment that runs it.
    """

    segments: tuple[Segment, ...]
    position: Mapping[Node, int] = field(repr=False)
    segment_of: Mapping[Node, int] = field(repr=False)


def schedule(graph: Graph) -> Schedule:
    """Cut a placed graph into segments."""
    forward = set(topological_order(entry.node for entry in graph.outputs))
    operators = graph.operators
    runs = itertools.groupby(
        operators, key=lambda node: (node not in forward, graph.contexts[node])
    )
    segments: list[Segment] = []
    segment_of: dict[Node, int] = {}
    last: dict[Context, int] = {}
    for index, ((is_backward, context), run) in enumerate(runs):
        nodes = tuple(run)
        waits = {
            segment_of[e.node] for n in nodes for e in n.inputs if e.node in segment_of
        }
        if context in last:
            waits.add(last[context])
        done = _done_after(waits, segments)
        last[context] = index
        segments.append(Segment(index, context, nodes, is_backward, done))
        segment_of.update(dict.fromkeys(nodes, index))
    position = {node: i for i, node in enumerate(operators)}
    return Schedule(tuple(segments), position, segment_of)


def _done_after(waits: set[int], segments: Sequence[Segment]) -> dict[Context, int]:
    """Join what is known at the end of every segment that one waits for."""
    done: dict[Context, int] = {}
    for index in waits:
        earlier = segments[index]
        ended = {**earlier.done_before}
        ended[earlier.context] = max(index, ended.get(earlier.context, -1))
        for place, last in ended.items():
            done[place] = max(last, done.get(place, -1))
    return done


def crossing_readers(graph: Graph) -> dict[Entry, list[Node]]:
    """Return the copy nodes that read an entry from another context."""
    found: dict[Entry, list[Node]] = {}
    for node in graph.operators:
        for entry in node.inputs:
            if graph.contexts[entry.node] != graph.contexts[node]:
                found.setdefault(entry, []).append(node)
    return found
