"""`sym.<operator>`: one function per operator, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dataflow.graph.documents import document
from dataflow.graph.signature import split_arguments
from dataflow.methods import METHODS
from dataflow.symbol.composition import create_node, split_annotations
from dataflow.symbol.symbol import Symbol
from dataflow_ops import registry
from dataflow_ops.registry import Operator


def make_function(name: str, operator: Operator) -> Callable[..., Symbol]:
    """Return the function that composes a node of `operator`."""
    hint = name.lower()

    def function(
        *args: Any,
        name: str | None = None,
        attr: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Symbol:
        plain, annotations = split_annotations(kwargs)
        inputs, given = split_arguments(operator, Symbol, args, plain)
        entries = {k: None if s is None else s.entries for k, s in inputs.items()}
        annotations = {**annotations, **(attr or {})}
        node = create_node(operator, hint, entries, given, name, annotations)
        return Symbol(node.entries()[: node.visible_count])

    return document(function, name, operator, "Symbol")


FUNCTIONS: dict[str, Callable[..., Symbol]] = {
    name: make_function(name, operator) for name, operator in registry.names().items()
}

for _name in METHODS:
    if _name in FUNCTIONS and _name not in vars(Symbol):
        setattr(Symbol, _name, FUNCTIONS[_name])
