"""Shape and type inference: both ways along every edge, to a fixpoint.

A worklist visits each node once in order, and again only when one of its entries became
better known. A contradiction names both nodes and where each was created.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np

from dataflow.errors import InferenceError
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, describe, input_names, output_name
from dataflow_ops import dtypes as dtype_rules
from dataflow_ops import shapes as shape_rules
from dataflow_ops.errors import DeclarationError
from dataflow_ops.shapes import UNKNOWN, Shape

Fact = TypeVar("Fact")
Rule = Callable[
    [Any, Sequence[Any], Sequence[Any]], tuple[Sequence[Any], Sequence[Any]]
]


@dataclass(frozen=True)
class _Kind(Generic[Fact]):
    """What differs between inferring shapes and inferring types."""

    noun: str
    rule: Callable[[Node], Rule]
    unify: Callable[[Fact | None, Fact | None], Fact | None]
    show: Callable[[Fact | None], str]


def _shape_rule(node: Node) -> Rule:
    assert node.operator is not None
    return node.operator.shapes


def _dtype_rule(node: Node) -> Rule:
    assert node.operator is not None
    return node.operator.dtypes


_SHAPES: _Kind[Shape] = _Kind(
    "shape", _shape_rule, shape_rules.unify, shape_rules.display
)
_DTYPES: _Kind[np.dtype[Any]] = _Kind(
    "type", _dtype_rule, dtype_rules.unify, lambda dtype: str(dtype or "?")
)


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
    for node in graph.variables:
        spreading.assume(Entry(node, 0), default)
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
        self.readers: dict[Node, list[Node]] = {node: [] for node in graph.nodes}
        for node in graph.operators:
            read = (*node.inputs, *node.like.values()) if node.like else node.inputs
            for producer in {entry.node for entry in read}:
                self.readers[producer].append(node)
        self.waiting = deque(graph.operators if fresh is None else fresh)
        self.queued = set(self.waiting)

    def assume(self, entry: Entry, fact: Fact) -> None:
        """Take a fact for granted where none is known, and what follows from it."""
        if self.facts.get(entry) is None:
            self.facts[entry] = fact
            self.waiting.extend(self.readers[entry.node])
            self.queued.update(self.waiting)
            self.run()

    def run(self) -> dict[Entry, Fact | None]:
        while self.waiting:
            node = self.waiting.popleft()
            self.queued.discard(node)
            self._visit(node)
        return self.facts

    def _visit(self, node: Node) -> None:
        entries = (*node.inputs, *node.entries())
        count = len(node.inputs)
        known = [self.facts.get(entry) for entry in entries]
        try:
            told = self.kind.rule(node)(node.parameters, known[:count], known[count:])
        except DeclarationError as error:
            raise InferenceError(self._refusal(node, error)) from error
        for entry, old, new in zip(entries, known, (*told[0], *told[1]), strict=True):
            # NumPy takes None for float64, so None is never compared with a type.
            if new is not None and (old is None or new != old):
                self._learn(node, entry, new)
        for slot, like in node.like.items():
            fact = self.facts.get(like)
            if fact is not None:
                self._learn(node, Entry(node, slot), fact)

    def _learn(self, node: Node, entry: Entry, fact: Fact) -> None:
        old = self.facts.get(entry)
        try:
            joined = self.kind.unify(old, fact)
        except DeclarationError as error:
            raise InferenceError(self._contradiction(node, entry, fact)) from error
        if old is not None and joined == old:
            return
        self.facts[entry] = joined
        self.source[entry] = node
        for other in (entry.node, *self.readers[entry.node]):
            if other is not node and not other.is_variable and other not in self.queued:
                self.queued.add(other)
                self.waiting.append(other)

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
