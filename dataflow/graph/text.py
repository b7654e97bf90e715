"""A graph as text, node by node: what `debug_str` returns."""

from __future__ import annotations

from collections.abc import Iterator

from dataflow.graph.graph import Graph
from dataflow.graph.node import Node


def describe_graph(graph: Graph) -> str:
    """List outputs, variables and operators, in the form of MXNet's listings."""
    lines = ["Symbol Outputs:"]
    for number, entry in enumerate(graph.outputs):
        lines.append(f"\toutput[{number}]={entry.node.name}({entry.slot})")
    for node in graph.nodes:
        if node.is_variable:
            lines.append(f"Variable:{node.name}")
        else:
            lines += ["--------------------", *_operator_lines(node)]
    return "\n".join(lines) + "\n"


def _operator_lines(node: Node) -> Iterator[str]:
    assert node.operator is not None
    yield f"Op:{node.operator.name}, Name={node.name}"
    if node.inputs:
        yield "Inputs:"
    for number, entry in enumerate(node.inputs):
        line = f"\targ[{number}]={entry.node.name}({entry.slot})"
        if entry.node.is_variable:  # the version counts updates: states have one
            line += f" version={int(number >= node.argument_count)}"
        yield line
    attributes = {**node.given, **node.attributes}
    if attributes:
        yield "Attrs:"
    for key in sorted(attributes):
        yield f"\t{key}={attributes[key]}"
