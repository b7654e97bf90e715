"""The schedule: segments of nodes, each run as one operation of the engine.

The order is the graph's own. Segments lie on *strands*: each context has one for its
plain operators, whose segments run in order, and each asynchronous operator one of its
own, for it waits outside of the context's lane. Strands run side by side as far as the
entries that cross between them allow.

A segment ends where the context or the phase (forward or backward) changes, and at an
asynchronous operator and its readers. It also ends behind an output or gradient, which
is there then before the phase has ended, and before a reader of another context's
results; but there only if the segment is worth an operation of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dataflow.context import Context
from dataflow.graph.costs import estimated_us
from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.node import Entry, Node

# A segment that ends early has so many operators, or is estimated to take so long.
EARLY_OPERATORS = 64
EARLY_US = 100.0

Asynchronous = Callable[[Node], bool]


class Strand(NamedTuple):
    """What runs in order: a context's plain segments, or one asynchronous one.

    Parameters
    ----------
    context : Context
        In whose memory it works.
    alone : int or None
        The number of the asynchronous segment that it consists of.
    """

    context: Context
    alone: int | None = None


@dataclass(frozen=True)
class Segment:
    """Consecutive nodes on one strand.

    Parameters
    ----------
    index : int
        Its number in the schedule.
    strand : Strand
        Where it runs.
    nodes : tuple of Node
        Operators, in order; a single one if it is asynchronous. None in the plain one
        that stands before an asynchronous operator which begins a phase.
    is_backward : bool
        Whether it belongs to the backward phase.
    after : int or None
        The plain segment of its context that it starts after, whatever it reads.
    done_before : mapping of Strand
        The last segment of each strand that has surely ended when this one starts.
    """

    index: int
    strand: Strand
    nodes: tuple[Node, ...]
    is_backward: bool
    after: int | None
    done_before: Mapping[Strand, int]

    @property
    def context(self) -> Context:
        """Where it runs."""
        return self.strand.context

    @property
    def is_asynchronous(self) -> bool:
        """Whether it is awaited on the io lane."""
        return self.strand.alone is not None


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

    def strand_of(self, node: Node) -> Strand:
        """Return the strand of an operator."""
        return self.segments[self.segment_of[node]].strand


def schedule(
    graph: Graph,
    asynchronous: Asynchronous = lambda node: False,
    early: bool = True,
) -> Schedule:
    """Cut a placed graph into segments.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    asynchronous : callable
        Whether a node is awaited on the io lane.
    early : bool
        Whether segments end behind outputs and gradients.
    """
    segments: list[Segment] = []
    segment_of: dict[Node, int] = {}
    last: dict[Context, int] = {}
    for index, run in enumerate(_runs(graph, asynchronous, early)):
        waits = {
            segment_of[e.node]
            for n in run.nodes
            for e in n.inputs
            if e.node in segment_of
        }
        # An asynchronous one, too, starts after what its context did before: it may
        # write where that was read.
        after = last.get(run.context)
        if after is not None:
            waits.add(after)
        strand = Strand(run.context, index if run.asynchronous else None)
        if not run.asynchronous:
            last[run.context] = index
        done = _done_after(waits, segments)
        segments.append(Segment(index, strand, run.nodes, run.is_backward, after, done))
        segment_of.update(dict.fromkeys(run.nodes, index))
    position = {node: i for i, node in enumerate(graph.operators)}
    return Schedule(tuple(segments), position, segment_of)


class _Run(NamedTuple):
    """Consecutive nodes that make a segment."""

    context: Context
    is_backward: bool
    asynchronous: bool
    nodes: tuple[Node, ...]


class _Cutter:
    """Cuts the order into runs, node by node."""

    def __init__(self, graph: Graph, asynchronous: Asynchronous, early: bool) -> None:
        self.graph = graph
        self.asynchronous = asynchronous
        self.early = early
        self.forward = set(topological_order(entry.node for entry in graph.outputs))
        self.wanted = {entry.node for entry in graph.heads}
        self.runs: list[_Run] = []
        self.begun: set[tuple[Context, bool]] = set()
        self.awaited: set[Node] = set()
        self.key: tuple[Context, bool, bool] | None = None
        self.nodes: list[Node] = []
        self.us = 0.0  # of those nodes that were estimated
        self.estimated = 0

    def add(self, node: Node) -> None:
        """Add the next node of the order."""
        context, is_backward = self.graph.contexts[node], node not in self.forward
        key = (context, is_backward, self.asynchronous(node))
        if self.nodes and (key != self.key or self._ends_before(node)):
            self.end()
        self.key = key
        if key[2]:
            self.awaited.add(node)
            if key[:2] not in self.begun:
                # What follows it on its context must be able to go by: it cannot be
                # what the context's plain segments begin with.
                self.runs.append(_Run(context, is_backward, False, ()))
        self.begun.add(key[:2])
        self.nodes.append(node)

    def end(self) -> None:
        """End the current run."""
        if self.nodes:
            assert self.key is not None
            self.runs.append(_Run(*self.key, tuple(self.nodes)))
        self.nodes, self.us, self.estimated = [], 0.0, 0

    def _ends_before(self, node: Node) -> bool:
        """Tell whether the current run, not empty, ends before a node of its kind."""
        assert self.key is not None
        sources = {entry.node for entry in node.inputs}
        if self.key[2] or not sources.isdisjoint(self.awaited):
            return True
        contexts = self.graph.contexts
        crosses = any(contexts[source] != contexts[node] for source in sources)
        may_end = crosses or (self.early and self.nodes[-1] in self.wanted)
        return may_end and self._is_worth_an_operation()

    def _is_worth_an_operation(self) -> bool:
        """Tell whether the current run may end early."""
        if len(self.nodes) >= EARLY_OPERATORS:
            return True
        while self.estimated < len(self.nodes) and self.us < EARLY_US:
            self.us += estimated_us(self.graph, self.nodes[self.estimated])
            self.estimated += 1
        return self.us >= EARLY_US


def _runs(graph: Graph, asynchronous: Asynchronous, early: bool) -> list[_Run]:
    cutter = _Cutter(graph, asynchronous, early)
    for node in graph.operators:
        cutter.add(node)
    cutter.end()
    return cutter.runs


def _done_after(waits: set[int], segments: Sequence[Segment]) -> dict[Strand, int]:
    """Join what is known at the end of every segment that one waits for."""
    done: dict[Strand, int] = {}
    for index in waits:
        earlier = segments[index]
        ended = {**earlier.done_before}
        ended[earlier.strand] = max(index, ended.get(earlier.strand, -1))
        for strand, last in ended.items():
            done[strand] = max(last, done.get(strand, -1))
    return done


def crossing_readers(graph: Graph, order: Schedule) -> dict[Entry, list[Node]]:
    """Return the nodes that read an operator's entry on another strand."""
    found: dict[Entry, list[Node]] = {}
    for node in graph.operators:
        own = order.strand_of(node)
        for entry in node.inputs:
            if not entry.node.is_variable and order.strand_of(entry.node) != own:
                found.setdefault(entry, []).append(node)
    return found
