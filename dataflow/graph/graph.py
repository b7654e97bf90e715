"""A graph: what is to be computed, in order, with facts about every entry."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from dataflow.context import Context
from dataflow.errors import GraphError
from dataflow.graph.node import Entry, Node
from dataflow_ops.parts import Lying
from dataflow_ops.shapes import Shape


class Part(NamedTuple):
    """An entry that lies in another one's buffer.

    Parameters
    ----------
    whole : Entry
        Whose buffer that is; it is no part itself.
    lying : Lying
        Where and how, in elements.
    is_close : bool
        Whether there are no gaps between its elements.
    """

    whole: Entry
    lying: Lying
    is_close: bool


@dataclass(frozen=True)
class Graph:
    """A frozen graph. Passes take one and return another, or facts about it.

    Parameters
    ----------
    heads : tuple of Entry
        What it computes: the user's outputs, then the arguments' gradients.
    nodes : tuple of Node
        Everything the heads depend on; each node after those that it reads.
    output_count : int
        How many leading heads are the user's outputs.
    shapes, dtypes : mapping of Entry
        What is known of each entry.
    contexts : mapping of Node
        Where each node runs.
    channels_last : set of Entry
        Images that lie in memory with their channels last; the shape does not tell.
    parts : mapping of Entry
        Results that lie in the buffers of others.
    groups : mapping of Node
        The nodes that a fused one stands for, in order.
    notes : dict
        What others found out about it, to be kept; a changed copy starts without.
    """

    heads: tuple[Entry, ...]
    nodes: tuple[Node, ...]
    output_count: int
    shapes: Mapping[Entry, Shape | None] = field(default_factory=dict)
    dtypes: Mapping[Entry, np.dtype[Any] | None] = field(default_factory=dict)
    contexts: Mapping[Node, Context] = field(default_factory=dict)
    channels_last: frozenset[Entry] = frozenset()
    parts: Mapping[Entry, Part] = field(default_factory=dict)
    groups: Mapping[Node, tuple[Node, ...]] = field(default_factory=dict)
    notes: dict[str, Any] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    @classmethod
    def of(cls, heads: Sequence[Entry], output_count: int | None = None) -> Graph:
        """Collect the graph under some heads; raises GraphError if it has a cycle."""
        count = len(heads) if output_count is None else output_count
        nodes = topological_order(entry.node for entry in heads)
        return cls(tuple(heads), nodes, count)

    @property
    def outputs(self) -> tuple[Entry, ...]:
        """The user's outputs."""
        return self.heads[: self.output_count]

    @cached_property
    def variables(self) -> tuple[Node, ...]:
        """Arguments and auxiliary states, in order of first use."""
        return tuple(node for node in self.nodes if node.is_variable)

    @cached_property
    def states(self) -> tuple[Node, ...]:
        """Auxiliary states: variables that some operator updates, in order."""
        updated = {
            entry.node
            for node in self.nodes
            for entry in node.inputs[node.argument_count :]
        }
        return tuple(node for node in self.variables if node in updated)

    @cached_property
    def arguments(self) -> tuple[Node, ...]:
        """Variables that are not auxiliary states, in order of first use."""
        states = set(self.states)
        return tuple(node for node in self.variables if node not in states)

    @cached_property
    def external(self) -> frozenset[Entry]:
        """Entries with arrays of their own: variables, outputs and gradients."""
        return frozenset((*(Entry(node, 0) for node in self.variables), *self.heads))

    @cached_property
    def operators(self) -> tuple[Node, ...]:
        """All nodes but the variables, in order."""
        return tuple(node for node in self.nodes if not node.is_variable)


def noted(nodes: Iterable[Node]) -> Hashable:
    """Return what users have noted on some nodes, in order."""
    return tuple(tuple(n.attributes.items()) if n.attributes else () for n in nodes)


def topological_order(roots: Iterable[Node]) -> tuple[Node, ...]:
    """Order everything under `roots` depth first, inputs before their readers.

    This is the order in which MXNet lists arguments. Written without recursion, since
    graphs are deeper than Python's stack.

    Raises
    ------
    GraphError
        A node depends on itself.
    """
    order: list[Node] = []
    finished: dict[Node, bool] = {}  # False while its inputs are being visited
    for root in roots:
        stack = [root]
        while stack:
            node = stack[-1]
            if node not in finished:
                finished[node] = False
                stack.extend(_unfinished(node, finished))
                continue
            stack.pop()
            if not finished[node]:
                finished[node] = True
                order.append(node)
    return tuple(order)


def _unfinished(node: Node, finished: Mapping[Node, bool]) -> list[Node]:
    pending = []
    entries = (*node.inputs, *node.like.values()) if node.like else node.inputs
    for source, _ in reversed(entries):
        state = finished.get(source)
        if state is False:
            raise GraphError(
                f"the graph has a cycle: '{source.name}' depends on itself "
                f"through '{node.name}'"
            )
        if state is None:
            pending.append(source)
    return pending
