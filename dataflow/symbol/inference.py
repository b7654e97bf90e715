"""Inference as a user of symbols sees it: lists in the order of the names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dataflow.graph.graph import Graph
from dataflow.graph.infer import (
    declared_dtypes,
    declared_shapes,
    from_user,
    infer_dtypes,
    infer_shapes,
    to_user,
)
from dataflow.graph.node import Entry, Node

Outputs = Sequence[Entry]
Fact = TypeVar("Fact")
Lists = tuple[list[Fact], list[Fact], list[Fact]]


def shapes(
    outputs: Outputs, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Lists[tuple[int, ...] | None]:
    """Return the shapes of arguments, outputs and auxiliary states as far as known."""
    graph = Graph.of(outputs)
    given = _given(graph, args, kwargs)
    known = {entry: from_user(shape) for entry, shape in given.items() if shape}
    graph = infer_shapes(graph, {**declared_shapes(graph), **known})
    return _lists(graph, lambda entry: to_user(graph.shapes.get(entry)))


def dtypes(
    outputs: Outputs, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Lists[type[np.generic] | None]:
    """Return the types of arguments, outputs and auxiliary states."""
    graph = Graph.of(outputs)
    given = _given(graph, args, kwargs)
    known = {entry: np.dtype(dtype) for entry, dtype in given.items()}
    graph = infer_dtypes(graph, {**declared_dtypes(graph), **known})

    def of(entry: Entry) -> type[np.generic] | None:
        dtype = graph.dtypes.get(entry)
        return None if dtype is None else dtype.type

    return _lists(graph, of)


def _given(
    graph: Graph, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[Entry, Any]:
    if args and kwargs:
        raise ArgumentTypeError("give facts by position or by name, not both at once")
    arguments = graph.arguments
    if len(args) > len(arguments):
        raise ArgumentError(
            f"{len(args)} given, but there are {len(arguments)} arguments: "
            f"{', '.join(node.name for node in arguments)}"
        )
    by_name = {node.name: node for node in graph.variables}
    for name in kwargs:
        if name not in by_name:
            raise UnknownNameError(
                f"there is no argument '{name}'; there are {', '.join(by_name)}"
            )
    pairs: list[tuple[Node, Any]] = list(zip(arguments, args, strict=False))
    pairs += [(by_name[name], fact) for name, fact in kwargs.items()]
    return {Entry(node, 0): fact for node, fact in pairs if fact is not None}


def _lists(graph: Graph, fact: Callable[[Entry], Fact]) -> Lists[Fact]:
    return (
        [fact(Entry(node, 0)) for node in graph.arguments],
        [fact(entry) for entry in graph.outputs],
        [fact(Entry(node, 0)) for node in graph.states],
    )
