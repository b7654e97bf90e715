"""The pass of views: what lies in the buffer of something larger from the beginning.

An input of a join may be written straight into the joined array, and the outputs of a
split may be read where they are: then nothing is copied, and there is one buffer
instead of two. What the user binds takes no part in it.

Most such parts have gaps between their elements. A kernel that cannot take those is
given a copy: a part pays if that makes no more copies than it saves, which is one. The
others go by rows, which takes a little more time than the copy of a small array, so
that gaps are for large ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dataflow.graph.graph import Graph, Part
from dataflow.graph.node import Entry, Node
from dataflow_ops.images import Images
from dataflow_ops.parts import Lying, Place, PlacesRule
from dataflow_ops.shapes import Shape, size

ImagesRule = Callable[[Graph, Node], Images]
Outside = Callable[[Graph, Node], bool]

# Where there are gaps
LEAST_BYTES = 1 << 17  # of the whole
LEAST_RUN = 16  # elements one behind the other: a line of the cache

# Of what is split, the least share that is read as its parts: all of it stays.
_LEAST_SHARE = 0.5


def find_views(graph: Graph, images: ImagesRule, outside: Outside) -> Graph:
    """Return the graph with its `parts` chosen.

    Parameters
    ----------
    graph : Graph
        Placed and laid out, with all shapes and types.
    images : callable
        Which inputs and outputs of a node may have gaps between their elements.
    outside : callable
        Whether a node does not run on its context's own lane.
    """
    views = _Views(graph, images, outside)
    for node in reversed(graph.operators):  # what is joined may be joined again
        views.join(node)
    for node in graph.operators:
        views.split(node)
    return replace(graph, parts=views.found) if views.found else graph


class _Views:
    """Finds parts, and remembers the kernels' answers."""

    def __init__(self, graph: Graph, images: ImagesRule, outside: Outside) -> None:
        self.graph = graph
        self.found: dict[Entry, Part] = {}
        self._images = images
        self._outside = outside
        self._rules: dict[Node, Images] = {}
        self._readers: dict[Entry, list[tuple[Node, int]]] = {}
        for node in graph.operators:
            for number, entry in enumerate(node.inputs):
                self._readers.setdefault(entry, []).append((node, number))

    def join(self, node: Node) -> None:
        """Let the inputs of a join lie in its output."""
        assert node.operator is not None
        output = Entry(node, 0)
        if node.operator.joins is None or not self._is_ours(output):
            return
        places = self._places(node, node.operator.joins)
        for entry, place in zip(node.inputs, places, strict=True):
            part = self._part(output, place, entry)
            if part is None or not self._can_be_written(entry):
                continue
            # A copy when it is written is none more: the join makes none.
            if part.is_close or self._copies_to(entry) + self._copies(entry, node) <= 1:
                self.found[entry] = part

    def split(self, node: Node) -> None:
        """Let the outputs of a split lie in its input."""
        assert node.operator is not None
        if node.operator.splits is None or not self._is_ours(node.inputs[0]):
            return
        source, chosen = node.inputs[0], dict[Entry, Part]()
        places = self._places(node, node.operator.splits)
        for entry, place in zip(node.entries(), places, strict=True):
            part = self._part(source, place, entry)
            if part is None or not self._is_ours(entry):
                continue
            if part.is_close or not self._copies(entry, node):
                chosen[entry] = part
        if sum(map(self._size, chosen)) >= _LEAST_SHARE * self._size(source):
            self.found |= chosen

    def _part(self, whole: Entry, place: Place, entry: Entry) -> Part | None:
        """Return how an entry lies at a place of another, if it can."""
        graph, last = self.graph, entry in self.graph.channels_last
        if (
            entry in self.found
            or not self._size(entry)
            or last != (whole in graph.channels_last)
            or graph.dtypes[entry] != graph.dtypes[whole]
            or graph.contexts[entry.node] != graph.contexts[whole.node]
        ):
            return None
        known = self.found.get(whole)
        lying = known.lying if known else Lying.closely(self._shape(whole), last)
        lying = lying.at(place)
        if last and len(self._shape(entry)) != len(self._shape(whole)):
            return None
        is_close = lying.is_close(last)
        if not is_close and not self._may_have_gaps(entry, whole, lying):
            return None
        return Part(known.whole if known else whole, lying, is_close)

    def _may_have_gaps(self, entry: Entry, whole: Entry, lying: Lying) -> bool:
        dtype = self.graph.dtypes[entry]
        assert dtype is not None
        large = self._size(whole) * dtype.itemsize >= LEAST_BYTES
        if not large or lying.run < LEAST_RUN:
            return False
        readers = [node for node, _ in self._readers.get(entry, ())]
        on_host = not self.graph.contexts[entry.node].is_device
        return on_host and not any(self._outside(self.graph, n) for n in readers)

    def _is_ours(self, entry: Entry) -> bool:
        """Tell whether an entry has a buffer, touched in the order of its context."""
        external = self.graph.external
        if entry not in self._readers or entry in external or _seen(entry) in external:
            return False
        return not self._outside(self.graph, entry.node)

    def _can_be_written(self, entry: Entry) -> bool:
        """Tell whether a buffer may be chosen for an entry: it is a view of none."""
        if not self._is_ours(entry):
            return False
        operator = entry.node.operator
        assert operator is not None
        return not (operator.view and entry.slot == 0)

    def _copies_to(self, entry: Entry) -> int:
        """Count the copies made by what writes an entry with gaps."""
        return int(entry.slot not in self._rule(entry.node).apart_outputs)

    def _copies(self, entry: Entry, node: Node) -> int:
        """Count those made by what reads it, but for one node."""
        return sum(
            self._is_copied(reader, number)
            for reader, number in self._readers[entry]
            if reader is not node
        )

    def _is_copied(self, reader: Node, number: int) -> bool:
        assert reader.operator is not None
        is_view = reader.operator.view and number == 0  # without gaps it makes no copy
        return is_view or number not in self._rule(reader).apart_inputs

    def _rule(self, node: Node) -> Images:
        if node not in self._rules:
            self._rules[node] = self._images(self.graph, node)
        return self._rules[node]

    def _places(self, node: Node, rule: PlacesRule) -> Sequence[Place]:
        sides = (node.inputs, node.entries())
        inputs, outputs = ([self._shape(e) for e in side] for side in sides)
        return rule(node.parameters, inputs, outputs)

    def _size(self, entry: Entry) -> int:
        return size(self._shape(entry))

    def _shape(self, entry: Entry) -> Shape:
        shape = self.graph.shapes[entry]
        assert shape is not None
        return shape


def _seen(entry: Entry) -> Entry:
    """Return what an entry may be a view of in the end."""
    while (operator := entry.node.operator) and operator.view and entry.slot == 0:
        entry = entry.node.inputs[0]
    return entry
