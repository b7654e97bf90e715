"""Nodes: variables and operators' uses, linked by the entries that they read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from dataflow.graph.origin import Loaded, Origin
from dataflow_ops.attributes import Attributes
from dataflow_ops.registry import Operator


class Entry(NamedTuple):
    """One output of a node: the node and the output's number."""

    node: Node
    slot: int

    @property
    def version(self) -> int:
        """How often operators composed before had updated it; MXNet's files say so."""
        return 0


class UpdatedEntry(Entry):
    """An entry of a variable that operators had updated; equal to the plain entry."""

    _version: int

    @classmethod
    def of(cls, entry: Entry, version: int) -> Entry:
        """Return the entry as of a version."""
        if version == 0:
            return Entry(entry.node, entry.slot)
        updated = cls(entry.node, entry.slot)
        updated._version = version
        return updated

    @property
    def version(self) -> int:
        """How often operators composed before had updated it."""
        return self._version


_NOTHING: Mapping[int, Entry] = MappingProxyType({})


class Node:
    """A variable, or one use of an operator; compared by identity.

    Parameters
    ----------
    operator : Operator or None
        None for a variable.
    name : str
        Unique names are the user's affair; files and saved parameters use them.
    inputs : tuple of Entry
        What it reads, auxiliary states last.
    parameters : Attributes
        The operator's typed attributes.
    given : mapping
        The operator's attributes as strings, as the user gave them.
    attributes : mapping
        The user's own attributes (``__ctx_group__``, ``__lr_mult__``, ...).
    origin : Origin, optional
        The user's line that created it, or its place in a file.
    forward : Node, optional
        For a node made by the gradient pass: the forward node that it belongs to.
    """

    __slots__ = (
        "_argument_count",
        "_entries",
        "_source",
        "attributes",
        "forward",
        "given",
        "inputs",
        "like",
        "name",
        "operator",
        "origin",
        "parameters",
        "updates",
    )

    def __init__(
        self,
        operator: Operator | None,
        name: str,
        inputs: tuple[Entry, ...] = (),
        *,
        parameters: Attributes | None = None,
        given: Mapping[str, str] | None = None,
        attributes: Mapping[str, str] | None = None,
        origin: Origin | None = None,
        forward: Node | None = None,
    ) -> None:
        self.operator = operator
        self.name = name
        self.inputs = inputs
        self.parameters = parameters if parameters is not None else Attributes({})
        self.given = dict(given or {})
        self.attributes = dict(attributes or {})
        self.origin = origin
        self.forward = forward
        # For gradients that a user composes with: the forward entries whose shapes and
        # types the outputs have, by slot.
        self.like: Mapping[int, Entry] = _NOTHING
        self.updates = 0  # how many operators that update this variable were composed
        self._entries: tuple[Entry, ...] | None = None
        self._argument_count: int | None = None
        self._source: Node | None = None

    @property
    def is_variable(self) -> bool:
        """Whether it stands for an array that the user binds."""
        return self.operator is None

    @property
    def output_count(self) -> int:
        """Count its outputs, hidden ones included."""
        if self.operator is None:
            return 1
        return len(self.operator.output_names(self.parameters))

    @property
    def visible_count(self) -> int:
        """Count the outputs that a user sees."""
        if self.operator is None:
            return 1
        return self.operator.visible_outputs(self.parameters)

    @property
    def argument_count(self) -> int:
        """Count the inputs that are not auxiliary states."""
        if self._argument_count is None:
            count = len(self.inputs)
            if self.operator is not None:
                count -= len(self.operator.auxiliary_names(self.parameters))
            self._argument_count = count
        return self._argument_count

    def entries(self) -> tuple[Entry, ...]:
        """Return all its outputs."""
        if self._entries is None:
            self._entries = tuple(Entry(self, i) for i in range(self.output_count))
        return self._entries

    def with_inputs(
        self, inputs: tuple[Entry, ...], like: Mapping[int, Entry] | None = None
    ) -> Node:
        """Copy the node, reading other entries."""
        copy = Node(
            self.operator,
            self.name,
            inputs,
            parameters=self.parameters,
            given=self.given,
            attributes=self.attributes,
            origin=self.origin,
            forward=self.forward,
        )
        copy.updates = self.updates
        copy.like = self.like if like is None else like
        return copy

    def rewritten(self, inputs: tuple[Entry, ...]) -> Node:
        """Copy the node for a pass: the same one, in a graph that reads others."""
        copy = self.with_inputs(inputs)
        copy._source = self.source
        return copy

    @property
    def source(self) -> Node:
        """The composed node that passes made it of; by default itself."""
        return self._source or self

    def __repr__(self) -> str:
        kind = "variable" if self.operator is None else self.operator.name
        return f"<Node {self.name} ({kind})>"


def output_name(entry: Entry) -> str:
    """Name one output as MXNet does: ``fc1_output``, ``split_output1``, ``data``."""
    node = entry.node
    if node.operator is None:
        return node.name
    return f"{node.name}_{node.operator.output_names(node.parameters)[entry.slot]}"


def input_names(node: Node) -> tuple[str, ...]:
    """Name the inputs of an operator's node, auxiliary states last."""
    if node.operator is None:
        return ()
    return (
        *node.operator.input_names(node.parameters),
        *node.operator.auxiliary_names(node.parameters),
    )


def describe(node: Node) -> str:
    """Name a node for a message: its operator, its name and where it was made."""
    kind = "variable" if node.operator is None else f"operator {node.operator.name}"
    how = "loaded from" if isinstance(node.origin, Loaded) else "created at"
    place = f", {how} {node.origin}" if node.origin is not None else ""
    of = ", in the gradient" if node.forward is not None else ""
    return f"{kind} '{node.name}'{of}{place}"
