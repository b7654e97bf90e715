"""What composing an operator does to the variables that it reads, as in MXNet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflow.errors import GraphError
from dataflow.graph.node import Entry, Node, UpdatedEntry, describe
from dataflow.graph.origin import Origin
from dataflow_ops.attributes import Attributes
from dataflow_ops.registry import Operator

_ZERO, _ONE = '["zero", {}]', '["one", {}]'

# Operators mark some of their inputs, by number, with the way to initialise them.
_INITIALIZERS: Mapping[str, Mapping[int, str]] = {
    "BatchNorm": {3: _ZERO, 4: _ONE},
    "BatchNorm_v1": {3: _ZERO, 4: _ONE},
    "_contrib_BatchNormWithReLU": {3: _ZERO, 4: _ONE},
    "_contrib_SyncBatchNorm": {3: _ZERO, 4: _ONE},
    "IdentityAttachKLSparseReg": {1: _ZERO},
    "LeakyReLU": {1: '["Constant", {"value": 0.25}]'},
    "UpSampling": {1: '["bilinear", {}]'},
}


def absent_input(
    name: str, key: str, attributes: Mapping[str, str], origin: Origin | None
) -> Node:
    """Return the variable that takes the place of an input that nobody gave.

    Parameters
    ----------
    name : str
        Name of the operator's node.
    key : str
        Name of the input.
    attributes : mapping
        All attributes of the operator's node; the variable bears them too.
    origin : Origin or None
        Where the operator's node comes from.
    """
    full_name = f"{name}_{key}" if name else key
    return Node(None, full_name, attributes=attributes, origin=origin)


def mark_initializers(operator: Operator, inputs: Sequence[Entry]) -> None:
    """Give ``__init__`` to the variables that the operator says how to initialise."""
    for number, initializer in _INITIALIZERS.get(operator.name, {}).items():
        if number < len(inputs) and inputs[number].node.is_variable:
            inputs[number].node.attributes.setdefault("__init__", initializer)


def as_read(
    operator: Operator, parameters: Attributes, inputs: Sequence[Entry]
) -> tuple[Entry, ...]:
    """Return the inputs in the versions that the operator reads, and count updates.

    Raises
    ------
    GraphError
        An auxiliary state is no variable.
    """
    entries = [current(entry) for entry in inputs]
    states = len(operator.auxiliary_names(parameters))
    for number in range(len(entries) - states, len(entries)):
        node = entries[number].node
        if not node.is_variable:
            raise GraphError(
                f"operator {operator.name} updates its auxiliary states, which must be "
                f"variables; {describe(node)} is none"
            )
        node.updates += 1
        entries[number] = current(entries[number])
    return tuple(entries)


def current(entry: Entry) -> Entry:
    """Return an entry in the version that something composed now would read."""
    if not entry.node.is_variable:
        return entry
    return UpdatedEntry.of(entry, entry.node.updates)
