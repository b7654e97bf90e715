"""The pass of shared weights: gradients from many layers are one product.

Layers with the same weights, such as the steps of a cell, each give a gradient of the
weights' size, and one node adds them all. The sum is the product of all their rows at
once, which writes the gradient a single time:

    sum_t  out_grad_t^T data_t  =  [out_grad_1; out_grad_2; ...]^T [data_1; data_2; ...]

This pays where the rows of a layer are fewer than what its gradient takes. Results
differ from the sum's by rounding only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dataflow.graph.graph import Graph
from dataflow.graph.infer import infer_dtypes, infer_shapes
from dataflow.graph.node import Entry, Node
from dataflow_ops.dtypes import FLOAT32, FLOAT64
from dataflow_ops.registry import find
from dataflow_ops.shapes import size

_LAYER = "_backward_FullyConnected"
_WEIGHT, _BIAS = 1, 2  # outputs of it
_ROWS = 2  # inputs of it that have a row for each example: gradient and data


def gather_weights(graph: Graph) -> Graph:
    """Return the graph with one product for each sum of gradients of shared weights.

    Parameters
    ----------
    graph : Graph
        Placed, with gradients, shapes and types.
    """
    finder = _Finder(graph)
    for node in graph.operators:
        finder.visit(node)
    return finder.rewritten() if finder.instead else graph


class _Finder:
    """Finds the sums, and makes the products that take their places."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.sums: dict[tuple[Node, ...], Node] = {}  # products, by what they add up
        self.instead: dict[Entry, Entry] = {}
        self.before: dict[Node, list[Node]] = {}  # what is made right before a sum
        self.contexts = dict(graph.contexts)

    def visit(self, node: Node) -> None:
        """Replace a sum, if it is one of weights; that of their biases comes after."""
        assert node.operator is not None
        if node.operator.name != "add_n" or len(node.inputs) < 2:
            return
        parts = tuple(entry.node for entry in node.inputs)
        slots = {entry.slot for entry in node.inputs}
        if not all(map(_may_join, parts)) or len(set(parts)) < len(parts):
            return
        here = {self.graph.contexts[part] for part in (node, *parts)}
        if slots == {_WEIGHT} and len(here) == 1 and self._pays(parts):
            product = self._product(node, parts)
        elif slots == {_BIAS} and parts in self.sums:
            product = self.sums[parts]
        else:
            return
        self.instead[Entry(node, 0)] = Entry(product, slots.pop())

    def _pays(self, parts: tuple[Node, ...]) -> bool:
        """Tell whether layers are alike, and their rows less than their gradients."""
        graph, first = self.graph, parts[0]
        facts = {self._facts(part) for part in parts}
        rows = sum(size(graph.shapes[e] or ()) for e in first.inputs[:_ROWS])
        weight = graph.shapes[first.inputs[_ROWS]]
        return (
            len(facts) == 1
            and graph.dtypes[first.inputs[0]] in (FLOAT32, FLOAT64)
            and rows < size(weight or ())
        )

    def _facts(self, part: Node) -> tuple[object, ...]:
        shapes, dtypes = self.graph.shapes, self.graph.dtypes
        read = part.inputs[:_ROWS]
        beyond = tuple((shapes[entry] or ())[1:] for entry in read)
        kinds = tuple(dtypes[entry] for entry in read)
        return part.inputs[_ROWS], part.parameters, beyond, kinds

    def _product(self, node: Node, parts: tuple[Node, ...]) -> Node:
        made: list[Node] = []

        def make(operator: str, name: str, inputs: Iterable[Entry], given: Any) -> Node:
            declared = find(operator)
            new = Node(
                declared,
                f"{node.name}_{name}",
                tuple(inputs),
                parameters=declared.parse(given),
                attributes=node.attributes,
                origin=node.origin,
                forward=parts[0].forward,
            )
            self.contexts[new] = self.graph.contexts[parts[0]]
            made.append(new)
            return new

        settings = {"num_args": len(parts), "dim": 0}
        rows = [
            make("Concat", name, (part.inputs[i] for part in parts), settings)
            for i, name in enumerate(("heads", "rows"))
        ]
        inputs = (*(Entry(n, 0) for n in rows), parts[0].inputs[_ROWS])
        product = make(_LAYER, "product", inputs, parts[0].parameters)
        self.before[node] = made
        self.sums[parts] = product
        return product

    def rewritten(self) -> Graph:
        """Return the graph in which the products are read and the sums are not."""
        graph, nodes = self.graph, list[Node]()
        new: dict[Node, Node] = {}

        def moved(entry: Entry) -> Entry:
            entry = self.instead.get(entry, entry)
            return Entry(new.get(entry.node, entry.node), entry.slot)

        for node in graph.nodes:
            for made in self.before.get(node, ()):
                made.inputs = tuple(map(moved, made.inputs))
                nodes.append(made)
            if Entry(node, 0) in self.instead:
                continue
            inputs = tuple(map(moved, node.inputs))
            if inputs != node.inputs:
                new[node] = node.rewritten(inputs)
            nodes.append(new.get(node, node))
        changed = replace(
            graph,
            heads=tuple(map(moved, graph.heads)),
            nodes=tuple(nodes),
            contexts=_moved(self.contexts, new),
        )
        shapes = {moved(e): s for e, s in graph.shapes.items() if e not in self.instead}
        dtypes = {moved(e): d for e, d in graph.dtypes.items() if e not in self.instead}
        return infer_dtypes(infer_shapes(changed, shapes), dtypes)


def _may_join(node: Node) -> bool:
    """Tell whether a node is a layer's, of rows that may be kept until the sum."""
    if node.operator is None or node.operator.name != _LAYER:
        return False
    forward = node.forward
    return forward is None or "__force_mirroring__" not in forward.attributes


def _moved(facts: Mapping[Node, Any], new: Mapping[Node, Node]) -> dict[Node, Any]:
    return {new.get(node, node): fact for node, fact in facts.items()}
