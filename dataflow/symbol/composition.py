"""Composition: making nodes out of symbols, and replacing variables in a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.attribute import (
    ANNOTATIONS,
    check_attributes,
    current_attributes,
    is_hidden,
    stored_key,
)
from dataflow.errors import ArgumentError
from dataflow.graph.composing import absent_input, as_read, mark_initializers
from dataflow.graph.given import given_texts
from dataflow.graph.graph import topological_order
from dataflow.graph.node import Entry, Node, UpdatedEntry
from dataflow.graph.origin import caller_origin
from dataflow.name import current_names
from dataflow_ops.registry import Operator


def split_annotations(
    kwargs: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, str]]:
    """Separate keyword attributes such as ``lr_mult`` from an operator's arguments."""
    plain = {k: v for k, v in kwargs.items() if not _annotates(k)}
    return plain, {stored_key(k): str(v) for k, v in kwargs.items() if _annotates(k)}


def _annotates(key: str) -> bool:
    return key in ANNOTATIONS or is_hidden(key)


def create_node(
    operator: Operator,
    hint: str,
    inputs: Mapping[str, Sequence[Entry] | None],
    given: Mapping[str, Any],
    name: str | None,
    attributes: Mapping[str, str],
) -> Node:
    """Make an operator's node; inputs that are absent become new variables.

    Parameters
    ----------
    operator : Operator
        What it computes.
    hint : str
        Stem of its automatic name.
    inputs : mapping
        The entries of the symbol given for each input; None where none was given.
    given : mapping
        The operator's attributes, already checked.
    name : str or None
        The user's name for it.
    attributes : mapping
        The user's annotations of this node.

    Raises
    ------
    ArgumentError
        A symbol of several outputs was given for one input.
    GraphError
        What is given for an auxiliary state is no variable.
    """
    check_attributes(attributes)
    name = current_names().get(name, hint)
    origin = caller_origin()
    given_here = {stored_key(key): value for key, value in attributes.items()}
    annotations = {**current_attributes(), **given_here}
    hidden = {k: v for k, v in annotations.items() if is_hidden(k)}
    texts = given_texts(given)
    entries = []
    for key, symbol in inputs.items():
        if symbol is None:
            node = absent_input(name, key, {**texts, **hidden}, origin)
            symbol = (Entry(node, 0),)  # noqa: PLW2901 - the input made here
        if len(symbol) != 1:
            raise ArgumentError(
                f"operator {operator.name}: input '{key}' takes one output, but the "
                f"symbol given has {len(symbol)}; pick one by index, such as symbol[0]"
            )
        entries.append(symbol[0])
    parameters = operator.parse(given)
    read = as_read(operator, parameters, entries)
    mark_initializers(operator, read)
    return Node(
        operator,
        name,
        read,
        parameters=parameters,
        given=texts,
        attributes=annotations,
        origin=origin,
    )


def substitute(
    outputs: Sequence[Entry], replacements: Mapping[Node, Entry], name: str | None
) -> tuple[Entry, ...]:
    """Copy the graph under `outputs` with variables replaced.

    Parameters
    ----------
    outputs : sequence of Entry
        Heads of the graph.
    replacements : mapping of Node
        Variables and what takes their place.
    name : str, optional
        New name of the head's node.
    """
    new: dict[Node, Node] = {}

    def moved(entry: Entry) -> Entry:
        replacement = replacements.get(entry.node)
        if replacement is not None:
            return replacement
        return UpdatedEntry.of(Entry(new[entry.node], entry.slot), entry.version)

    for node in topological_order(entry.node for entry in outputs):
        inputs = tuple(map(moved, node.inputs))
        if node.operator and any(entry.node in replacements for entry in node.inputs):
            inputs = as_read(node.operator, node.parameters, inputs)
        like = {slot: moved(entry) for slot, entry in node.like.items()}
        new[node] = node.with_inputs(inputs, like)
    if name is not None:
        for head in {entry.node for entry in outputs if entry.node not in replacements}:
            new[head].name = name
    return tuple(map(moved, outputs))
