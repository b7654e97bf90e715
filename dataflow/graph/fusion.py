"""The fusion pass: connected elementwise nodes become one node.

A group lies within one stretch of the order: one context, one phase. It is convex: no
path leaves it and comes back. Groups grow along the order, a node joining the groups of
those that it reads; what a group does not pay for is left as it was.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.node import Entry, Node
from dataflow_ops.attributes import Attributes
from dataflow_ops.fused import Program, Step, declare, may_join
from dataflow_ops.shapes import Shape

Pays = Callable[[Program], bool]

MOST_STEPS = 64  # keeps compiling a group, and what lives during it, within bounds
MOST_PAIRS = 120  # of arrays, one of them written: LLVM asks whether they overlap,
# and beyond 128 such questions it gives up making vectors

# Kernels of these take an activation that only follows them into themselves.
_PRODUCERS = {"Convolution", "Deconvolution", "FullyConnected", "BatchNorm"}
_ACTIVATIONS = {"Activation", "relu", "sigmoid", "tanh"}


def fuse(graph: Graph, pays: Pays) -> Graph:
    """Return the graph with groups of elementwise nodes as single nodes.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    pays : callable
        Whether some kernel runs a program faster than its steps.
    """
    finder = _Grouping(graph)
    merged: dict[Node, _Merged] = {}
    order: list[Node] = list(graph.variables)
    for stretch in _stretches(graph):
        # Only kernels of the host's back ends compute groups.
        on_host = not graph.contexts[stretch[0]].is_device
        for group in finder.groups(stretch) if on_host else ():
            for made in _small(graph, group, finder.readers):
                if pays(made.program):
                    merged |= dict.fromkeys(made.members, made)
        order += _ordered(stretch, finder.before, merged)
    return _rewritten(graph, order, merged) if merged else graph


def _stretches(graph: Graph) -> Iterator[list[Node]]:
    forward = set(topological_order(entry.node for entry in graph.outputs))
    runs = itertools.groupby(
        graph.operators, key=lambda node: (node not in forward, graph.contexts[node])
    )
    for _, nodes in runs:
        yield list(nodes)


def _before(graph: Graph) -> dict[Node, list[Node]]:
    """Return what each node has to run after.

    That is what it reads and, around auxiliary states, what touched one before.
    """
    states = {Entry(node, 0) for node in graph.states}
    before: dict[Node, list[Node]] = {}
    touched: list[Node] = []
    for node in graph.operators:
        before[node] = [entry.node for entry in node.inputs]
        if not states.isdisjoint(node.inputs):
            before[node] += touched
            touched = [node]
    return before


# Finding groups


class _Group:
    """Nodes that may become one; a node that may not is alone in a group."""

    def __init__(self, node: Node, position: int, before: Iterable[Node]) -> None:
        self.nodes = [node]
        self.first = self.last = position
        self.before = set(before)  # outside of it

    def take(self, other: _Group) -> None:
        self.nodes += other.nodes
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)
        self.before |= other.before
        self.before.difference_update(self.nodes)


class _Grouping:
    """Grows the groups of one stretch after the other."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.states = {Entry(node, 0) for node in graph.states}
        self.before = _before(graph)
        self.readers: dict[Entry, list[Node]] = {}
        for node in graph.operators:
            for entry in dict.fromkeys(node.inputs):
                self.readers.setdefault(entry, []).append(node)
        self.group_of: dict[Node, _Group] = {}
        self.fusible: set[Node] = set()

    def groups(self, stretch: Sequence[Node]) -> list[list[Node]]:
        """Return the groups of several nodes, each in order."""
        self.group_of = {n: _Group(n, i, self.before[n]) for i, n in enumerate(stretch)}
        position = {node: i for i, node in enumerate(stretch)}
        self.fusible = set(filter(self._may_join, stretch))
        for node in filter(self.fusible.__contains__, stretch):
            self._join(node)
        found = dict.fromkeys(self.group_of.values())
        return [
            sorted(group.nodes, key=position.__getitem__)
            for group in found
            if len(group.nodes) > 1
        ]

    def _may_join(self, node: Node) -> bool:
        assert node.operator is not None
        shapes = self.graph.shapes
        inputs: list[Shape] = [shapes[e] or () for e in node.inputs]
        outputs: list[Shape] = [shapes[e] or () for e in node.entries()]
        return (
            may_join(node.operator.name, inputs, outputs)
            and self.states.isdisjoint(node.inputs)
            and not self._is_taken(node)
        )

    def _is_taken(self, node: Node) -> bool:
        """Tell whether the kernel of what it follows may compute it on the way."""
        assert node.operator is not None
        source = node.inputs[0] if node.inputs else None
        if node.operator.name not in _ACTIVATIONS or source is None:
            return False
        before = source.node.operator
        return (
            before is not None
            and before.name in _PRODUCERS
            and self.readers[source] == [node]
        )

    def _join(self, node: Node) -> None:
        """Unite a node with the groups that it reads, as far as that is convex."""
        own = self.group_of[node]
        shape = self.graph.shapes[Entry(node, 0)]
        for source in dict.fromkeys(entry.node for entry in node.inputs):
            if (
                source not in self.fusible
                or (other := self.group_of[source]) is own
                or self.graph.shapes[Entry(source, 0)] != shape
                or len(other.nodes) + len(own.nodes) > MOST_STEPS
                or self._surround(own, other)
            ):
                continue
            for member in other.nodes:
                self.group_of[member] = own
            own.take(other)

    def _surround(self, own: _Group, other: _Group) -> bool:
        """Tell whether a path leaves the two groups and comes back to one of them."""
        both = (own, other)
        first = min(own.first, other.first)
        waiting = [
            group
            for part in both
            for group in self._read_by(part)
            if group not in both and group.last > first
        ]
        seen = set(waiting)
        while waiting:
            for group in self._read_by(waiting.pop()):
                if group in both:
                    return True
                if group.last > first and group not in seen:
                    seen.add(group)
                    waiting.append(group)
        return False

    def _read_by(self, group: _Group) -> Iterator[_Group]:
        for source in group.before:
            found = self.group_of.get(source)
            if found is not None:
                yield found


# Making one node of a group


class _Merged:
    """A group as a program, and what it reads and makes in the old graph."""

    def __init__(
        self,
        members: Sequence[Node],
        inputs: Sequence[Entry],
        outputs: Sequence[Entry],
        program: Program,
    ) -> None:
        self.members = tuple(members)
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.program = program


def _merge(
    graph: Graph, members: Sequence[Node], readers: Mapping[Entry, list[Node]]
) -> _Merged:
    inside, heads = set(members), set(graph.heads)
    reads = dict.fromkeys(entry for node in members for entry in node.inputs)
    inputs = [entry for entry in reads if entry.node not in inside]
    made = [entry for node in members for entry in node.entries()]
    number = {entry: i for i, entry in enumerate((*inputs, *made))}
    outputs = [
        entry
        for entry in made
        if entry in heads or not inside.issuperset(readers.get(entry, ()))
    ]
    program = Program(
        shape=graph.shapes[made[0]] or (),
        inputs=tuple(graph.shapes[entry] or () for entry in inputs),
        dtypes=tuple(dtype for e in number if (dtype := graph.dtypes[e]) is not None),
        steps=tuple(_step(node, number) for node in members),
        outputs=tuple(number[entry] for entry in outputs),
    )
    return _Merged(members, inputs, outputs, program)


def _step(node: Node, number: Mapping[Entry, int]) -> Step:
    assert node.operator is not None
    return Step(
        node.operator.name,
        node.parameters,
        tuple(number[entry] for entry in node.inputs),
        tuple(number[entry] for entry in node.entries()),
    )


def _small(
    graph: Graph, members: Sequence[Node], readers: Mapping[Entry, list[Node]]
) -> Iterator[_Merged]:
    """Make a group, or its halves if it has too many arrays; they are convex, too."""
    made = _merge(graph, members, readers)
    if pairs(len(made.inputs), len(made.outputs)) <= MOST_PAIRS:
        yield made
    elif len(members) > 3:
        middle = len(members) // 2
        yield from _small(graph, members[:middle], readers)
        yield from _small(graph, members[middle:], readers)


def pairs(inputs: int, outputs: int) -> int:
    """Count the pairs of arrays of which at least one is written."""
    return outputs * (outputs - 1) // 2 + inputs * outputs


def _title(members: Sequence[Node]) -> str:
    if len(members) <= 3:
        return "+".join(node.name for node in members)
    return f"{members[0].name}+{len(members) - 2}+{members[-1].name}"


# The new graph


def _ordered(
    stretch: Iterable[Node],
    before: Mapping[Node, Sequence[Node]],
    merged: Mapping[Node, _Merged],
) -> list[Node]:
    """Order a stretch so that the members of a group follow each other.

    Everything else stays as early as it can be, in the order in which it was.
    """
    units: dict[object, list[Node]] = {}
    for node in stretch:
        units.setdefault(merged.get(node, node), []).append(node)
    unit_of = {node: unit for unit, nodes in units.items() for node in nodes}
    place = {unit: i for i, unit in enumerate(units)}
    waits: dict[object, set[object]] = {
        unit: {
            unit_of[source]
            for node in nodes
            for source in before[node]
            if source in unit_of and unit_of[source] is not unit
        }
        for unit, nodes in units.items()
    }
    next_ones: dict[object, list[object]] = {}
    for unit, sources in waits.items():
        for source in sources:
            next_ones.setdefault(source, []).append(unit)
    missing = {unit: len(sources) for unit, sources in waits.items()}
    by_place = list(units)
    ready = [place[unit] for unit, count in missing.items() if not count]
    heapq.heapify(ready)
    order: list[Node] = []
    while ready:
        unit = by_place[heapq.heappop(ready)]
        order += units[unit]
        for reader in next_ones.get(unit, ()):
            missing[reader] -= 1
            if not missing[reader]:
                heapq.heappush(ready, place[reader])
    return order


def _rewritten(
    graph: Graph, order: Sequence[Node], merged: Mapping[Node, _Merged]
) -> Graph:
    """Copy the graph in another order, with one node for each group."""
    moved: dict[Entry, Entry] = {}
    new: dict[Node, Node] = {}
    groups: dict[Node, tuple[Node, ...]] = {}
    nodes: list[Node] = []
    for node in order:
        group = merged.get(node)
        if group is None:
            made = _copied(node, moved, new)
            moved |= zip(node.entries(), made.entries(), strict=True)
        elif node is not group.members[0]:
            continue
        else:
            made = _fused(group, moved)
            groups[made] = group.members
            moved |= zip(group.outputs, made.entries(), strict=True)
        new[node] = made
        nodes.append(made)
    return replace(
        graph,
        heads=tuple(moved[entry] for entry in graph.heads),
        nodes=tuple(nodes),
        # Errors tell of the members of groups, too.
        shapes={**graph.shapes, **{e: graph.shapes[o] for o, e in moved.items()}},
        dtypes={**graph.dtypes, **{e: graph.dtypes[o] for o, e in moved.items()}},
        contexts={made: graph.contexts[node] for node, made in new.items()},
        groups={**{new.get(n, n): g for n, g in graph.groups.items()}, **groups},
    )


def _copied(node: Node, moved: Mapping[Entry, Entry], new: Mapping[Node, Node]) -> Node:
    """Copy a node where it reads other entries or belongs to another forward node."""
    if node.is_variable:
        return node
    inputs = tuple(moved[entry] for entry in node.inputs)
    forward = None if node.forward is None else new.get(node.forward, node.forward)
    if inputs == node.inputs and forward is node.forward:
        return node
    made = node.rewritten(inputs)
    made.forward = forward
    return made


def _fused(group: _Merged, moved: Mapping[Entry, Entry]) -> Node:
    last = group.members[-1]
    return Node(
        declare(group.program),
        _title(group.members),
        tuple(moved[entry] for entry in group.inputs),
        parameters=Attributes({"program": group.program}),
        origin=last.origin,
        forward=last.forward,
    )
