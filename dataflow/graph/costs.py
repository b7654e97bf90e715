"""What a node is likely to cost, before anybody has measured it."""

from __future__ import annotations

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_ops.shapes import Shape

# One core of a server of 2020-2025, rounded up: an estimate is too low rather than
# too high, so that what is cut by it is never too short.
FLOPS_PER_US = 50_000.0
BYTES_PER_US = 10_000.0
CALL_US = 1.0


def estimated_us(graph: Graph, node: Node) -> float:
    """Estimate the microseconds of one run from shapes and types alone."""
    assert node.operator is not None
    inputs = [_shape(graph, entry) for entry in node.inputs]
    outputs = [_shape(graph, entry) for entry in node.entries()]
    cost = node.operator.cost(node.parameters, inputs, outputs)
    dtype = graph.dtypes[node.entries()[0]]
    assert dtype is not None
    nbytes = cost.elements * dtype.itemsize
    return CALL_US + max(cost.flops / FLOPS_PER_US, nbytes / BYTES_PER_US)


def _shape(graph: Graph, entry: Entry) -> Shape:
    shape = graph.shapes[entry]
    assert shape is not None
    return shape
