"""The placement pass: every node gets a context, crossing edges get copies.

A node goes where its ``__ctx_group__`` says, a backward node where its forward node is,
a sum of gradients where most of its terms are. An entry is copied at most once to each
context that reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from dataflow.context import Context
from dataflow.errors import ContextError
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node, describe, output_name
from dataflow_ops.registry import find

Fact = TypeVar("Fact")


def place(
    graph: Graph,
    default: Context,
    groups: Mapping[str, Context],
    fixed: Mapping[Node, Context],
    heads: Mapping[int, Context],
) -> Graph:
    """Give every node a context and copy entries that are read on another one.

    Parameters
    ----------
    graph : Graph
        With shapes and types.
    default : Context
        For nodes of no group.
    groups : mapping
        From ``ctx_group`` names to contexts; a group that is absent means `default`.
    fixed : mapping of Node
        Variables whose arrays lie somewhere already.
    heads : mapping of int
        The context on which head number i is wanted, where that matters.

    Raises
    ------
    ContextError
        An operator would have to update an auxiliary state on another context.
    """
    contexts = _assign(graph, default, groups, fixed)
    _check_states(graph, contexts)
    return _with_copies(graph, contexts, heads)


def _assign(
    graph: Graph,
    default: Context,
    groups: Mapping[str, Context],
    fixed: Mapping[Node, Context],
) -> dict[Node, Context]:
    contexts: dict[Node, Context] = {}
    for node in graph.nodes:
        if node in fixed:
            contexts[node] = fixed[node]
        elif node.forward is None:
            group = node.attributes.get("__ctx_group__", "")
            contexts[node] = groups.get(group, default)
        elif node.operator is not None and node.operator.name == "add_n":
            contexts[node] = _most_common(node, contexts)
        else:
            contexts[node] = contexts[node.forward]
    return contexts


def _most_common(node: Node, contexts: Mapping[Node, Context]) -> Context:
    counts = Counter(contexts[entry.node] for entry in node.inputs)
    return counts.most_common(1)[0][0]


def _check_states(graph: Graph, contexts: Mapping[Node, Context]) -> None:
    for node in graph.operators:
        for state, _ in node.inputs[node.argument_count :]:
            if contexts[state] != contexts[node]:
                raise ContextError(
                    f"{describe(node)} runs on {contexts[node]} but updates "
                    f"'{state.name}', which lies on {contexts[state]}; "
                    f"bind it to an array on {contexts[node]}"
                )


def _with_copies(
    graph: Graph, contexts: Mapping[Node, Context], wanted: Mapping[int, Context]
) -> Graph:
    if len(set(contexts.values())) <= 1 and not wanted:
        return replace(graph, contexts=contexts)
    writer = _Rewriter(graph, contexts)
    for node in graph.nodes:
        writer.rewrite(node)
    heads = tuple(
        writer.read(entry, wanted.get(i, contexts[entry.node]))
        for i, entry in enumerate(graph.heads)
    )
    return Graph(
        heads,
        tuple(writer.order),
        graph.output_count,
        writer.translated(graph.shapes),
        writer.translated(graph.dtypes),
        writer.contexts,
    )


class _Rewriter:
    """Copies a graph node by node, with copy nodes where an edge crosses."""

    def __init__(self, graph: Graph, contexts: Mapping[Node, Context]) -> None:
        self.graph = graph
        self.old_contexts = contexts
        self.contexts: dict[Node, Context] = {}
        self.order: list[Node] = []
        self.new: dict[Node, Node] = {}
        self.copies: dict[tuple[Entry, Context], Entry] = {}

    def rewrite(self, node: Node) -> None:
        context = self.old_contexts[node]
        inputs = tuple(self.read(entry, context) for entry in node.inputs)
        made = node if inputs == node.inputs else node.rewritten(inputs)
        self.new[node] = made
        self._append(made, context)

    def _append(self, node: Node, context: Context) -> None:
        self.order.append(node)
        self.contexts[node] = context

    def read(self, entry: Entry, context: Context) -> Entry:
        """Return the new entry as it is seen on `context`."""
        source = Entry(self.new[entry.node], entry.slot)
        if self.old_contexts[entry.node] == context:
            return source
        key = (entry, context)
        if key not in self.copies:
            self.copies[key] = self._copy(entry, source, context)
        return self.copies[key]

    def _copy(self, entry: Entry, source: Entry, context: Context) -> Entry:
        operator = find("_CrossDeviceCopy")
        node = Node(
            operator,
            f"{output_name(entry)}_to_{context.lane.replace(':', '')}",
            (source,),
            parameters=operator.parse({}),
            origin=entry.node.origin,
            forward=entry.node.forward,
        )
        self._append(node, context)
        return Entry(node, 0)

    def translated(self, facts: Mapping[Entry, Fact]) -> dict[Entry, Fact]:
        moved = {
            Entry(self.new[node], index): fact
            for (node, index), fact in facts.items()
            if node in self.new
        }
        for (entry, _), copy in self.copies.items():
            moved[copy] = facts[entry]
        return moved
