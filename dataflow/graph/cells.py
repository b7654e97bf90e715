"""Recognising the steps of recurrent cells, by what is computed and not by names.

The formulas stand here as patterns: trees of operators whose leaves are the names of
what goes in. Sums and products may be written in either order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import permutations
from typing import NamedTuple

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow_ops.attributes import Attributes
from dataflow_ops.rnn import GATES


class Step(NamedTuple):
    """One step of a cell.

    Parameters
    ----------
    mode : str
        Its kind, as operator RNN calls it.
    data, state : Entry
        The input and the state before it.
    cell : Entry or None
        The second state before it, of lstm.
    weights : tuple of Entry
        Weights of the input and of the state, then their biases.
    order : tuple of int
        Which part of their rows each of RNN's gates has, in its order.
    output : Entry
        The state after it.
    new_cell : Entry or None
        The second state after it.
    members : frozenset of Node
        The nodes that compute it.
    """

    mode: str
    data: Entry
    state: Entry
    cell: Entry | None
    weights: tuple[Entry, ...]
    order: tuple[int, ...]
    output: Entry
    new_cell: Entry | None
    members: frozenset[Node]


def steps_of(graph: Graph) -> list[Step]:
    """Return the steps in a graph with shapes, in order.

    Of what is computed within a step nothing but its new states is read outside.
    """
    readers = readers_of(graph)
    found = (_step(graph, entry) for n in graph.operators for entry in n.entries()[:1])
    return [
        step
        for step in found
        if step is not None and _is_closed(step, readers, set(graph.heads))
    ]


def readers_of(graph: Graph) -> dict[Entry, list[Node]]:
    """Return the nodes that read each entry."""
    readers: dict[Entry, list[Node]] = {}
    for node in graph.operators:
        for entry in node.inputs:
            readers.setdefault(entry, []).append(node)
    return readers


def _is_closed(
    step: Step, readers: Mapping[Entry, list[Node]], heads: set[Entry]
) -> bool:
    inner = {entry for node in step.members for entry in node.entries()}
    inner -= {step.output, step.new_cell}
    return heads.isdisjoint(inner) and all(
        step.members.issuperset(readers.get(entry, ())) for entry in inner
    )


# Patterns


class _Operator(NamedTuple):
    """An operator's output, with patterns of what it reads."""

    fits: Callable[[str, Attributes, int], bool]  # of name, attributes, output number
    inputs: tuple[_Pattern, ...]
    commutes: bool = False
    name: str = ""  # under which the entry is told; not if empty


_Pattern = _Operator | str  # a leaf's name; the same one stands for the same entry
_Found = dict[str | Node, Entry]  # entries by name, and each node that took part


def _matches(pattern: _Pattern, entry: Entry, found: _Found) -> bool:
    """Tell whether an entry is computed so, and enter in `found` what of."""
    if isinstance(pattern, str):
        return found.setdefault(pattern, entry) == entry
    node = entry.node
    if node.operator is None or len(node.inputs) != len(pattern.inputs):
        return False
    if not pattern.fits(node.operator.name, node.parameters, entry.slot):
        return False
    orders = permutations(node.inputs) if pattern.commutes else [node.inputs]
    for inputs in orders:
        trial = dict(found)
        pairs = zip(pattern.inputs, inputs, strict=True)
        if all(_matches(part, source, trial) for part, source in pairs):
            found |= trial
            found[node] = entry
            if pattern.name:
                found[pattern.name] = entry
            return True
    return False


def _add(one: _Pattern, other: _Pattern, name: str = "") -> _Operator:
    def fits(operator: str, attributes: Attributes, slot: int) -> bool:
        return operator in ("elemwise_add", "broadcast_add")

    return _Operator(fits, (one, other), True, name)


def _mul(one: _Pattern, other: _Pattern) -> _Operator:
    def fits(operator: str, attributes: Attributes, slot: int) -> bool:
        return operator in ("elemwise_mul", "broadcast_mul")

    return _Operator(fits, (one, other), True)


def _activation(kind: str, data: _Pattern) -> _Operator:
    def fits(operator: str, attributes: Attributes, slot: int) -> bool:
        if operator == "Activation":
            return bool(attributes.act_type == kind)
        return operator == kind

    return _Operator(fits, (data,))


def _rest_of_one(data: _Pattern) -> _Operator:
    def fits(operator: str, attributes: Attributes, slot: int) -> bool:
        return operator == "_rminus_scalar" and bool(attributes.scalar == 1)

    return _Operator(fits, (data,))


def _part(data: _Pattern, count: int, name: str) -> _Operator:
    """Match any one of several equal parts of a matrix's columns."""

    def fits(operator: str, attributes: Attributes, slot: int) -> bool:
        return (
            operator == "SliceChannel"
            and attributes.num_outputs == count
            and attributes.axis in (1, -1)
            and not attributes.squeeze_axis
        )

    return _Operator(fits, (data,), name=name)


def _layer(*inputs: str) -> _Operator:
    def fits(operator: str, attributes: Attributes, slot: int) -> bool:
        return operator == "FullyConnected"

    return _Operator(fits, inputs)


_OF_DATA = _layer("data", "data_weight", "data_bias")
_OF_STATE = _layer("state", "state_weight", "state_bias")
_BOTH = _add(_OF_DATA, _OF_STATE)
# By how many there are, in the order of operator RNN.
_GATES = {
    4: ("take in", "forget", "update", "give out"),
    3: ("reset", "update", "new"),
    1: (),
}


def _lstm() -> _Operator:
    take_in, forget, update, give_out = (_part(_BOTH, 4, gate) for gate in _GATES[4])
    kept = _mul(_activation("sigmoid", forget), "cell")
    added = _mul(_activation("sigmoid", take_in), _activation("tanh", update))
    cell = _add(kept, added, name="new_cell")
    return _mul(_activation("sigmoid", give_out), _activation("tanh", cell))


def _gru() -> _Operator:
    of_data = [_part(_OF_DATA, 3, gate) for gate in _GATES[3]]
    of_state = [_part(_OF_STATE, 3, f"state's {gate}") for gate in _GATES[3]]
    reset = _activation("sigmoid", _add(of_data[0], of_state[0]))
    update = _activation("sigmoid", _add(of_data[1], of_state[1]))
    new = _activation("tanh", _add(of_data[2], _mul(reset, of_state[2])))
    return _add(_mul(_rest_of_one(update), new), _mul(update, "state"))


_PATTERNS: Mapping[str, _Operator] = {
    "lstm": _lstm(),
    "gru": _gru(),
    "rnn_tanh": _activation("tanh", _BOTH),
    "rnn_relu": _activation("relu", _BOTH),
}
_WEIGHTS = ("data_weight", "state_weight", "data_bias", "state_bias")


def _step(graph: Graph, entry: Entry) -> Step | None:
    for mode, pattern in _PATTERNS.items():
        found: _Found = {}
        if not _matches(pattern, entry, found) or not _has_shapes(graph, found):
            continue
        order = _order(found, _GATES[GATES[mode]])
        if order is not None:
            return Step(
                mode,
                found["data"],
                found["state"],
                found.get("cell"),
                tuple(found[name] for name in _WEIGHTS),
                order,
                entry,
                found.get("new_cell"),
                frozenset(_nodes(found)),
            )
    return None


def _order(found: _Found, gates: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return which parts the gates are, None if they are not all, or not both alike."""
    order = tuple(found[gate].slot for gate in gates)
    others = (found.get(f"state's {gate}", found[gate]).slot for gate in gates)
    if sorted(order) != list(range(len(gates))) or order != tuple(others):
        return None
    return order or (0,)


def _nodes(found: _Found) -> Iterator[Node]:
    return (key for key in found if isinstance(key, Node))


def _has_shapes(graph: Graph, found: _Found) -> bool:
    """Tell whether input and states are matrices, a row for each sequence."""
    data, state = graph.shapes[found["data"]], graph.shapes[found["state"]]
    assert data is not None
    assert state is not None
    cell = graph.shapes[found.get("cell", found["state"])]
    weight = graph.shapes[found["state_weight"]]
    return (
        len(data) == len(state) == 2
        and data[0] == state[0]
        and cell == state
        and weight is not None
        and weight[1] == state[1]
    )
