"""Finding groups: which nodes of a stretch may become one.

A group lies within one stretch of the order: one context, one phase. It is convex: no
path leaves it and comes back. Groups of elementwise nodes grow along the order, a node
joining the groups of those that it reads. Then reductions join: the group that makes
what they reduce, or one that reads it, too. What they give leaves the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_ops.fused import BROADCAST, ELEMENTWISE, may_join
from dataflow_ops.fused_reductions import (
    REDUCTIONS,
    SPREADS,
    axes_of,
    may_end,
    may_spread,
)
from dataflow_ops.shapes import Shape

MOST_STEPS = 64  # keeps compiling a group, and what lives during it, within bounds

_FUSIBLE = ELEMENTWISE | BROADCAST | SPREADS

# Kernels of these take an activation that only follows them into themselves.
_PRODUCERS = {"Convolution", "Deconvolution", "FullyConnected", "BatchNorm"}
_ACTIVATIONS = {"Activation", "relu", "sigmoid", "tanh"}


class Group:
    """Nodes that may become one; a node that may not is alone in a group.

    Parameters
    ----------
    node : Node
        The first one.
    position : int
        Its place in the order.
    before : iterable of Node
        What it has to run after.
    """

    __slots__ = ("axes", "before", "ends", "first", "last", "nodes")

    def __init__(self, node: Node, position: int, before: Iterable[Node]) -> None:
        self.nodes = [node]
        self.ends: list[Node] = []  # reductions among them
        self.axes: tuple[int, ...] | None = None  # that they reduce
        self.first = self.last = position
        self.before = set(before)  # outside of it

    def add(self, node: Node, position: int) -> None:
        """Add a later node that has to run after nothing of the stretch but these."""
        self.nodes.append(node)
        self.last = position

    def take(self, other: Group, group_of: dict[Node, Group]) -> None:
        """Unite with another group."""
        for member in other.nodes:
            group_of[member] = self
        self.nodes += other.nodes
        self.ends += other.ends
        self.axes = other.axes if self.axes is None else self.axes
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)
        both = self.before | other.before
        self.before = {node for node in both if group_of.get(node) is not self}


class Grouping:
    """Grows the groups of one stretch after the other.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.states = {Entry(node, 0) for node in graph.states}
        self.before = _before(graph, self.states)
        self.readers: dict[Entry, list[Node]] = {}
        for node in graph.operators:
            inputs = node.inputs
            for entry in inputs if len(inputs) < 2 else dict.fromkeys(inputs):
                self.readers.setdefault(entry, []).append(node)
        self.group_of: dict[Node, Group] = {}
        self.fusible: set[Node] = set()

    def groups(self, stretch: Sequence[Node]) -> list[tuple[list[Node], list[Node]]]:
        """Return the elementwise nodes of each group, and its reductions, in order."""
        self.group_of, self.fusible = {}, set()
        for position, node in enumerate(stretch):
            self._place(node, position)
        for node in stretch:
            self._end(node)
        place = {node: i for i, node in enumerate(stretch)}
        found = []
        for group in dict.fromkeys(self.group_of.values()):
            if len(group.nodes) > 1 or group.ends:
                nodes = sorted(group.nodes, key=place.__getitem__)
                ends = [node for node in nodes if node in group.ends]
                found.append(([n for n in nodes if n not in ends], ends))
        return found

    # Elementwise nodes

    def _may_join(self, node: Node) -> bool:
        assert node.operator is not None
        name, shapes = node.operator.name, self.graph.shapes
        if name not in _FUSIBLE:
            return False
        outputs: list[Shape] = [shapes[e] or () for e in node.entries()]
        if name in SPREADS:
            return may_spread(outputs[0], self.graph.dtypes[node.entries()[0]])
        inputs: list[Shape] = [shapes[e] or () for e in node.inputs]
        return (
            may_join(name, inputs, outputs)
            and (not self.states or self.states.isdisjoint(node.inputs))
            and not self._is_taken(node)
        )

    def _is_taken(self, node: Node) -> bool:
        """Tell whether the kernel of what it follows may compute it on the way."""
        assert node.operator is not None
        if node.operator.name not in _ACTIVATIONS or not node.inputs:
            return False
        source = node.inputs[0]
        before = source.node.operator
        return (
            before is not None
            and before.name in _PRODUCERS
            and self.readers[source] == [node]
        )

    def _place(self, node: Node, position: int) -> None:
        """Let a node join the groups that it reads, as far as that is convex."""
        group_of, before = self.group_of, self.before[node]
        sources = self._sources(node) if self._may_join(node) else ()
        if sources:
            group = group_of[sources[0]]
            alone = {group}.issuperset(group_of.get(n, group) for n in before)
            if alone and len(group.nodes) < MOST_STEPS:  # nothing can lie between
                group_of[node] = group
                group.add(node, position)
                return
        group_of[node] = Group(node, position, before)
        for source in sources:
            self._unite(group_of[node], group_of[source])

    def _sources(self, node: Node) -> Sequence[Node]:
        """Return the fusible nodes whose results a node reads in its own shape."""
        self.fusible.add(node)
        shapes = self.graph.shapes
        shape = shapes[node.entries()[0]]
        return [
            entry.node
            for entry in node.inputs
            if entry.node in self.fusible and shapes[entry] == shape
        ]

    def _unite(self, own: Group, other: Group) -> bool:
        """Make one of two groups, if that is convex and not too large."""
        if own is other:
            return True
        if len(other.nodes) + len(own.nodes) > MOST_STEPS or self._surround(own, other):
            return False
        large, small = (
            (other, own) if len(other.nodes) > len(own.nodes) else (own, other)
        )
        large.take(small, self.group_of)
        return True

    def _surround(self, own: Group, other: Group) -> bool:
        """Tell whether a path leaves the two groups and comes back to one of them."""
        group_of = self.group_of
        first = min(own.first, other.first)
        waiting: list[Group] = []
        seen: set[Group] = set()
        for part in (own, other):
            for source in part.before:
                group = group_of.get(source)
                if (
                    group is not None
                    and group.last > first
                    and group is not own
                    and group is not other
                    and group not in seen
                ):
                    seen.add(group)
                    waiting.append(group)
        while waiting:
            for source in waiting.pop().before:
                group = group_of.get(source)
                if group is own or group is other:
                    return True
                if group is not None and group.last > first and group not in seen:
                    seen.add(group)
                    waiting.append(group)
        return False

    # Reductions

    def _end(self, node: Node) -> None:
        """Let a reduction end a group; without one it is a group by itself."""
        assert node.operator is not None
        if node.operator.name not in REDUCTIONS:
            return
        entry, graph = node.inputs[0], self.graph
        data = graph.shapes[entry] or ()
        if entry in self.states or not may_end(
            data, graph.dtypes[entry], graph.dtypes[node.entries()[0]]
        ):
            return
        own = self.group_of[node]
        own.ends, own.axes = [node], axes_of(node.parameters, data)
        for source in (entry.node, *self.readers[entry]):
            other = self.group_of.get(source)
            if (
                source in self.fusible
                and other is not None
                and graph.shapes[source.entries()[0]] == data
                and other.axes in (None, own.axes)
                and node not in other.before  # what it gives leaves the group
                and self._unite(own, other)
            ):
                return


def _before(graph: Graph, states: set[Entry]) -> dict[Node, list[Node]]:
    """Return what each node has to run after.

    That is what it reads and, around auxiliary states, what touched one before.
    """
    before: dict[Node, list[Node]] = {}
    touched: list[Node] = []
    for node in graph.operators:
        before[node] = [entry.node for entry in node.inputs]
        if states and not states.isdisjoint(node.inputs):
            before[node] += touched
            touched = [node]
    return before
