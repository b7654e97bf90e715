"""What traces and errors tell of a plan: of its segments and of their kernels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from dataflow.errors import OperatorError
from dataflow.executor.facts import specifications_of
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, describe, input_names
from dataflow.graph.schedule import Segment
from dataflow_ops.kernels.table import Thunk


def title(segment: Segment) -> str:
    """Name a segment."""
    phase = "backward" if segment.is_backward else "forward"
    return f"{phase} segment {segment.index} on {segment.context}"


def details(
    graph: Graph, wanted: Callable[[Entry], bool], nodes: Sequence[Node], index: int
) -> dict[str, Any]:
    """Tell traces of a segment's i-th kernel."""
    node = nodes[index]
    assert node.operator is not None
    inputs, outputs = specifications_of(graph, node)
    written = [
        output
        for output, entry in zip(outputs, node.entries(), strict=True)
        if wanted(entry)
    ]
    named = zip(input_names(node), inputs, strict=False)
    return {
        "operator": node.operator.name,
        "inputs": ", ".join(f"{name}={x.shape} {x.dtype}" for name, x in named),
        "outputs": ", ".join(f"{x.shape} {x.dtype}" for x in outputs),
        "bytes": sum(math.prod(x.shape) * x.dtype.itemsize for x in written),
    }


def failure(
    graph: Graph, nodes: Sequence[Node], thunks: Sequence[Thunk]
) -> Callable[[int, BaseException], BaseException]:
    """Return what turns the failure of a segment's i-th kernel into a clear error."""

    def explain(index: int, error: BaseException) -> BaseException:
        if not isinstance(error, Exception):
            return error
        node = nodes[index]
        context = graph.contexts[node]
        if node in graph.groups:  # the thunk knows which of them it was
            node = graph.groups[node][getattr(thunks[index], "failed", None) or 0]
        inputs = ", ".join(
            f"{name}={graph.shapes[entry]} {graph.dtypes[entry]}"
            for name, entry in zip(input_names(node), node.inputs, strict=False)
        )
        return OperatorError(
            f"{describe(node)} failed on {context}: "
            f"{type(error).__name__}: {error}\n"
            f"  inputs: {inputs}\n  attributes: {dict(node.parameters)}"
        )

    return explain
