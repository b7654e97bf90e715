"""The simplification pass: what changes nothing is left out, and nothing done twice.

Results stay bit for bit what they were, but for what `identities` says.

Heads keep their nodes, and so their names and contexts. Nodes that draw random numbers,
update states or run a user's own code are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.identities import (
    FOLLOWING,
    composed,
    passes_on,
    permutation,
    repeats,
    undoes,
)
from dataflow.graph.node import Entry, Node
from dataflow_ops.attributes import Attributes
from dataflow_ops.registry import find


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
    if not finder.equals and not finder.instead:
        return graph
    return rebuilt(graph, finder.equals, finder.instead)


def is_pure(node: Node) -> bool:
    """Tell whether a node only computes its outputs, and the same ones every time."""
    operator = node.operator
    if operator is None or operator.random or operator.free:  # free: a user's own code
        return False
    return not operator.auxiliary or node.argument_count == len(node.inputs)


class _Finder:
    """Finds the entries that equal earlier ones. Each is told as the first of them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.heads = set(graph.heads)
        # Arrays of gradients may be added to: they do not hold their entries' values.
        self.gradients = {e.node for e in graph.heads[graph.output_count :]}
        self.forward: Set[Node] = set()
        if self.gradients:
            self.forward = set(topological_order(e.node for e in graph.outputs))
        # They may change between two readers.
        self.states = {Entry(node, 0) for node in graph.states}
        self.equals: dict[Entry, Entry] = {}
        self.instead: dict[Node, Node] = {}
        self.views: dict[Entry, Entry] = {}  # of what
        self.seen: dict[object, Node] = {}

    def visit(self, node: Node) -> None:
        """Find out about the next node of the order."""
        if not is_pure(node):
            return
        inputs = node.inputs
        if self.equals:
            inputs = tuple([self.equals.get(entry, entry) for entry in inputs])
        if self.states and not self.states.isdisjoint(inputs):
            return
        for slot, entry in enumerate(node.entries()):
            if passes_on(node, slot) and self._replaces(inputs[0], entry):
                self.equals[entry] = inputs[0]
        assert node.operator is not None
        if node.operator.view and len(inputs) == 1:
            self._view(Entry(node, 0), inputs[0])
        elif node.operator.name in FOLLOWING:
            self._follow(node, inputs[0])
        self._compare(node, inputs)

    def _view(self, entry: Entry, source: Entry) -> None:
        """Find out whether views of views have come back to the first shape."""
        whole = self.views[entry] = self.views.get(source, source)
        if self._replaces(whole, entry):
            self.equals.setdefault(entry, whole)

    def _follow(self, node: Node, source: Entry) -> None:
        """Find out what an operator makes together with the one before it."""
        entry, before = Entry(node, 0), source.node
        if not is_pure(before) or len(before.inputs) != 1:
            return
        known = self.instead.get(before, before)
        origin = self.equals.get(known.inputs[0], known.inputs[0])
        if repeats(node, before):
            if self._replaces(source, entry):
                self.equals[entry] = source
        elif origin in self.states:
            return
        elif undoes(node, before, self.graph):
            if self._replaces(origin, entry):
                self.equals[entry] = origin
        else:
            self._permute(node, known, origin)

    def _permute(self, node: Node, before: Node, origin: Entry) -> None:
        """Move axes once instead of twice."""
        rank = len(self.graph.shapes[origin] or ())
        first, second = permutation(before, rank), permutation(node, rank)
        if first is None or second is None:
            return
        axes, entry = composed(second, first), Entry(node, 0)
        if axes == tuple(range(rank)) and self._replaces(origin, entry):
            self.equals[entry] = origin
        elif axes != tuple(range(rank)) and self._is_here(origin, entry):
            self.instead[node] = _transposed(node, origin, axes)

    def _compare(self, node: Node, inputs: tuple[Entry, ...]) -> None:
        """Read the outputs of an earlier node of the same phase that does the same."""
        # Not across phases: what backward computes again is meant to be freed before.
        key = (node.operator, node.parameters, inputs, node in self.forward)
        if node not in self.gradients:
            first = self.seen.setdefault(key, node)
        else:
            first = self.seen.get(key, node)
        if first is node or not _same_numbers(node.parameters, first.parameters):
            return
        pairs = [*zip(node.entries(), first.entries(), strict=True)]
        if all(self._facts(entry) == self._facts(other) for entry, other in pairs):
            for entry, other in pairs:
                if entry not in self.heads:
                    self.equals.setdefault(entry, self.equals.get(other, other))

    def _replaces(self, source: Entry, entry: Entry) -> bool:
        return entry not in self.heads and self._facts(source) == self._facts(entry)

    def _is_here(self, source: Entry, entry: Entry) -> bool:
        return self.graph.contexts[source.node] == self.graph.contexts[entry.node]

    def _facts(self, entry: Entry) -> tuple[object, ...]:
        graph = self.graph
        return graph.shapes[entry], graph.dtypes[entry], graph.contexts[entry.node]


def _same_numbers(one: Attributes, other: Attributes) -> bool:
    """Tell whether equal attributes are the same: 0.0 equals -0.0, but is not."""
    return one is other or repr(one) == repr(other)


def _transposed(node: Node, source: Entry, axes: tuple[int, ...]) -> Node:
    """Return a node that moves axes in the place of another one."""
    operator = find("transpose")
    made = node.rewritten((source,))
    made.operator, made.parameters = operator, operator.parse({"axes": axes})
    made.given = {"axes": str(axes)}
    return made


def rebuilt(
    graph: Graph,
    equals: Mapping[Entry, Entry],
    instead: Mapping[Node, Node] | None = None,
) -> Graph:
    """Return the graph reading other entries, without what is no longer read.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    equals : mapping of Entry
        What is read instead of some entries.
    instead : mapping of Node
        What takes the places of some nodes, with the same outputs.
    """
    instead = instead or {}
    needed = _needed(graph, equals, instead)
    new: dict[Node, Node] = {}
    shapes: dict[Entry, Any] = {}
    dtypes: dict[Entry, Any] = {}
    for node in graph.nodes:
        if node not in needed:
            continue
        made = node
        if not node.is_variable:
            made = _copied(instead.get(node, node), equals, new)
        new[node] = made
        for before, after in zip(node.entries(), made.entries(), strict=True):
            shapes[after], dtypes[after] = graph.shapes[before], graph.dtypes[before]
    return replace(
        graph,
        heads=tuple(Entry(new[node], slot) for node, slot in graph.heads),
        nodes=tuple(new.values()),
        shapes=shapes,
        dtypes=dtypes,
        contexts={made: graph.contexts[node] for node, made in new.items()},
    )


def _needed(
    graph: Graph, equals: Mapping[Entry, Entry], instead: Mapping[Node, Node]
) -> set[Node]:
    """Return the variables, what the heads need, and what does more than compute."""
    needed = {entry.node for entry in graph.heads}
    for node in reversed(graph.nodes):
        if node in needed or node.is_variable or not is_pure(node):
            needed.add(node)
            for entry in instead.get(node, node).inputs:
                needed.add(equals.get(entry, entry).node)
    return needed


def _copied(
    node: Node, equals: Mapping[Entry, Entry], new: Mapping[Node, Node]
) -> Node:
    """Copy a node where it reads other entries or belongs to another forward node."""
    old = [equals.get(entry, entry) for entry in node.inputs]
    inputs = tuple([Entry(new[source], slot) for source, slot in old])
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
