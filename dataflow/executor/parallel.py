"""From a divided segment to the program that several threads run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from dataflow import engine
from dataflow.errors import ArgumentError
from dataflow.graph.node import Node
from dataflow.graph.parallel import Division
from dataflow_engine import Contest, ParallelProgram
from dataflow_ops.kernels.table import Thunk, quiet

SHARING = ("auto", "0", "1")


def sharing() -> str:
    """Return what ``DATAFLOW_PARALLEL`` says: auto, 0 or 1."""
    said = os.environ.get("DATAFLOW_PARALLEL", "auto")
    if said not in SHARING:
        raise ArgumentError(
            f"DATAFLOW_PARALLEL must be one of {', '.join(SHARING)}, not {said!r}"
        )
    return said


def contest(
    division: Division,
    nodes: Sequence[Node],
    thunks: Sequence[Thunk],
    lane: str,
    title: str,
    **told: Any,
) -> Contest:
    """Make a program of a segment's kernels that is helped if that is faster.

    Parameters
    ----------
    division : Division
        Of all the segment's nodes.
    nodes, thunks : sequence
        Those nodes, and what runs them.
    lane, title : str
        Where they run, and what the segment is called.
    **told
        As `SerialProgram` takes it.
    """
    names = [node.name for node in nodes]
    program = ParallelProgram(
        thunks, names, division.parts, division.edges, within=quiet, **told
    )
    program.offer_on(engine.get(), lane, f"help with {title}")
    return Contest(program)


def nothing() -> None:
    """Stand for a kernel that has nothing to do: others may wait for what it passes."""
