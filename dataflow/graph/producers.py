"""The pass of chains: what follows a producer alone becomes one node with it.

A convolution's normalization and its activation are computed on the way, where nothing
else reads what lies between. In training, backward reads what a normalization was
given: there, chains begin with the normalization, and on the way back those two are
one again.

Sums with another branch are left to fused groups, which were measured to be faster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.node import Entry, Node
from dataflow_ops.chains import PRODUCERS_BACK, Chain, declare, parameters
from dataflow_ops.fused import Step

Pays = Callable[[Chain], bool]

_ACTIVATIONS = frozenset({"Activation", "relu", "sigmoid"})
# What may follow what: each of these at most once, in this order; then on the way back.
_FOLLOWING: Mapping[str, tuple[frozenset[str], ...]] = {
    "Convolution": (frozenset({"BatchNorm"}), _ACTIVATIONS),
    "FullyConnected": (_ACTIVATIONS,),
    "BatchNorm": (_ACTIVATIONS,),
}
_FOLLOWING_BACK: Mapping[str, tuple[frozenset[str], ...]] = dict.fromkeys(
    PRODUCERS_BACK, (frozenset({"_backward_BatchNorm"}),)
)


def chain(graph: Graph, pays: Pays) -> Graph:
    """Return the graph with chains as single nodes.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    pays : callable
        Whether some kernel computes a chain faster than its steps.
    """
    finder = _Finder(graph)
    made: dict[Node, _Made] = {}  # by the last member
    for node in graph.operators:
        members = [] if node in finder.taken else finder.members(node)
        while len(members) > 1:
            found = _Made(graph, members, finder.readers)
            if pays(found.chain):
                made[members[-1]] = found
                finder.taken.update(members)
                break
            members.pop()
    return _rewritten(graph, made, finder.taken) if made else graph


class _Finder:
    """Follows producers along what they alone are read by."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.heads = set(graph.heads)
        self.taken: set[Node] = set()  # members of chains
        self.readers: dict[Entry, list[Node]] = {}
        for node in graph.operators:
            for entry in node.inputs:
                self.readers.setdefault(entry, []).append(node)
        self._forward = set(topological_order(entry.node for entry in graph.outputs))

    def members(self, node: Node) -> list[Node]:
        """Return a producer and what may be computed on the way, in order."""
        assert node.operator is not None
        table = _FOLLOWING if node in self._forward else _FOLLOWING_BACK
        following = table.get(node.operator.name, ())
        members = [node]
        if self.graph.contexts[node].is_device or not self._own_states(node):
            return members
        for names in following:
            reader = self._next(members[-1])
            if reader is not None and reader.operator.name in names:  # type: ignore[union-attr]
                members.append(reader)
        return members

    def _next(self, node: Node) -> Node | None:
        """Return the one reader of a node's result, if that is all it is for."""
        result = Entry(node, 0)
        readers = self.readers.get(result, [])
        if len(readers) != 1 or result in self.heads:
            return None
        reader, graph = readers[0], self.graph
        alike = (
            self._are_together(reader, node)
            and reader not in self.taken
            and graph.contexts[reader] == graph.contexts[node]
            and graph.shapes[Entry(reader, 0)] == graph.shapes[result]
            and graph.dtypes[Entry(reader, 0)] == graph.dtypes[result]
        )
        return reader if alike and self._own_states(reader) else None

    def _own_states(self, node: Node) -> bool:
        """Tell whether nothing else on the same way touches a node's states."""
        states = node.inputs[node.argument_count :]
        touching = {n for e in states for n in self.readers[e]}
        return not any(n is not node and self._are_together(n, node) for n in touching)

    def _are_together(self, first: Node, second: Node) -> bool:
        """Tell whether both are on the way forth, or both on the way back."""
        return (first in self._forward) == (second in self._forward)


class _Made:
    """A chain, and what it reads and makes in the old graph."""

    def __init__(
        self,
        graph: Graph,
        members: list[Node],
        readers: Mapping[Entry, list[Node]],
    ) -> None:
        inside, heads = set(members), set(graph.heads)
        self.members = tuple(members)
        arguments = dict.fromkeys(
            e for n in members for e in n.inputs[: n.argument_count]
        )
        states = dict.fromkeys(e for n in members for e in n.inputs[n.argument_count :])
        reads = [e for e in arguments if e.node not in inside and e not in states]
        self.inputs = (*reads, *states)
        made = [entry for node in members for entry in node.entries()]
        values = (*self.inputs, *made)
        number = {entry: i for i, entry in enumerate(values)}
        last = Entry(members[-1], 0)
        self.outputs = (
            last,
            *(
                e
                for e in made
                if e != last
                and (e in heads or not inside.issuperset(readers.get(e, ())))
            ),
        )
        self.chain = Chain(
            shapes=tuple(graph.shapes[e] or () for e in values),
            dtypes=tuple(d for e in values if (d := graph.dtypes[e]) is not None),
            inputs=len(self.inputs),
            states=len(states),
            steps=tuple(_step(node, number) for node in members),
            outputs=tuple(number[e] for e in self.outputs),
        )


def _step(node: Node, number: Mapping[Entry, int]) -> Step:
    assert node.operator is not None
    reads = tuple(number[entry] for entry in node.inputs)
    writes = tuple(number[entry] for entry in node.entries())
    return Step(node.operator.name, node.parameters, reads, writes)


def _rewritten(graph: Graph, made: Mapping[Node, _Made], taken: set[Node]) -> Graph:
    """Copy the graph with one node for each chain, at the place of its last member."""
    moved: dict[Entry, Entry] = {}
    new: dict[Node, Node] = {}
    nodes: list[Node] = []
    groups: dict[Node, tuple[Node, ...]] = {}
    for node in graph.nodes:
        found = made.get(node)
        if found is not None:
            copy = _chained(found, moved, new)
            groups[copy] = found.members
            new |= dict.fromkeys(found.members, copy)
            moved |= zip(found.outputs, copy.entries(), strict=True)
        elif node in taken:
            continue
        else:
            copy = new[node] = _copied(node, moved, new)
            moved |= zip(node.entries(), copy.entries(), strict=True)
        nodes.append(copy)
    return replace(
        graph,
        heads=tuple(moved[entry] for entry in graph.heads),
        nodes=tuple(nodes),
        shapes={**graph.shapes, **{e: graph.shapes[o] for o, e in moved.items()}},
        dtypes={**graph.dtypes, **{e: graph.dtypes[o] for o, e in moved.items()}},
        contexts={copy: graph.contexts[node] for node, copy in new.items()},
        groups={**{new.get(n, n): g for n, g in graph.groups.items()}, **groups},
    )


def _chained(
    found: _Made, moved: Mapping[Entry, Entry], new: Mapping[Node, Node]
) -> Node:
    last = found.members[-1]
    return Node(
        declare(found.chain),
        "+".join(node.name for node in found.members),
        tuple(moved[entry] for entry in found.inputs),
        parameters=parameters(found.chain),
        origin=last.origin,
        forward=_moved_forward(last, new),
    )


def _moved_forward(node: Node, new: Mapping[Node, Node]) -> Node | None:
    """Return the forward node that a node belongs to now."""
    return None if node.forward is None else new.get(node.forward, node.forward)


def _copied(node: Node, moved: Mapping[Entry, Entry], new: Mapping[Node, Node]) -> Node:
    """Copy a node where it reads other entries or belongs to another forward node."""
    if node.is_variable:
        return node
    inputs = tuple(moved[entry] for entry in node.inputs)
    forward = _moved_forward(node, new)
    if inputs == node.inputs and forward is node.forward:
        return node
    made = node.rewritten(inputs)
    made.forward = forward
    return made
