"""Weights that stay the same between runs, of which kernels may keep packed copies.

``DATAFLOW_PACKED=0`` has them packed at each run instead, which takes less memory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial

from dataflow.errors import ArgumentError
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry
from dataflow.ndarray import NDArray
from dataflow.ndarray.sharing import is_shared
from dataflow_engine import Var
from dataflow_ops.kernels.packing import Steady


def may_be_kept() -> bool:
    """Tell what ``DATAFLOW_PACKED`` says; raises ArgumentError if that is nothing."""
    said = os.environ.get("DATAFLOW_PACKED", "1")
    if said not in ("0", "1"):
        raise ArgumentError(f"DATAFLOW_PACKED must be 0 or 1, not {said!r}")
    return said == "1"


class Packed:
    """How much memory such copies of one executor take.

    Attributes
    ----------
    nbytes : int
        All together.
    """

    def __init__(self) -> None:
        self.nbytes = 0

    def add(self, nbytes: int) -> None:
        """Count one copy."""
        self.nbytes += nbytes


def steady(
    graph: Graph, arrays: Mapping[Entry, NDArray], packed: Packed
) -> Steady | None:
    """Return the arguments that kernels may keep copies of.

    Parameters
    ----------
    graph : Graph
        What is run. Where it computes gradients, weights change before every run, and
        there are no such arguments.
    arrays : mapping of Entry
        The user's arrays.
    packed : Packed
        Counts the copies.
    """
    if len(graph.heads) > graph.output_count or not may_be_kept():
        return None
    arguments = [array for entry, array in arrays.items() if entry.node.is_variable]
    versions = {id(x.raw): partial(_version, x.var) for x in arguments}
    return Steady(versions, packed.add)


def _version(var: Var) -> int | None:
    return None if is_shared(var) else var.version
