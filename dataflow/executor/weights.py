"""Weights that stay the same between runs, of which kernels may keep packed copies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry
from dataflow.ndarray import NDArray
from dataflow.ndarray.sharing import is_shared
from dataflow_engine import Var
from dataflow_ops.kernels.packing import Steady


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
    if len(graph.heads) > graph.output_count:
        return None
    arguments = [array for entry, array in arrays.items() if entry.node.is_variable]
    versions = {id(x.raw): partial(_version, x.var) for x in arguments}
    return Steady(versions, packed.add)


def _version(var: Var) -> int | None:
    return None if is_shared(var) else var.version
