"""Recomputation: backward work that reads forward results computes them once more.

What is not kept between the phases takes no memory in the meantime. Which results that
are is said by the user (``__force_mirroring__``) or chosen to keep within a budget.

The choice follows Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016):
either cheap operators are run again, or the forward order is divided into parts of
which only the results at their borders are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import replace
from typing import NamedTuple

from dataflow.graph.costs import estimated_us
from dataflow.graph.graph import Graph, topological_order
from dataflow.graph.memory import entry_bytes
from dataflow.graph.node import Entry, Node
from dataflow.graph.simplify import is_pure

# Its averages move in its backward node, so that its forward may run twice.
_PURE_WITH_STATES = frozenset({"BatchNorm"})
# Arithmetic operations per element moved from which an operator is not cheap.
DEAR_FLOPS = 8.0
FRACTIONS = (0.25, 0.5, 0.75, 1.0)
PARTS = (2, 4, 8, 16, 32)


class Choice(NamedTuple):
    """Forward nodes to run again, and an estimate of what that takes."""

    nodes: frozenset[Node]
    us: float


def mirrored(graph: Graph) -> frozenset[Node]:
    """Return the nodes that their ``force_mirroring`` attribute marks."""
    return frozenset(
        node
        for node in graph.operators
        if node.forward is None
        and may_run_again(node)
        and node.attributes.get("__force_mirroring__", "").lower() in ("true", "1")
    )


def may_run_again(node: Node) -> bool:
    """Tell whether a second run gives the same and leaves no other trace."""
    operator = node.operator
    return is_pure(node) or (
        operator is not None and operator.name in _PURE_WITH_STATES
    )


def recompute(graph: Graph, again: Collection[Node]) -> Graph:
    """Let backward nodes read copies of some forward nodes instead of themselves.

    A copy stands right before the first backward node that needs it, and belongs to the
    backward phase.

    Parameters
    ----------
    graph : Graph
        Placed, with gradients, shapes and types.
    again : collection of Node
        Forward nodes for which `may_run_again` holds.
    """
    if not again:
        return graph
    return _Rewriting(graph, frozenset(again)).rewritten()


class _Rewriting:
    """One pass over the nodes, in which backward ones get other inputs."""

    def __init__(self, graph: Graph, again: Set[Node]) -> None:
        self.graph = graph
        self.again = again
        self.forward = set(topological_order(entry.node for entry in graph.outputs))
        self.instead: dict[Node, Node] = {}
        self.nodes: list[Node] = []

    def rewritten(self) -> Graph:
        for node in self.graph.nodes:
            if node.is_variable or node in self.forward:
                self.nodes.append(node)
            else:
                self._copy_sources(node)
                self._enter(node, self._changed(node))
        shapes, dtypes = dict(self.graph.shapes), dict(self.graph.dtypes)
        for old, new in self.instead.items():
            for before, after in zip(old.entries(), new.entries(), strict=True):
                shapes[after], dtypes[after] = shapes[before], dtypes[before]
        contexts = dict(self.graph.contexts)
        contexts |= {new: contexts[old] for old, new in self.instead.items()}
        wanted = self.graph.heads[self.graph.output_count :]
        return replace(
            self.graph,
            heads=(*self.graph.outputs, *map(self._resolved, wanted)),
            nodes=tuple(self.nodes),
            shapes=shapes,
            dtypes=dtypes,
            contexts=contexts,
        )

    def _enter(self, old: Node, new: Node) -> None:
        if new is not old:
            self.instead[old] = new
        self.nodes.append(new)

    def _copy_sources(self, node: Node) -> None:
        """Copy what a node reads and what that reads, sources first."""
        stack = [*reversed(node.inputs)]
        while stack:
            source = stack[-1].node
            if source not in self.again or source in self.instead:
                stack.pop()
                continue
            missing = [
                entry
                for entry in source.inputs
                if entry.node in self.again and entry.node not in self.instead
            ]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            copy = source.with_inputs(tuple(map(self._resolved, source.inputs)))
            copy.name, copy.forward = f"{source.name}_again", source
            self._enter(source, copy)

    def _changed(self, node: Node) -> Node:
        inputs = tuple(map(self._resolved, node.inputs))
        return node if inputs == node.inputs else node.with_inputs(inputs)

    def _resolved(self, entry: Entry) -> Entry:
        instead = self.instead.get(entry.node)
        return entry if instead is None else Entry(instead, entry.slot)


def choices(graph: Graph) -> list[Choice]:
    """Return sets of nodes to run again that save memory, the quickest first."""
    forward = [
        node
        for node in topological_order(entry.node for entry in graph.outputs)
        if not node.is_variable
    ]
    if len(forward) == len(graph.operators):
        return []  # no gradient: nothing is kept
    possible = [node for node in forward if may_run_again(node)]
    cheap = {node for node in possible if _is_cheap(graph, node)}
    beginnings = _beginnings(graph, forward)
    found = {frozenset(part & cheap) for part in beginnings}
    for count in PARTS:
        kept = _border_nodes(graph, forward, count)
        for part in beginnings:
            found.add(frozenset((part.intersection(possible) | cheap) - kept))
    estimates = {node: estimated_us(graph, node) for node in possible}
    made = [Choice(nodes, sum(map(estimates.__getitem__, nodes))) for nodes in found]
    return sorted((choice for choice in made if choice.nodes), key=lambda c: c.us)


def _is_cheap(graph: Graph, node: Node) -> bool:
    assert node.operator is not None
    shapes = [graph.shapes[entry] or () for entry in (*node.inputs, *node.entries())]
    inputs, outputs = shapes[: len(node.inputs)], shapes[len(node.inputs) :]
    cost = node.operator.cost(node.parameters, inputs, outputs)
    return cost.flops < DEAR_FLOPS * cost.elements


def _node_bytes(graph: Graph, node: Node) -> int:
    return sum(entry_bytes(graph, entry) for entry in node.entries())


def _beginnings(graph: Graph, forward: list[Node]) -> list[set[Node]]:
    """Return the first nodes of the forward order, up to fractions of its bytes."""
    total = sum(_node_bytes(graph, node) for node in forward)
    found = []
    for fraction in FRACTIONS:
        reached, part = 0, set()
        for node in forward:
            reached += _node_bytes(graph, node)
            if reached <= fraction * total:
                part.add(node)
        found.append(part)
    return found


def _border_nodes(graph: Graph, forward: list[Node], count: int) -> set[Node]:
    """Divide the forward order into parts of like bytes; return what crosses borders.

    Each border lies where the fewest bytes cross it nearby.
    """
    crossing = _crossing_bytes(graph, forward)
    total = sum(_node_bytes(graph, node) for node in forward)
    sums, reached = [], 0
    for node in forward:
        reached += _node_bytes(graph, node)
        sums.append(reached)
    borders: set[int] = set()
    for part in range(1, count):
        low, high = (part - 0.5) * total / count, (part + 0.5) * total / count
        near = [i for i, at in enumerate(sums[:-1]) if low <= at <= high]
        if near:
            borders.add(min(near, key=crossing.__getitem__))
    position = {node: i for i, node in enumerate(forward)}
    last = _last_reads(forward, position)
    return {
        node
        for node, i in position.items()
        if any(i <= border < last.get(node, i) for border in borders)
    }


def _crossing_bytes(graph: Graph, forward: list[Node]) -> list[int]:
    """Bytes of the nodes before each border, behind node i, that are read after it."""
    position = {node: i for i, node in enumerate(forward)}
    last = _last_reads(forward, position)
    changes = [0] * (len(forward) + 1)
    for node, i in position.items():
        nbytes = _node_bytes(graph, node)
        changes[i] += nbytes
        changes[last.get(node, i)] -= nbytes
    alive, crossing = 0, []
    for change in changes[:-1]:
        alive += change
        crossing.append(alive)
    return crossing


def _last_reads(forward: list[Node], position: dict[Node, int]) -> dict[Node, int]:
    last: dict[Node, int] = {}
    for i, node in enumerate(forward):
        for entry in node.inputs:
            if entry.node in position:
                last[entry.node] = i
    return last
