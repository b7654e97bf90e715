"""The layout pass: which images lie in memory with their channels last.

Convolutions are fastest on such images, and what computes element by element does not
care. So results that are connected through the latter form a class, and a class that a
convolution touches lies channels last. So does one that meets such a class in a kernel
that takes both, as that of pooling, which would move the images of one of them
otherwise. What the user binds never does, and a kernel that wants contiguous arrays is
given copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_ops.images import Images

ImagesRule = Callable[[Graph, Node], Images]


def lay_out(graph: Graph, images: ImagesRule) -> Graph:
    """Return the graph with its `channels_last` entries chosen.

    Parameters
    ----------
    graph : Graph
        Placed, with all shapes and types.
    images : callable
        Which inputs and outputs of a node may lie with the channels last.
    """
    rules = {node: images(graph, node) for node in graph.operators}
    classes = _Classes()
    for entry in _candidates(graph, rules):
        classes.add(entry)
    touched = {
        node: [e for e in _touched(node, rule) if e in classes]
        for node, rule in rules.items()
    }
    for node, rule in rules.items():
        if rule.follows:
            classes.join(touched[node])
    preferred = [
        e for node, rule in rules.items() if rule.prefers for e in touched[node]
    ]
    meetings = [{classes.root(entry) for entry in group} for group in touched.values()]
    chosen = _spread({classes.root(entry) for entry in preferred}, meetings)
    last = frozenset(e for e in classes.entries() if classes.root(e) in chosen)
    return replace(graph, channels_last=last) if last else graph


def _spread(chosen: set[Entry], meetings: list[set[Entry]]) -> set[Entry]:
    """Return the chosen classes and all that meet one of them, or one of these."""
    met: dict[Entry, list[set[Entry]]] = {}
    for meeting in meetings:
        for root in meeting:
            met.setdefault(root, []).append(meeting)
    found = set(chosen)
    waiting = list(chosen)
    while waiting:
        for meeting in met[waiting.pop()]:
            waiting += meeting - found
            found |= meeting
    return found


def _candidates(graph: Graph, rules: dict[Node, Images]) -> Iterator[Entry]:
    """Yield the results that are nobody's but ours and can be written so."""
    heads = set(graph.heads)
    for node, rule in rules.items():
        assert node.operator is not None
        for entry in node.entries():
            if entry.slot in rule.outputs and entry not in heads:
                yield entry


def _touched(node: Node, rule: Images) -> Iterator[Entry]:
    for number, entry in enumerate(node.inputs):
        if number in rule.inputs:
            yield entry
    for entry in node.entries():
        if entry.slot in rule.outputs:
            yield entry


class _Classes:
    """Disjoint sets of entries, each known by one of them, its root."""

    def __init__(self) -> None:
        self._parent: dict[Entry, Entry] = {}

    def __contains__(self, entry: Entry) -> bool:
        return entry in self._parent

    def entries(self) -> list[Entry]:
        """Return all of them."""
        return list(self._parent)

    def add(self, entry: Entry) -> None:
        """Add a set of one entry."""
        self._parent[entry] = entry

    def root(self, entry: Entry) -> Entry:
        """Return the entry by which a set is known."""
        while self._parent[entry] != entry:
            parent = self._parent[entry]
            self._parent[entry] = self._parent[parent]  # halves the way for the next
            entry = self._parent[entry]
        return entry

    def join(self, entries: list[Entry]) -> None:
        """Make one set of those that these entries are in."""
        for entry in entries[1:]:
            self._parent[self.root(entry)] = self.root(entries[0])
