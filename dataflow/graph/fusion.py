"""The fusion pass: connected elementwise nodes, and reductions of them, become one.

What a group does not pay for is left as it was: a group without its reductions, if
that is what pays, or the nodes one by one.
"""

from __future__ import annotations

import heapq
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from dataflow.graph.graph import Graph
from dataflow.graph.grouping import Grouping
from dataflow.graph.merging import Merged, small
from dataflow.graph.node import Entry, Node
from dataflow.graph.unbroadcasting import unbroadcast
from dataflow_ops.fused import Program

Pays = Callable[[Program], bool]


def fuse(graph: Graph, pays: Pays) -> Graph:
    """Return the graph with groups of elementwise nodes as single nodes.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    pays : callable
        Whether some kernel runs a program faster than its steps.
    """
    graph = unbroadcast(graph)
    finder = Grouping(graph)
    merged: dict[Node, Merged] = {}
    order: list[Node] = list(graph.variables)
    for stretch in _stretches(graph):
        # Only kernels of the host's back ends compute groups.
        on_host = not graph.contexts[stretch[0]].is_device
        for elements, ends in finder.groups(stretch) if on_host else ():
            for made in _paying(graph, elements, ends, finder.readers, pays):
                merged |= dict.fromkeys(made.members, made)
        order += _ordered(stretch, finder.before, merged)
    return _rewritten(graph, order, merged) if merged else graph


def _paying(
    graph: Graph,
    elements: Sequence[Node],
    ends: Sequence[Node],
    readers: Mapping[Entry, Sequence[Node]],
    pays: Pays,
) -> list[Merged]:
    """Return what pays of a group: with its reductions, or else without."""
    made = [m for m in small(graph, elements, ends, readers) if pays(m.program)]
    if made or not ends or len(elements) < 2:
        return made
    return _paying(graph, elements, (), readers, pays)


def _stretches(graph: Graph) -> Iterator[list[Node]]:
    forward = {entry.node for entry in graph.outputs}
    for node in reversed(graph.operators):
        if node in forward:
            forward.update([entry.node for entry in node.inputs])
    runs = itertools.groupby(
        graph.operators, key=lambda node: (node not in forward, graph.contexts[node])
    )
    for _, nodes in runs:
        yield list(nodes)


# The new graph


def _ordered(
    stretch: Sequence[Node],
    before: Mapping[Node, Sequence[Node]],
    merged: Mapping[Node, Merged],
) -> list[Node]:
    """Order a stretch so that the members of a group follow each other.

    Everything else stays as early as it can be, in the order in which it was.
    """
    units: dict[object, list[Node]] = {}
    for node in stretch:
        units.setdefault(merged.get(node, node), []).append(node)
    in_place = itertools.chain.from_iterable(units.values())
    if all(map(operator.is_, in_place, stretch)):
        return list(stretch)
    unit_of = {node: unit for unit, nodes in units.items() for node in nodes}
    place = {unit: i for i, unit in enumerate(units)}
    waits: dict[object, set[object]] = {
        unit: {
            unit_of[source]
            for node in nodes
            for source in before[node]
            if source in unit_of and unit_of[source] is not unit
        }
        for unit, nodes in units.items()
    }
    next_ones: dict[object, list[object]] = {}
    for unit, sources in waits.items():
        for source in sources:
            next_ones.setdefault(source, []).append(unit)
    missing = {unit: len(sources) for unit, sources in waits.items()}
    by_place = list(units)
    ready = [place[unit] for unit, count in missing.items() if not count]
    heapq.heapify(ready)
    order: list[Node] = []
    while ready:
        unit = by_place[heapq.heappop(ready)]
        order += units[unit]
        for reader in next_ones.get(unit, ()):
            missing[reader] -= 1
            if not missing[reader]:
                heapq.heappush(ready, place[reader])
    return order


def _rewritten(
    graph: Graph, order: Sequence[Node], merged: Mapping[Node, Merged]
) -> Graph:
    """Copy the graph in another order, with one node for each group."""
    moved: dict[Entry, Entry] = {}
    new: dict[Node, Node] = {}
    groups: dict[Node, tuple[Node, ...]] = {}
    nodes: list[Node] = []
    for node in order:
        group = merged.get(node)
        if group is None:
            made = _copied(node, moved, new)
            moved |= zip(node.entries(), made.entries(), strict=True)
        elif node is not group.members[0]:
            continue
        else:
            made = group.node(moved)
            groups[made] = group.members
            moved |= zip(group.outputs, made.entries(), strict=True)
        new[node] = made
        nodes.append(made)
    return replace(
        graph,
        heads=tuple(moved[entry] for entry in graph.heads),
        nodes=tuple(nodes),
        # Errors tell of the members of groups, too.
        shapes={**graph.shapes, **{e: graph.shapes[o] for o, e in moved.items()}},
        dtypes={**graph.dtypes, **{e: graph.dtypes[o] for o, e in moved.items()}},
        contexts={made: graph.contexts[node] for node, made in new.items()},
        groups={**{new.get(n, n): g for n, g in graph.groups.items()}, **groups},
    )


def _copied(node: Node, moved: Mapping[Entry, Entry], new: Mapping[Node, Node]) -> Node:
    """Copy a node where it reads other entries or belongs to another forward node."""
    if node.is_variable:
        return node
    inputs = tuple(moved[entry] for entry in node.inputs)
    forward = None if node.forward is None else new.get(node.forward, node.forward)
    if inputs == node.inputs and forward is node.forward:
        return node
    made = node.rewritten(inputs)
    made.forward = forward
    return made
