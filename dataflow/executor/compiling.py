"""Compiling what is bound, with what the kernels of this machine say."""

from __future__ import annotations

import os
from collections.abc import Hashable
from functools import partial
from typing import Any

from dataflow.executor.facts import images_of, runs_outside, workspace_bytes
from dataflow.executor.pausing import collector_paused
from dataflow.executor.recent import Recent
from dataflow.graph.graph import noted
from dataflow.graph.node import Node
from dataflow.graph.pipeline import Bound, Compiled, compile_graph
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.fusing import chain_pays, pays

KEPT = 32  # plans


def fusion_is_on() -> bool:
    """Tell whether graphs are simplified and fused: unless ``DATAFLOW_FUSION`` is 0."""
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
        Simplify and fuse, rather than run every node as it was composed.
    """
    return _plans.get(_key(bound, fused), partial(_compile, bound, states, fused=fused))


def _compile(
    bound: Bound, states: dict[Node, dict[Any, Any]], *, fused: bool
) -> Compiled:
    with collector_paused():
        return compile_graph(
            bound,
            workspace_bytes,
            partial(runs_outside, states=states),
            pays if fused else None,
            images_of,
            chain_pays if fused else None,
        )


def _key(bound: Bound, fused: bool) -> Hashable:
    """Return what tells plans apart: all that the user gave.

    That a symbol's annotations can be changed later is why they are in it.
    """
    return (
        fused,
        backends.available(),
        tuple(bound.outputs),
        noted(bound.outputs),
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
