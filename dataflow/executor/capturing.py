"""Segments of devices as graphs: which kernels are captured, and what came of it.

A segment is captured in stretches, with what cannot be captured between them. The
decision is made by rule, before anything runs (`dataflow_ops.kernels.capturing`); a
device may still refuse, and then goes on as without (`dataflow_engine.devices.graphs`).

``DATAFLOW_GRAPHS=0`` has every kernel given to the device by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from dataflow.errors import ArgumentError
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_engine import SerialProgram
from dataflow_engine.devices.graphs import CapturedProgram
from dataflow_ops.kernels.capturing import can_be_captured
from dataflow_ops.kernels.table import Request, quiet

LEAST = 2  # kernels: the launch of one costs what the kernel's own does


def is_on() -> bool:
    """Tell what ``DATAFLOW_GRAPHS`` says; raises ArgumentError if that is nothing."""
    said = os.environ.get("DATAFLOW_GRAPHS", "1")
    if said not in ("0", "1"):
        raise ArgumentError(f"DATAFLOW_GRAPHS must be 0 or 1, not {said!r}")
    return said == "1"


def captured(
    program: SerialProgram,
    graph: Graph,
    nodes: Sequence[Node],
    request: Callable[[Entry], Request],
) -> CapturedProgram | None:
    """Return a segment's program with its stretches, or None if it has none.

    Parameters
    ----------
    program : SerialProgram
        Of the segment.
    graph : Graph
        All of the graph.
    nodes : sequence of Node
        The program's, one for each callable.
    request : callable
        What a node does with an output.
    """
    if not (nodes and graph.contexts[nodes[0]].is_device and is_on()):
        return None
    found = stretches(_can(node, request) for node in nodes)
    return CapturedProgram(program, found, quiet) if found else None


def _can(node: Node, request: Callable[[Entry], Request]) -> bool:
    operator = node.operator
    assert operator is not None
    if operator.random:  # it takes other numbers at each run
        return False
    requests = [request(entry) for entry in node.entries()]
    return can_be_captured(operator.name, node.parameters, requests)


def stretches(can: Iterable[bool]) -> list[range]:
    """Return where several in a row can be captured."""
    found, start, index = [], 0, -1
    for index, each in enumerate((*can, False)):
        if not each:
            found.append(range(start, index))
            start = index + 1
    return [stretch for stretch in found if len(stretch) >= LEAST]


def told(captures: Mapping[str, Sequence[CapturedProgram]]) -> list[str]:
    """Tell what came of the capture of each segment's programs, by its title."""
    return [
        f"{title}: {line}"
        for title, programs in captures.items()
        for line in dict.fromkeys(map(_outcome, programs))
    ]


def _outcome(program: CapturedProgram) -> str:
    names = program.program.names
    said = [
        f"{len(refused.stretch)} kernels one by one, for '{names[refused.at]}' cannot "
        f"be captured: {refused.reason}"
        for refused in program.refused
    ]
    if program.launched:
        noun = "graph" if len(program.launched) == 1 else "graphs"
        inside = sum(map(len, program.launched))
        count = len(program.launched)
        said.insert(0, f"{inside} of {len(names)} kernels launched as {count} {noun}")
    if not said:
        inside = sum(map(len, program.stretches))
        said = [f"{inside} of {len(names)} kernels to be captured"]
    return "; ".join(said)
