"""The simplification pass: what changes nothing is left out, and nothing done twice.

Results stay bit for bit what they were, with one exception: a float that is -0 would
have become +0 where the number 0 is added to it, and stays -0 now.

Heads keep their nodes, and so their names and contexts. Nodes that draw random numbers,
update states or run a user's own code are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.node import Entry, Node
from dataflow_ops.attributes import Attributes


def simplify(graph: Graph) -> Graph:
    """Return the graph without identities, duplicates and what nobody reads.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    """
    finder = _Finder(graph)
    for node in graph.operators:
        finder.visit(node)
    return _rebuilt(graph, finder.equals) if finder.equals else graph


def is_pure(node: Node) -> bool:
    """Tell whether a node only computes its outputs, and the same ones every time."""
    operator = node.operator
    if operator is None or operator.random or operator.free:  # free: a user's own code
        return False
    return node.argument_count == len(node.inputs)


# What equals one of the inputs


def _same_order(attributes: Attributes) -> bool:
    return True  # where shape and type stay, too


def _one_part(attributes: Attributes) -> bool:
    return bool(attributes.num_args == 1)


def _neutral(number: float) -> Callable[[Attributes], bool]:
    return lambda attributes: bool(attributes.scalar == number)


# Operators whose first input is their output, if shape and type are the same.
_IDENTITIES: Mapping[str, Callable[[Attributes], bool]] = {
    "_plus_scalar": _neutral(0),
    "_minus_scalar": _neutral(0),
    "_mul_scalar": _neutral(1),
    "_div_scalar": _neutral(1),
    "_power_scalar": _neutral(1),
    "add_n": _one_part,
    "Concat": _one_part,
    "Cast": _same_order,
    "amp_cast": _same_order,
    "_backward_Cast": _same_order,
    "broadcast_to": _same_order,
    "broadcast_axis": _same_order,
    "broadcast_like": _same_order,
    "slice_axis": _same_order,
}
# Backward operators that pass the gradient to these outputs, where nothing is summed.
_PASSED_ON = {"_backward_broadcast_add": (0, 1), "_backward_broadcast_sub": (0,)}


def _undoes(second: Node, first: Node, rank: int) -> bool:
    """Tell whether one operator after another gives back what the first one read."""
    assert second.operator is not None
    if first.operator is not second.operator:
        return False
    ours, theirs = second.parameters, first.parameters
    if second.operator.name == "transpose":
        backwards = tuple(range(rank))[::-1]
        outer, inner = ours.axes or backwards, theirs.axes or backwards
        return [inner[axis] for axis in outer] == list(range(rank))
    if second.operator.name == "SwapAxis":
        return {ours.dim1, ours.dim2} == {theirs.dim1, theirs.dim2}
    return second.operator.name == "negative"


class _Finder:
    """Finds the entries that equal earlier ones. Each is told as the first of them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.heads = set(graph.heads)
        # Arrays of gradients may be added to: they do not hold their entries' values.
        self.gradients = {e.node for e in graph.heads[graph.output_count :]}
        self.forward = set(topological_order(entry.node for entry in graph.outputs))
        self.states = {Entry(node, 0) for node in graph.states}
        self.equals: dict[Entry, Entry] = {}
        self.seen: dict[object, Node] = {}

    def visit(self, node: Node) -> None:
        if not is_pure(node):
            return
        inputs = tuple(self.equals.get(entry, entry) for entry in node.inputs)
        for slot, entry in enumerate(node.entries()):
            source = self._source(node, slot, inputs)
            if source is not None and self._replaces(source, entry):
                self.equals[entry] = source
        if self.states.isdisjoint(inputs):  # a state may change between two readers
            self._compare(node, inputs)

    def _source(self, node: Node, slot: int, inputs: tuple[Entry, ...]) -> Entry | None:
        """Return what an output equals by its operator's nature."""
        assert node.operator is not None
        name = node.operator.name
        if slot in _PASSED_ON.get(name, ()):
            return inputs[0]
        if slot or not inputs:
            return None
        identity = _IDENTITIES.get(name)
        if node.operator.view or (identity is not None and identity(node.parameters)):
            return inputs[0]
        before = inputs[0].node
        rank = len(self.graph.shapes[inputs[0]] or ())
        if is_pure(before) and _undoes(node, before, rank):
            return self.equals.get(before.inputs[0], before.inputs[0])
        return None

    def _compare(self, node: Node, inputs: tuple[Entry, ...]) -> None:
        """Read the outputs of an earlier node of the same phase that does the same."""
        facts = tuple(map(self._facts, node.entries()))
        # Not across phases: what backward computes again is meant to be freed before.
        key = (node.operator, node.parameters, inputs, facts, node in self.forward)
        if node not in self.gradients:
            first = self.seen.setdefault(key, node)
        else:
            first = self.seen.get(key, node)
        if first is not node:
            for entry, other in zip(node.entries(), first.entries(), strict=True):
                if entry not in self.heads:
                    self.equals.setdefault(entry, self.equals.get(other, other))

    def _replaces(self, source: Entry, entry: Entry) -> bool:
        return entry not in self.heads and self._facts(source) == self._facts(entry)

    def _facts(self, entry: Entry) -> tuple[object, ...]:
        graph = self.graph
        return graph.shapes[entry], graph.dtypes[entry], graph.contexts[entry.node]


def _rebuilt(graph: Graph, equals: Mapping[Entry, Entry]) -> Graph:
    """Read the equals of entries, and leave out what is no longer read."""
    needed = _needed(graph, equals)
    new: dict[Node, Node] = {}
    for node in graph.nodes:
        if node in needed:
            new[node] = node if node.is_variable else _copied(node, equals, new)

    def moved(entry: Entry) -> Entry:
        return Entry(new[entry.node], entry.slot)

    return replace(
        graph,
        heads=tuple(map(moved, graph.heads)),
        nodes=tuple(new.values()),
        shapes={moved(e): s for e, s in graph.shapes.items() if e.node in new},
        dtypes={moved(e): d for e, d in graph.dtypes.items() if e.node in new},
        contexts={new[n]: c for n, c in graph.contexts.items() if n in new},
    )


def _needed(graph: Graph, equals: Mapping[Entry, Entry]) -> set[Node]:
    """Return the variables, what the heads need, and what does more than compute."""
    needed = {entry.node for entry in graph.heads}
    for node in reversed(graph.nodes):
        if node.is_variable or not is_pure(node):
            needed.add(node)
        if node in needed:
            needed |= {equals.get(entry, entry).node for entry in node.inputs}
    return needed


def _copied(
    node: Node, equals: Mapping[Entry, Entry], new: Mapping[Node, Node]
) -> Node:
    """Copy a node where it reads other entries or belongs to another forward node."""
    old = [equals.get(entry, entry) for entry in node.inputs]
    inputs = tuple(Entry(new[source], slot) for source, slot in old)
    forward = node.forward
    if forward is not None and forward not in new:  # an equal one stands for it
        forward = equals.get(Entry(forward, 0), Entry(forward, 0)).node
    if forward is not None:
        forward = new.get(forward, forward)
    if inputs == node.inputs and forward is node.forward:
        return node
    made = node.rewritten(inputs)
    made.forward = forward
    return made
