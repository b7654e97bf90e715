"""Graphs written as literals: nodes by operator name, without symbols or bindings."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow.context import Context
from dataflow.graph.graph import Graph
from dataflow.graph.infer import infer_dtypes, infer_shapes
from dataflow.graph.node import Entry, Node
from dataflow.graph.origin import Origin
from dataflow_ops.registry import find

FLOAT32 = np.dtype(np.float32)
CPU = [Context("cpu", i) for i in range(4)]


def variable(name: str, **attributes: str) -> Entry:
    return Entry(Node(None, name, attributes=attributes), 0)


def call(
    operator: str,
    name: str,
    *inputs: Entry,
    group: str | None = None,
    line: int | None = None,
    **attributes: Any,
) -> Entry:
    """Return output 0 of a new node; `line` is the user's line in model.py."""
    declared = find(operator)
    node = Node(
        declared,
        name,
        inputs,
        parameters=declared.parse(attributes),
        given={key: str(value) for key, value in attributes.items()},
        attributes={} if group is None else {"__ctx_group__": group},
        origin=None if line is None else Origin("model.py", line),
    )
    return Entry(node, 0)


def inferred(
    heads: list[Entry], shape: tuple[int, ...] | dict[str, tuple[int, ...]] = (2, 3)
) -> Graph:
    """Return a graph in which every variable is float32, of one shape or by name."""
    graph = Graph.of(heads)
    facts = [Entry(node, 0) for node in graph.variables]
    shapes = {
        e: shape[e.node.name] if isinstance(shape, dict) else shape for e in facts
    }
    return infer_dtypes(infer_shapes(graph, shapes), dict.fromkeys(facts, FLOAT32))


def names(nodes: Any) -> list[str]:
    return [node.name for node in nodes]
