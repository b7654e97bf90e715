"""Composition: making nodes out of symbols, and replacing variables in a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataflow.attribute import check_attributes, current_attributes, hidden_key
from dataflow.errors import ArgumentError
from dataflow.graph.graph import topological_order
from dataflow.graph.node import Entry, Node
from dataflow.graph.origin import caller_origin
from dataflow.name import current_names
from dataflow_ops.registry import Operator

# Keywords that annotate a node, whatever its operator; stored as __lr_mult__ etc.
ANNOTATIONS = frozenset({"ctx_group", "force_mirroring", "lr_mult", "wd_mult"})


def split_annotations(
    kwargs: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, str]]:
    """Separate keyword attributes such as ``lr_mult`` from an operator's arguments."""
    plain = {k: v for k, v in kwargs.items() if not _annotates(k)}
    return plain, {hidden_key(k): str(v) for k, v in kwargs.items() if _annotates(k)}


def _annotates(key: str) -> bool:
    return key in ANNOTATIONS or (key.startswith("__") and key.endswith("__"))


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
    """
    check_attributes(attributes)
    name = current_names().get(name, hint)
    origin = caller_origin()
    annotations = {**current_attributes(), **attributes}
    hidden = {k: v for k, v in annotations.items() if k.startswith("__")}
    entries = []
    for key, symbol in inputs.items():
        if symbol is None:
            node = Node(None, f"{name}_{key}", attributes=hidden, origin=origin)
            symbol = (Entry(node, 0),)  # noqa: PLW2901 - the input made here
        if len(symbol) != 1:
            raise ArgumentError(
                f"operator {operator.name}: input '{key}' takes one output, but the "
                f"symbol given has {len(symbol)}; pick one by index, such as symbol[0]"
            )
        entries.append(symbol[0])
    return Node(
        operator,
        name,
        tuple(entries),
        parameters=operator.parse(given),
        given={key: str(value) for key, value in given.items()},
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
        return replacements.get(entry.node) or Entry(new[entry.node], entry.slot)

    for node in topological_order(entry.node for entry in outputs):
        new[node] = node.with_inputs(tuple(map(moved, node.inputs)))
    if name is not None:
        for head in {entry.node for entry in outputs if entry.node not in replacements}:
            new[head].name = name
    return tuple(map(moved, outputs))
