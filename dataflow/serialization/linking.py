"""Checked records to linked nodes: what only the operators' declarations can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dataflow.attribute import is_hidden
from dataflow.errors import FormatError
from dataflow.graph.composing import absent_input, mark_initializers
from dataflow.graph.node import Entry, Node, UpdatedEntry
from dataflow.graph.origin import Loaded
from dataflow.serialization import upgrade
from dataflow.serialization.json_text import show
from dataflow.serialization.limits import current_limits
from dataflow.serialization.outputs import may_count
from dataflow.serialization.records import GraphRecord, NodeRecord, Reference
from dataflow.serialization.values import (
    check_parameter,
    check_variable,
    refuse_unparsable,
)
from dataflow_ops.attributes import Attributes
from dataflow_ops.errors import DeclarationError
from dataflow_ops.registry import Operator, find


def link(record: GraphRecord, source: str) -> tuple[Entry, ...]:
    """Make the nodes of a graph and return its heads.

    Parameters
    ----------
    record : GraphRecord
        What the file says.
    source : str
        What it is, for messages.

    Raises
    ------
    FormatError
        An operator, attribute, count of inputs or output's number does not fit.
    """
    linker = _Linker(record, source)
    for number in range(len(record.nodes)):
        linker.add(number)
    return tuple(
        linker.entry(reference, f"{source}: head {i}")
        for i, reference in enumerate(record.heads)
    )


@dataclass
class _Linker:
    """The nodes made so far; each reads only those before it."""

    record: GraphRecord
    source: str
    nodes: list[Node] = field(default_factory=list)
    outputs: int = 0  # of all of them

    def add(self, number: int) -> None:
        """Make the next node."""
        record = self.record.nodes[number]
        where = f"{self.source}: node {number} {show(record.name)}"
        origin = Loaded(self.source, number)
        if record.operator is None:
            node = self._variable(record, origin, where)
        else:
            node = self._operator(record, origin, f"{where} ({record.operator})")
        self.nodes.append(node)
        self._count_outputs(node, number, where)

    def entry(self, reference: Reference, where: str) -> Entry:
        """Return what a reference stands for."""
        node = self.nodes[reference.node]
        if reference.slot >= node.output_count:
            raise FormatError(
                f"{where} is output {reference.slot} of node {reference.node} "
                f"{show(node.name)}, which has {node.output_count}"
            )
        return UpdatedEntry.of(node.entries()[reference.slot], reference.version)

    def _count_outputs(self, node: Node, number: int, where: str) -> None:
        self.outputs += node.output_count
        current_limits().check("outputs", self.outputs, f"{where}: the outputs so far")
        ends = self.record.ends
        if ends is None or self.record.version != upgrade.CURRENT:
            return  # operators of other versions had other hidden outputs
        told = ends[number + 1] - ends[number]
        if not may_count(node, told):
            raise FormatError(
                f"{where} has {node.output_count} outputs, but 'node_row_ptr' says "
                f"{told}"
            )

    def _variable(self, record: NodeRecord, origin: Loaded, where: str) -> Node:
        attributes = record.attributes
        if self.record.version < upgrade.CURRENT:
            attributes, marked = upgrade.split_annotations(attributes)
            own, rest = upgrade.place_annotations(marked, (), ())
            attributes = {**attributes, **rest, **own}
        attributes = check_variable(attributes, where)
        return Node(None, record.name, attributes=attributes, origin=origin)

    def _operator(self, record: NodeRecord, origin: Loaded, where: str) -> Node:
        version = self.record.version
        operator = _find(record.operator or "", where)
        given = {k: v for k, v in record.attributes.items() if not is_hidden(k)}
        hidden = {k: v for k, v in record.attributes.items() if is_hidden(k)}
        marked: dict[str, str] = {}
        if version < upgrade.CURRENT:
            given, marked = upgrade.split_annotations(given)
        if version < upgrade.OPTIONAL_AXIS:
            given = upgrade.without_old_axis(operator.name, given)
        parameters = _parse(operator, given, len(record.inputs), where)
        names = _input_names(operator, parameters, where)
        inputs = [
            self.entry(reference, f"{where}: input {i}")
            for i, reference in enumerate(record.inputs)
        ]
        own, rest = upgrade.place_annotations(marked, names, inputs)
        if rest:
            raise FormatError(f"{where} has no attribute {show(next(iter(rest)))}")
        hidden |= own
        if version < upgrade.ADDED_STATES:
            known = check_variable({**given, **hidden}, where)
            for name in names[len(inputs) :]:
                made = absent_input(record.name, name, known, origin)
                inputs.append(Entry(made, 0))
        _check_inputs(operator, parameters, names, inputs, where)
        if version < upgrade.NAMED_INITIALIZERS:
            mark_initializers(operator, inputs)
        return Node(
            operator,
            record.name,
            tuple(inputs),
            parameters=parameters,
            given=given,
            attributes=hidden,
            origin=origin,
        )


def _find(name: str, where: str) -> Operator:
    if name.startswith("_backward"):
        raise FormatError(f"{where}: gradients are made by binding, not loaded")
    try:
        return find(name)
    except DeclarationError as error:
        if name in upgrade.RENAMED:
            return find(upgrade.RENAMED[name])
        raise FormatError(f"{where}: {error}") from None


def _parse(
    operator: Operator, given: Mapping[str, str], inputs: int, where: str
) -> Attributes:
    """Return the typed attributes, which say how many inputs and outputs there are."""
    declared = {attribute.name: attribute for attribute in operator.attributes}
    for key, value in given.items():
        if key in declared:
            check_parameter(declared[key], value, f"{where}: attribute '{key}'")
    modern = {key: upgrade.without_long(value) for key, value in given.items()}
    try:
        parameters = operator.parse(modern)
    except Exception as error:  # the user's own operators may raise anything
        for key in declared.keys() & modern.keys():
            refuse_unparsable(declared[key], modern[key], f"{where}: attribute '{key}'")
        raise FormatError(f"{where}: {error}") from error
    for key in COUNTS:
        told = parameters.get(key)
        if isinstance(told, int):
            current_limits().check("outputs", told, f"{where}: attribute '{key}'")
    count = parameters.get(operator.variadic) if operator.variadic else None
    if isinstance(count, int) and count > inputs:
        raise FormatError(
            f"{where} must have {count} inputs by '{operator.variadic}', not {inputs}"
        )
    return parameters


# Attributes that say how many outputs or inputs an operator has.
COUNTS = frozenset(
    {"num_args", "num_arrays", "num_outputs", "num_tensors", "num_weights", "sections"}
)


def _input_names(
    operator: Operator, parameters: Attributes, where: str
) -> tuple[str, ...]:
    try:
        return (
            *operator.input_names(parameters),
            *operator.auxiliary_names(parameters),
        )
    except Exception as error:
        raise FormatError(f"{where}: {error}") from error


def _check_inputs(
    operator: Operator,
    parameters: Attributes,
    names: tuple[str, ...],
    inputs: Iterable[Entry],
    where: str,
) -> None:
    given = list(inputs)
    if len(given) != len(names):
        raise FormatError(
            f"{where} must have {len(names)} inputs ({', '.join(names[:20])}), "
            f"not {len(given)}"
        )
    states = operator.auxiliary_names(parameters)
    for name, entry in zip(names[::-1], given[::-1][: len(states)], strict=False):
        if not entry.node.is_variable:
            raise FormatError(
                f"{where} updates its input '{name}', which must be a variable, not "
                f"{show(entry.node.name)}"
            )
