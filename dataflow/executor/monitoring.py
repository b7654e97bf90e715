"""Watching what every operator of an executor computes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, input_names, output_name
from dataflow.graph.schedule import Segment
from dataflow.ndarray import NDArray

Callback = Callable[[str, NDArray], object]


class Watched(NamedTuple):
    """One value that a user watches: the name under which, and what it is."""

    name: str
    entry: Entry


class Monitor:
    """A user's callback, and arrays of its own for what the memory plan overwrites.

    Parameters
    ----------
    callback : callable
        Takes a name such as ``fc1_output`` and the array.
    everything : bool
        Watch what operators read, too.
    """

    def __init__(self, callback: Callback, everything: bool) -> None:
        self.callback = callback
        self.everything = everything
        self._copies: dict[Entry, NDArray] = {}

    def copies(self, graph: Graph, entries: Collection[Entry]) -> dict[Entry, NDArray]:
        """Return an array for each of the results that have none of their own."""
        for entry in entries:
            if entry not in self._copies:
                shape, dtype = graph.shapes[entry], graph.dtypes[entry]
                assert shape is not None
                assert dtype is not None
                context = graph.contexts[entry.node]
                self._copies[entry] = NDArray.empty(shape, dtype, context)
        return {entry: self._copies[entry] for entry in entries}

    def report(
        self, segments: Sequence[Segment], arrays: Mapping[Entry, NDArray]
    ) -> None:
        """Call the user, in the order in which the operators run."""
        seen: set[Entry] = set()
        for segment in segments:
            for node in segment.nodes:
                for name, entry in self._watched(node, seen):
                    array = arrays.get(entry, self._copies.get(entry))
                    if array is not None:
                        self.callback(name, array)

    def _watched(self, node: Node, seen: set[Entry]) -> Iterator[Watched]:
        if self.everything:
            for name, entry in zip(input_names(node), node.inputs, strict=False):
                if entry.node.is_variable and entry not in seen:
                    seen.add(entry)
                    yield Watched(entry.node.name, entry)
                yield Watched(f"{node.name}_{name}", entry)
        for entry in node.entries():
            yield Watched(output_name(entry), entry)
