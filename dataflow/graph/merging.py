"""Making one node of a group: its program, what it reads and what it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_ops.attributes import Attributes
from dataflow_ops.fused import Program, Reduction, Step, declare
from dataflow_ops.fused_reductions import (
    SPREADS,
    axes_of,
    form_of,
    spread_shape,
    spread_step,
)
from dataflow_ops.registry import find
from dataflow_ops.shapes import Shape, size

MOST_PAIRS = 120  # of arrays, one of them written: LLVM asks whether they overlap,
# and beyond 128 such questions it gives up making vectors

Readers = Mapping[Entry, Sequence[Node]]


@dataclass(frozen=True, eq=False)
class Merged:
    """A group as a program, and what it reads and makes in the old graph."""

    members: tuple[Node, ...]
    inputs: tuple[Entry, ...]
    outputs: tuple[Entry, ...]
    program: Program

    def node(self, moved: Mapping[Entry, Entry]) -> Node:
        """Return the node that stands for it, reading what the inputs have become."""
        last = self.members[-1]
        return Node(
            declare(self.program),
            _title(self.members),
            tuple(moved[entry] for entry in self.inputs),
            parameters=Attributes({"program": self.program}),
            origin=last.origin,
            forward=last.forward,
        )


def merge(
    graph: Graph, elements: Sequence[Node], ends: Sequence[Node], readers: Readers
) -> Merged:
    """Make the program of a group.

    Parameters
    ----------
    graph : Graph
        Where it lies.
    elements, ends : sequence of Node
        Its elementwise nodes, and its reductions; each in order.
    readers : mapping of Entry
        What reads the entries of the graph.
    """
    writer = _Writer(graph, elements, ends)
    members = (*elements, *ends)
    inside, heads = set(members), set(graph.heads)
    outputs = [
        entry
        for entry in writer.inner
        if entry in heads or not inside.issuperset(readers.get(entry, ()))
    ]
    program = writer.program(outputs)
    return Merged(members, writer.entries, tuple(outputs), program)


def small(
    graph: Graph, elements: Sequence[Node], ends: Sequence[Node], readers: Readers
) -> Iterator[Merged]:
    """Make a group, or its halves if it has too many arrays; they are convex, too."""
    made = merge(graph, elements, ends, readers)
    if pairs(len(made.inputs), len(made.outputs)) <= MOST_PAIRS:
        yield made
    elif len(elements) > 3:
        middle = len(elements) // 2
        yield from small(graph, elements[:middle], (), readers)
        yield from small(graph, elements[middle:], (), readers)


def pairs(inputs: int, outputs: int) -> int:
    """Count the pairs of arrays of which at least one is written."""
    return outputs * (outputs - 1) // 2 + inputs * outputs


class _Writer:
    """Writes a program: numbers the values, and turns members into steps."""

    def __init__(
        self, graph: Graph, elements: Sequence[Node], ends: Sequence[Node]
    ) -> None:
        self.graph = graph
        inside = set(elements)
        first = elements[0].entries()[0] if elements else ends[0].inputs[0]
        self.shape = _shape(graph, first)
        reads = dict.fromkeys(
            (entry, self._seen(node, entry))
            for node in (*elements, *ends)
            for entry in node.inputs
            if entry.node not in inside
        )
        self.entries = tuple(entry for entry, _ in reads)
        self.inputs = tuple(shape for _, shape in reads)
        self.dtypes = [graph.dtypes[entry] for entry in self.entries]
        self.steps: list[Step] = []
        self.reductions: list[Reduction] = []
        self.owners: list[int] = []
        # Read from outside in a shape, or made inside.
        self.outer = {key: i for i, key in enumerate(reads)}
        self.inner: dict[Entry, int] = {}
        for member, node in enumerate(elements):
            self._element(node, member)
        sources = [
            self._prepared(node, member)
            for member, node in enumerate(ends, start=len(elements))
        ]
        for node, source in zip(ends, sources, strict=True):
            self._end(node, source)
        self.owners += range(len(elements), len(elements) + len(ends))

    def program(self, outputs: Sequence[Entry]) -> Program:
        """Return the program of which these entries leave."""
        return Program(
            shape=self.shape,
            inputs=self.inputs,
            dtypes=tuple(dtype for dtype in self.dtypes if dtype is not None),
            steps=tuple(self.steps),
            outputs=tuple(self.inner[entry] for entry in outputs),
            reductions=tuple(self.reductions),
            owners=tuple(self.owners) if self.reductions else (),
        )

    def _seen(self, node: Node, entry: Entry) -> Shape:
        """Return the shape in which a node reads an entry from outside."""
        assert node.operator is not None
        if node.operator.name in SPREADS:
            return spread_shape(node.parameters, self.shape)
        return _shape(self.graph, entry)

    def _outer(self, node: Node, entry: Entry) -> int:
        return self.outer[entry, self._seen(node, entry)]

    def _element(self, node: Node, member: int) -> None:
        assert node.operator is not None
        name, attributes = node.operator.name, node.parameters
        if name in SPREADS:
            share = size(_shape(self.graph, node.inputs[0])) / size(self.shape)
            name, attributes = spread_step(name, share)
        inner = self.inner
        reads = tuple(
            [inner[e] if e in inner else self._outer(node, e) for e in node.inputs]
        )
        start = len(self.dtypes)
        for entry in node.entries():
            inner[entry] = len(self.dtypes)
            self.dtypes.append(self.graph.dtypes[entry])
        writes = tuple(range(start, len(self.dtypes)))
        self.steps.append(Step(name, attributes, reads, writes))
        self.owners.append(member)

    def _prepared(self, node: Node, member: int) -> int:
        """Add what is done to the elements before a reduction; return its value."""
        assert node.operator is not None
        source = node.inputs[0]
        value = self.inner.get(source)
        values = [self._outer(node, source) if value is None else value]
        for name, reads in form_of(node.operator.name, node.parameters).before:
            values.append(len(self.dtypes))
            self.dtypes.append(self.graph.dtypes[source])
            read = tuple(values[place] for place in reads)
            parsed = find(name).parse({})
            self.steps.append(Step(name, parsed, read, (values[-1],)))
            self.owners.append(member)
        return values[-1]

    def _end(self, node: Node, source: int) -> None:
        assert node.operator is not None
        form = form_of(node.operator.name, node.parameters)
        (made,) = node.entries()
        self.inner[made] = len(self.dtypes)
        self.dtypes.append(self.graph.dtypes[made])
        self.reductions.append(
            Reduction(
                by=form.by,
                last=form.last,
                axes=axes_of(node.parameters, self.shape),
                reads=source,
                writes=self.inner[made],
                shape=_shape(self.graph, made),
            )
        )


def _shape(graph: Graph, entry: Entry) -> Shape:
    shape = graph.shapes[entry]
    assert shape is not None
    return shape


def _title(members: Sequence[Node]) -> str:
    if len(members) <= 3:
        return "+".join(node.name for node in members)
    return f"{members[0].name}+{len(members) - 2}+{members[-1].name}"
