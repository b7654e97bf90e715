"""The folding pass: what is the same at every run is computed once, at binding.

Known are arrays from nothing (zeros, ranges, ...), those that follow from shapes alone,
and whatever deterministic operators compute from them. Where an operator that stays
reads such an entry, a *constant* takes its place: a variable that the plan holds.

Heads keep their operators, which write the user's arrays. An operator stays also where
computing it fails, so that it fails when the user runs it, and where keeping its result
would cost more than making it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dataflow.graph.costs import BYTES_PER_US, estimated_us
from dataflow.graph.graph import Graph
from dataflow.graph.memory import entry_bytes
from dataflow.graph.node import Entry, Node, output_name
from dataflow.graph.simplify import is_pure, rebuilt

Array = Any  # numpy.ndarray
Compute = Callable[[Graph, Node, Sequence[Array]], Sequence[Array]]

SMALL_BYTES = 64 * 2**10  # not worth making again, however cheap that is
MOST_BYTES = 16 * 2**20  # of all constants of a graph
DEAR = 3.0  # a larger one takes so many times as long to make as to read

# Operators that read nothing of their inputs but the shape.
FROM_SHAPES = frozenset(
    {
        *("zeros_like", "ones_like", "shape_array", "size_array"),
        *("_contrib_arange_like", "_contrib_index_array"),
    }
)


@dataclass(frozen=True)
class Folded:
    """What the pass made.

    Parameters
    ----------
    graph : Graph
        With constants as variables.
    constants : mapping of Node
        The value of each of those, in the host's memory.
    count : int
        How many operators are no longer run.
    """

    graph: Graph
    constants: Mapping[Node, Array] = field(default_factory=dict)
    count: int = 0


def fold(graph: Graph, compute: Compute) -> Folded:
    """Compute what is known and put constants in its place.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    compute : callable
        Computes the outputs of a node from its inputs, in the host's memory.
    """
    failed: set[Node] = set()
    while True:
        known = _known(graph, failed)
        chosen = _chosen(graph, known) if known else ()
        if not chosen:
            return Folded(graph)
        values = _computed(graph, chosen, compute, failed)
        if values is not None:
            return _folded(graph, values)


def _known(graph: Graph, failed: set[Node]) -> dict[Node, float]:
    """Return the nodes that could be folded, with microseconds to make their results.

    Parameters
    ----------
    failed : set of Node
        Those that could not be computed.
    """
    known: dict[Node, float] = {}
    if not any(map(_begins, graph.operators)):
        return known
    for node in graph.operators:
        sources = [] if _begins(node) else [entry.node for entry in node.inputs]
        if (
            all(source in known for source in sources)
            and is_pure(node)
            and node not in failed
            and all(entry_bytes(graph, e) <= MOST_BYTES for e in node.entries())
        ):
            before = sum(known[source] for source in sources)
            known[node] = before + estimated_us(graph, node)
    return known


def _begins(node: Node) -> bool:
    """Tell whether an operator does not need the value of anything."""
    assert node.operator is not None
    return not node.inputs or node.operator.name in FROM_SHAPES


def _chosen(graph: Graph, known: Mapping[Node, float]) -> dict[Entry, int]:
    """Return the entries that become constants, with their bytes.

    That are known ones that operators read which stay.
    """
    heads = set(graph.heads)
    staying = {entry.node for entry in heads}
    chosen: dict[Entry, int] = {}
    total = 0
    for node in reversed(graph.operators):
        if node not in staying and is_pure(node):
            continue
        for entry in node.inputs:
            if entry in chosen:
                continue
            nbytes = entry_bytes(graph, entry)
            worth = DEAR * nbytes / BYTES_PER_US if nbytes > SMALL_BYTES else 0.0
            folds = entry.node in known and known[entry.node] >= worth
            if folds and entry not in heads and total + nbytes <= MOST_BYTES:
                chosen[entry] = nbytes
                total += nbytes
            else:
                staying.add(entry.node)
    return chosen


def _computed(
    graph: Graph, chosen: Mapping[Entry, int], compute: Compute, failed: set[Node]
) -> dict[Entry, Array] | None:
    """Compute the chosen entries; None, and the node is noted, where that fails."""
    order = _needed_for(graph, chosen)
    last = {entry: node for node in order for entry in node.inputs}
    values: dict[Entry, Array] = {}
    for node in order:
        inputs = [
            values[entry] if entry in values else _stand_in(graph, entry)
            for entry in node.inputs
        ]
        try:
            made = compute(graph, node, inputs)
        except Exception:  # whatever it is: the user sees it where it is run
            failed.add(node)
            return None
        values |= zip(node.entries(), made, strict=True)
        for entry in node.inputs:  # what nobody needs any more takes no memory
            if last[entry] is node and entry not in chosen:
                values.pop(entry, None)
    return {entry: values[entry] for entry in chosen}


def _needed_for(graph: Graph, chosen: Mapping[Entry, int]) -> list[Node]:
    """Return what has to be computed for some entries, in order."""
    needed = {entry.node for entry in chosen}
    order = []
    for node in reversed(graph.operators):
        if node in needed:
            order.append(node)
            if not _begins(node):
                needed.update(entry.node for entry in node.inputs)
    return order[::-1]


def _stand_in(graph: Graph, entry: Entry) -> Array:
    """Return an array of an entry's shape and type that takes no memory."""
    return np.broadcast_to(np.zeros((), graph.dtypes[entry]), graph.shapes[entry] or ())


def _folded(graph: Graph, values: Mapping[Entry, Array]) -> Folded:
    """Let constants be read instead of some entries."""
    made = {entry: Entry(_constant(entry), 0) for entry in values}
    shapes, dtypes, contexts = graph.shapes, graph.dtypes, graph.contexts
    wider = replace(
        graph,
        nodes=(*(constant.node for constant in made.values()), *graph.nodes),
        shapes={**shapes, **{new: shapes[old] for old, new in made.items()}},
        dtypes={**dtypes, **{new: dtypes[old] for old, new in made.items()}},
        contexts={
            **contexts,
            **{new.node: contexts[old.node] for old, new in made.items()},
        },
    )
    smaller = rebuilt(wider, made)
    return Folded(
        smaller,
        {made[entry].node: value for entry, value in values.items()},
        len(graph.operators) - len(smaller.operators),
    )


def _constant(entry: Entry) -> Node:
    node = entry.node
    return Node(
        None,
        output_name(entry),
        attributes=node.attributes,
        origin=node.origin,
        forward=node.forward,
    )
