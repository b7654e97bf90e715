"""Shape and type inference: both ways along every edge, to a fixpoint.

A worklist visits each node once in order, and again only when one of its entries became
better known. A contradiction names both nodes and where each was created.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Generic, TypeVar

import numpy as np

from dataflow.errors import InferenceError
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, describe, input_names, output_name
from dataflow_ops import dtypes as dtype_rules
from dataflow_ops import shapes as shape_rules
from dataflow_ops.errors import DeclarationError
from dataflow_ops.registry import Operator
from dataflow_ops.shapes import UNKNOWN, Shape

Fact = TypeVar("Fact")
_Told = tuple[tuple[int, Fact], ...]  # numbers of inputs, then outputs, and their facts
Rule = Callable[
    [Any, Sequence[Any], Sequence[Any]], tuple[Sequence[Any], Sequence[Any]]
]

MOST_TOLD = 4096  # answers of rules that are remembered


@dataclass(frozen=True)
class _Kind(Generic[Fact]):
    """What differs between inferring shapes and inferring types."""

    noun: str
    rule: Callable[[Operator], Rule]
    unify: Callable[[Fact | None, Fact | None], Fact | None]
    show: Callable[[Fact | None], str]
    # What rules told before, by operator, attributes and what was known. Facts alone:
    # rules are functions of these.
    told: dict[Hashable, _Told[Fact]] = field(default_factory=dict)


_SHAPES: _Kind[Shape] = _Kind(
    "shape", attrgetter("shapes"), shape_rules.unify, shape_rules.display
)
_DTYPES: _Kind[np.dtype[Any]] = _Kind(
    "type", attrgetter("dtypes"), dtype_rules.unify, lambda dtype: str(dtype or "?")
)


def infer(
    graph: Graph,
    shapes: Mapping[Entry, Shape | None],
    dtypes: Mapping[Entry, np.dtype[Any] | None],
    fresh: Sequence[Node] | None = None,
    default: np.dtype[Any] | None = None,
) -> Graph:
    """Return the graph with every shape and type that follows from the known ones.

    Parameters
    ----------
    graph : Graph
        Where they belong.
    shapes, dtypes : mapping of Entry
        The known ones.
    fresh : sequence of Node, optional
        Where to begin, in order, if nothing more follows elsewhere.
    default : dtype, optional
        That of variables whose type does not follow from anything.

    Raises
    ------
    InferenceError
        Two nodes contradict each other, or a rule refuses its inputs.
    """
    types = _Propagation(graph, _DTYPES, dtypes, fresh)
    all_shapes = _Propagation(graph, _SHAPES, shapes, fresh).run()
    types.run()
    if default is not None:
        types.assume_all(default)
    return replace(graph, shapes=all_shapes, dtypes=types.facts)


def infer_shapes(
    graph: Graph,
    known: Mapping[Entry, Shape | None],
    fresh: Sequence[Node] | None = None,
) -> Graph:
    """Return the graph with every shape that follows from the known ones.

    Parameters
    ----------
    graph : Graph
        Where they belong.
    known : mapping of Entry
        The known ones.
    fresh : sequence of Node, optional
        Where to begin, if nothing more follows elsewhere.

    Raises
    ------
    InferenceError
        Two nodes contradict each other, or a rule refuses its inputs.
    """
    return replace(graph, shapes=_Propagation(graph, _SHAPES, known, fresh).run())


def infer_dtypes(
    graph: Graph,
    known: Mapping[Entry, np.dtype[Any] | None],
    fresh: Sequence[Node] | None = None,
) -> Graph:
    """Return the graph with every type that follows from the known ones.

    Parameters
    ----------
    graph, known, fresh
        As for `infer_shapes`.

    Raises
    ------
    InferenceError
        Two nodes contradict each other.
    """
    return replace(graph, dtypes=_Propagation(graph, _DTYPES, known, fresh).run())


def with_default_dtypes(graph: Graph, default: np.dtype[Any]) -> Graph:
    """Give variables of unknown type the default one, and what follows from it."""
    spreading = _Propagation(graph, _DTYPES, graph.dtypes, ())
    spreading.assume_all(default)
    return replace(graph, dtypes=spreading.facts)


def declared_shapes(graph: Graph) -> dict[Entry, Shape | None]:
    """Return the shapes that variables carry as ``__shape__``."""
    found: dict[Entry, Shape | None] = {}
    for node in graph.variables:
        if "__shape__" in node.attributes:
            shape = ast.literal_eval(node.attributes["__shape__"])
            found[Entry(node, 0)] = from_user(shape)
    return found


def declared_dtypes(graph: Graph) -> dict[Entry, np.dtype[Any] | None]:
    """Return the types that variables carry as ``__dtype__``."""
    return {
        Entry(node, 0): dtype_rules.CODES[int(node.attributes["__dtype__"])]
        for node in graph.variables
        if "__dtype__" in node.attributes
    }


def from_user(shape: Sequence[int]) -> Shape:
    """Read a user's shape, in which 0 stands for an unknown dimension."""
    return tuple(UNKNOWN if d == 0 else int(d) for d in shape)


def to_user(shape: Shape | None) -> tuple[int, ...] | None:
    """Write a shape for the user, with 0 for an unknown dimension."""
    if shape is None:
        return None
    return tuple(0 if d == UNKNOWN else d for d in shape)


class _Propagation(Generic[Fact]):
    """One run to the fixpoint. `facts` only ever become better known."""

    def __init__(
        self,
        graph: Graph,
        kind: _Kind[Fact],
        known: Mapping[Entry, Fact | None],
        fresh: Sequence[Node] | None = None,
    ) -> None:
        self.graph = graph
        self.kind = kind
        self.facts: dict[Entry, Fact | None] = dict(known)
        self.source: dict[Entry, Node] = {}  # who told the fact; absent: the user
        self.sweep = graph.operators if fresh is None else fresh
        self.sweeping = False
        self.waiting: deque[Node] = deque()
        self.queued: set[Node] = set()

    def run(self) -> dict[Entry, Fact | None]:
        """Visit every node in order, then again those about which more is known."""
        self.sweeping, self.queued = True, set(self.sweep)
        for node in self.sweep:
            self.queued.remove(node)
            self._visit(node)
        self.sweeping = False
        self._settle()
        return self.facts

    def assume_all(self, fact: Fact) -> None:
        """Take a fact for granted of variables of which none is known.

        One after the other, with what follows from it.
        """
        for node in self.graph.variables:
            if self.facts.get(Entry(node, 0)) is None:
                self.facts[Entry(node, 0)] = fact
                self._spread(node, node)
                self._settle()

    def _settle(self) -> None:
        while self.waiting:
            node = self.waiting.popleft()
            self.queued.remove(node)
            self._visit(node)

    def _visit(self, node: Node) -> None:
        entries = (*node.inputs, *node.entries())
        known = tuple(map(self.facts.get, entries))
        for number, fact in self._told(node, known):
            self._learn(node, entries[number], fact)
        for slot, like in node.like.items() if node.like else ():
            seen = self.facts.get(like)
            if seen is not None:
                self._learn(node, Entry(node, slot), seen)

    def _told(self, node: Node, known: tuple[Fact | None, ...]) -> _Told[Fact]:
        """Return what the operator's rule tells that is not known."""
        try:
            told = self.kind.told.get((node.operator, node.parameters, known))
        except TypeError:  # an index by slices or arrays, which have no hash
            return self._ask(node, known)
        if told is None:
            told = self._ask(node, known)
            assert node.operator is not None
            if not node.operator.free:  # code of users is asked every time
                if len(self.kind.told) >= MOST_TOLD:
                    self.kind.told.clear()
                self.kind.told[node.operator, node.parameters, known] = told
        return told

    def _ask(self, node: Node, known: tuple[Fact | None, ...]) -> _Told[Fact]:
        """Ask the operator's rule."""
        operator = node.operator
        assert operator is not None
        count = len(node.inputs)
        reads, makes = known[:count], known[count:]
        try:
            read, made = self.kind.rule(operator)(node.parameters, reads, makes)
        except DeclarationError as error:
            raise InferenceError(self._refusal(node, error)) from error
        return tuple(_news(known, (*read, *made)))

    def _learn(self, node: Node, entry: Entry, fact: Fact) -> None:
        old = self.facts.get(entry)
        joined: Fact | None = fact
        if old is not None:
            try:
                joined = self.kind.unify(old, fact)
            except DeclarationError as error:
                raise InferenceError(self._contradiction(node, entry, fact)) from error
            if joined == old:
                return
        self.facts[entry] = joined
        self.source[entry] = node
        if entry.node is not node or not self.sweeping:
            self._spread(node, entry.node)
        # Otherwise whoever reads it is yet to be visited.

    def _spread(self, teller: Node, told: Node) -> None:
        """Visit whoever knows an entry of a node, but not who told something of it."""
        queued = self.queued
        for node in (told, *_readers(self.graph)[told]):
            if node not in queued and node is not teller and node.operator is not None:
                queued.add(node)
                self.waiting.append(node)

    def _refusal(self, node: Node, error: DeclarationError) -> str:
        return (
            f"{describe(node)}: cannot infer {self.kind.noun}s: {error}\n"
            f"{self._listing(node)}"
        )

    def _contradiction(self, node: Node, entry: Entry, fact: Fact) -> str:
        return (
            f"{self.kind.noun} conflict at '{output_name(entry)}': "
            f"{self._known(entry)}, but {self.kind.show(fact)} by {describe(node)}\n"
            f"{self._listing(node)}"
        )

    def _known(self, entry: Entry) -> str:
        """Show what is known of an entry, and who told it."""
        fact, teller = self.facts.get(entry), self.source.get(entry)
        if fact is None:
            return self.kind.show(fact)
        origin = "given by the caller" if teller is None else f"by {describe(teller)}"
        return f"{self.kind.show(fact)} {origin}"

    def _listing(self, node: Node) -> str:
        lines = [
            f"  {name} = '{output_name(entry)}': {self._known(entry)}"
            for name, entry in zip(input_names(node), node.inputs, strict=False)
        ]
        lines += [
            f"  output '{output_name(entry)}': {self._known(entry)}"
            for entry in node.entries()
            if self.facts.get(entry) is not None
        ]
        if node.given:
            lines.append(f"  attributes: {dict(node.given)}")
        return "\n".join(lines)


def _readers(graph: Graph) -> Mapping[Node, Sequence[Node]]:
    """Return the operators that read each node."""
    found: dict[Node, list[Node]] | None = graph.notes.get("readers")
    if found is None:
        found = graph.notes["readers"] = {node: [] for node in graph.nodes}
        for node in graph.operators:
            read = (*node.inputs, *node.like.values()) if node.like else node.inputs
            for producer in {entry.node for entry in read}:
                found[producer].append(node)
    return found


def _news(
    known: Sequence[Fact | None], told: Sequence[Fact | None]
) -> Iterator[tuple[int, Fact]]:
    for number, (old, new) in enumerate(zip(known, told, strict=True)):
        # NumPy takes None for float64, so None is never compared with a type.
        if new is not None and (old is None or new != old):
            yield number, new
