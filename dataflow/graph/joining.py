"""The pass of joined parts: what is divided and joined again was not moved at all.

Unrolled networks divide a sequence into steps and join the steps of what they compute,
often along another axis. Where nothing is in between, that is an exchange of axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_ops.registry import find


class Division(NamedTuple):
    """An array, and the axis along which it is divided into steps."""

    source: Entry
    axis: int


def division(parts: Sequence[Entry]) -> Division | None:
    """Return what these entries are all the steps of, in order, or None."""
    node = parts[0].node
    if node.operator is None or node.operator.name != "SliceChannel":
        return None
    if not node.parameters.squeeze_axis or tuple(parts) != node.entries():
        return None
    return Division(node.inputs[0], node.parameters.axis)


def rejoin(graph: Graph) -> Graph:
    """Return the graph without divisions that are only joined again.

    Parameters
    ----------
    graph : Graph
        Without gradients. Entries keep the shapes and types that are known.
    """
    new: dict[Node, Node] = {}
    for node in graph.operators:
        inputs = tuple(Entry(new.get(n, n), slot) for n, slot in node.inputs)
        exchanged = _exchanged(node, inputs)
        if exchanged is not None:
            new[node] = exchanged
        elif inputs != node.inputs:
            new[node] = node.rewritten(inputs)
    if not new:
        return graph

    def moved(entry: Entry) -> Entry:
        return Entry(new.get(entry.node, entry.node), entry.slot)

    made = Graph.of(tuple(map(moved, graph.heads)), graph.output_count)
    kept = set(made.nodes)
    return replace(
        made,
        shapes={moved(e): s for e, s in graph.shapes.items() if moved(e).node in kept},
        dtypes={moved(e): d for e, d in graph.dtypes.items() if moved(e).node in kept},
        groups={new.get(n, n): g for n, g in graph.groups.items()},
    )


def _exchanged(node: Node, inputs: tuple[Entry, ...]) -> Node | None:
    """Return what stands for a node that joins steps of an array, if it does."""
    joined = _joined_steps(node, inputs)
    divided = None if joined is None else division(joined.steps)
    if joined is None or divided is None or not {joined.axis, divided.axis} <= {0, 1}:
        return None
    same = joined.axis == divided.axis
    operator = find("_copy" if same else "SwapAxis")
    attributes = {} if same else {"dim1": 0, "dim2": 1}
    made = Node(
        operator,
        node.name,
        (divided.source,),
        parameters=operator.parse(attributes),
        attributes=node.attributes,
        origin=node.origin,
    )
    made._source = node.source
    return made


class _Joined(NamedTuple):
    """Steps, and the new axis along which they are joined."""

    steps: tuple[Entry, ...]
    axis: int


def _joined_steps(node: Node, inputs: tuple[Entry, ...]) -> _Joined | None:
    """Return the steps that a node joins along an axis of their own."""
    assert node.operator is not None
    if node.operator.name == "stack":
        return _Joined(inputs, node.parameters.axis)
    if node.operator.name != "Concat":
        return None
    axis = node.parameters.dim
    steps = []
    for source, _ in inputs:
        if source.operator is None or source.operator.name != "expand_dims":
            return None
        if source.parameters.axis != axis:
            return None
        steps.append(source.inputs[0])
    return _Joined(tuple(steps), axis)
