"""What is known of a symbol's entries when its user tells some shapes and types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from dataflow.errors import ArgumentTypeError, InferenceError, UnknownNameError
from dataflow.graph.graph import Graph
from dataflow.graph.infer import (
    declared_dtypes,
    declared_shapes,
    from_user,
    infer_dtypes,
    infer_shapes,
)
from dataflow.graph.node import Entry
from dataflow_ops.shapes import UNKNOWN, Shape

Shapes = Mapping[str, Sequence[int]]
DTypes = Mapping[str, Any]


class Composed(Protocol):
    """What is drawn: a Symbol. Its class lies in a layer above."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The graph entries that it stands for."""


def graph_of(symbol: Composed) -> Graph:
    """Return a symbol's graph; raises ArgumentTypeError for anything else."""
    entries = getattr(symbol, "entries", None)
    if not isinstance(entries, tuple):
        raise ArgumentTypeError(f"symbol must be a Symbol, not {symbol!r}")
    return Graph.of(entries)


def known_graph(
    symbol: Composed, shape: Shapes | None, dtype: DTypes | None = None
) -> Graph:
    """Return a symbol's graph with all shapes and types that follow from some.

    Nothing is inferred for None: a wrong network can be drawn, too. An empty mapping
    leaves what variables declare.

    Raises
    ------
    ArgumentTypeError, UnknownNameError
        It is no symbol; there is no argument of a name.
    InferenceError
        The facts contradict each other.
    """
    graph = graph_of(symbol)
    if shape is not None:
        shapes = {e: from_user(value) for e, value in _given(graph, shape).items()}
        graph = infer_shapes(graph, {**declared_shapes(graph), **shapes})
    if dtype is not None:
        dtypes = {e: np.dtype(value) for e, value in _given(graph, dtype).items()}
        graph = infer_dtypes(graph, {**declared_dtypes(graph), **dtypes})
    return graph


def declared_graph(symbol: Composed) -> Graph:
    """Return a symbol's graph with what its variables declare, if that fits."""
    try:
        return known_graph(symbol, {})
    except InferenceError:  # a notebook draws a wrong network, too
        return graph_of(symbol)


def _given(graph: Graph, facts: Mapping[str, Any]) -> dict[Entry, Any]:
    if not isinstance(facts, Mapping):
        raise ArgumentTypeError(f"shapes and types go by argument name, not {facts!r}")
    names = {node.name for node in graph.variables}
    for name in facts:
        if name not in names:
            raise UnknownNameError(
                f"there is no argument '{name}'; there are {', '.join(sorted(names))}"
            )
    return {
        Entry(node, 0): facts[node.name]
        for node in graph.variables
        if facts.get(node.name) is not None
    }


def shown_shape(shape: Shape | None) -> str:
    """Write a shape as ``32x10``, with ``?`` for what is unknown."""
    if shape is None:
        return "?"
    return "x".join("?" if d == UNKNOWN else str(d) for d in shape) or "scalar"
