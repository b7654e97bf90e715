"""Gradients of broadcasting operators as elementwise operators and sums.

The gradient of a side that was broadcast is a sum. Where both stand for themselves, the
elementwise part can join a group that ends in the sum, and what a side of the whole
shape gets needs no copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_ops.dtypes import FLOAT32, FLOAT64
from dataflow_ops.registry import find
from dataflow_ops.shapes import Shape

Make = Callable[..., Entry]


def unbroadcast(graph: Graph) -> Graph:
    """Return the graph with the gradients of broadcasting operators taken apart.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    """
    kinds = {node.operator.name for node in graph.operators if node.operator}
    if kinds.isdisjoint(_SIDES):
        return graph
    rewriter = _Rewriter(graph)
    for node in graph.nodes:
        rewriter.visit(node)
    return rewriter.graph()


def _is_apart(graph: Graph, node: Node) -> bool:
    """Tell whether a node is to be taken apart: it sums over some axes."""
    assert node.operator is not None
    if node.operator.name not in _SIDES:
        return False
    whole = graph.shapes[node.inputs[0]]
    made = node.entries()
    return graph.dtypes[made[0]] in (FLOAT32, FLOAT64) and any(
        graph.shapes[entry] != whole for entry in made
    )


# What each side gets before it is summed, from the gradient and the two sides.


def _right_of_sub(make: Make, grad: Entry) -> Entry:
    return make("negative", grad)


def _right_of_div(make: Make, grad: Entry, lhs: Entry, rhs: Entry) -> Entry:
    share = make("negative", make("broadcast_div", grad, rhs))
    return make("broadcast_mul", share, make("broadcast_div", lhs, rhs))


_SIDES: Mapping[str, tuple[Callable[..., Entry], Callable[..., Entry]]] = {
    "_backward_broadcast_add": (lambda make, g: g, lambda make, g: g),
    "_backward_broadcast_sub": (lambda make, g: g, _right_of_sub),
    "_backward_broadcast_mul": (
        lambda make, g, lhs, rhs: make("broadcast_mul", g, rhs),
        lambda make, g, lhs, rhs: make("broadcast_mul", g, lhs),
    ),
    "_backward_broadcast_div": (
        lambda make, g, lhs, rhs: make("broadcast_div", g, rhs),
        _right_of_div,
    ),
}


_TITLES = ("lhs", "rhs")


class _Rewriter:
    """Copies a graph, node by node."""

    def __init__(self, graph: Graph) -> None:
        self.old = graph
        self.heads = set(graph.heads)
        self.read = {entry for node in graph.operators for entry in node.inputs}
        self.shapes = dict(graph.shapes)
        self.dtypes = dict(graph.dtypes)
        self.contexts = dict(graph.contexts)
        self.nodes: list[Node] = []
        self.moved: dict[Entry, Entry] = {}
        self.new: dict[Node, Node] = {}

    def visit(self, node: Node) -> None:
        """Copy a node, or what it is taken apart into."""
        if not node.is_variable and _is_apart(self.old, node):
            self._take_apart(node)
            return
        inputs = tuple(self.moved.get(entry, entry) for entry in node.inputs)
        forward = None if node.forward is None else self.new.get(node.forward)
        made = node
        if inputs != node.inputs or (forward or node.forward) is not node.forward:
            made = node.rewritten(inputs)
            made.forward = forward or node.forward
            self.moved |= zip(node.entries(), made.entries(), strict=True)
            self._note(made, node)
        self.new[node] = made
        self.nodes.append(made)

    def _take_apart(self, node: Node) -> None:
        assert node.operator is not None
        inputs = [self.moved.get(entry, entry) for entry in node.inputs]
        for side, entry in zip(_SIDES[node.operator.name], node.entries(), strict=True):
            if entry not in self.read and entry not in self.heads:
                continue

            make = partial(self._made, node, f"{node.name}_{_TITLES[entry.slot]}")
            value = self._summed(make, side(make, *inputs), self.old.shapes[entry])
            if entry in self.heads and (
                value in inputs or value in self.moved.values()
            ):
                value = make("_copy", value)  # it has an array of its own
            self.moved[entry] = value

    def _summed(self, make: Make, value: Entry, shape: Shape | None) -> Entry:
        """Sum over the axes that an output of this shape was broadcast along."""
        whole = self.shapes[value]
        assert whole is not None
        assert shape is not None
        padded = (1,) * (len(whole) - len(shape)) + shape
        axes = tuple(i for i, d in enumerate(whole) if padded[i] != d)
        leading = tuple(range(len(whole) - len(shape)))
        if not axes and not leading:
            return value
        if axes == leading and shape:
            return make("sum", value, axis=axes)
        if axes:
            value = make("sum", value, axis=axes, keepdims=True)
        if self.shapes[value] == shape:
            return value
        return make("Reshape", value, shape=shape)

    def _made(
        self,
        node: Node,
        name: str,
        operator: str,
        *reads: Entry,
        **given: Any,
    ) -> Entry:
        """Add a node where another one was."""
        declared = find(operator)
        made = Node(
            declared,
            name,
            reads,
            parameters=declared.parse(given),
            attributes=node.attributes,
            origin=node.origin,
            forward=node.forward and self.new.get(node.forward, node.forward),
        )
        self.nodes.append(made)
        self.contexts[made] = self.old.contexts[node]
        (entry,) = made.entries()
        inputs = [self.shapes[read] for read in reads]
        _, (shape,) = declared.shapes(made.parameters, inputs, [None])
        self.shapes[entry] = shape
        self.dtypes[entry] = self.dtypes[reads[0]]
        return entry

    def _note(self, made: Node, node: Node) -> None:
        self.contexts[made] = self.contexts[node]
        for old, new in zip(node.entries(), made.entries(), strict=True):
            self.shapes[new], self.dtypes[new] = self.shapes[old], self.dtypes[old]

    def graph(self) -> Graph:
        """Return the copy."""
        return replace(
            self.old,
            heads=tuple(self.moved.get(entry, entry) for entry in self.old.heads),
            nodes=tuple(self.nodes),
            shapes=self.shapes,
            dtypes=self.dtypes,
            contexts=self.contexts,
            groups={self.new.get(n, n): g for n, g in self.old.groups.items()},
        )
