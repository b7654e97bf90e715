"""Compiling what is bound, with what the kernels of this machine say."""

from __future__ import annotations

import os
from collections.abc import Hashable
from functools import partial
from typing import Any

from dataflow.executor.evaluating import computed
from dataflow.executor.facts import images_of, runs_outside, workspace_bytes
from dataflow.executor.pausing import collector_paused
from dataflow.executor.recent import Recent
from dataflow.graph.graph import Graph, noted
from dataflow.graph.node import Node
from dataflow.graph.pipeline import Bound, Compiled, compile_graph
from dataflow_ops.kernels import backends, fpmath
from dataflow_ops.kernels.fusing import chain_pays, pays

KEPT = 32  # plans


class Kernels:
    """The kernels of this machine, as the passes ask for them; see `Machine`.

    Parameters
    ----------
    states : dict of Node
        What the kernels of a node and of its backward nodes share.
    """

    workspace = staticmethod(workspace_bytes)
    images = staticmethod(images_of)
    fusing_pays = staticmethod(pays)
    chaining_pays = staticmethod(chain_pays)
    computed = staticmethod(computed)

    def __init__(self, states: dict[Node, dict[Any, Any]]) -> None:
        self._states = states

    def is_asynchronous(self, graph: Graph, node: Node) -> bool:
        """Tell whether a node runs on another lane than its context's."""
        return runs_outside(graph, node, self._states)


def fusion_is_on() -> bool:
    """Tell whether graphs are rewritten: unless ``DATAFLOW_FUSION`` is 0."""
    return os.environ.get("DATAFLOW_FUSION") != "0"


def compile_bound(
    bound: Bound, states: dict[Node, dict[Any, Any]], *, fused: bool
) -> Compiled:
    """Run all passes with what the kernels of this machine say.

    What was compiled last is kept, and given again for the same symbol bound alike.

    Parameters
    ----------
    bound : Bound
        What the user binds.
    states : dict of Node
        What the kernels of a node and of its backward nodes share.
    fused : bool
        Simplify, fold and fuse, rather than run every node as it was composed.
    """
    graph = bound.inferred or Graph.of(bound.outputs)
    key = _key(bound, graph, fused)
    return _plans.get(key, partial(_compile, bound, states, fused=fused))


def _compile(
    bound: Bound, states: dict[Node, dict[Any, Any]], *, fused: bool
) -> Compiled:
    with collector_paused():
        return compile_graph(bound, Kernels(states), fused=fused)


def _key(bound: Bound, graph: Graph, fused: bool) -> Hashable:
    """Return what tells plans apart: all that the user gave.

    That a symbol's annotations can be changed later is why they are in it.
    """
    return (
        fused,
        backends.available(),
        fpmath.mode(),
        tuple(bound.outputs),
        noted(graph.nodes),
        tuple(bound.shapes.items()),
        tuple(bound.dtypes.items()),
        tuple(bound.contexts.items()),
        tuple(bound.gradients.items()),
        bound.added,
        bound.default,
        tuple(bound.groups.items()),
        bound.memory_budget,
    )


_plans: Recent[Hashable, Compiled] = Recent(KEPT)
