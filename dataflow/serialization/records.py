"""What the JSON of a graph says, checked for itself: its form and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dataflow.errors import FormatError
from dataflow.serialization.json_text import (
    get_index,
    get_list,
    get_object,
    get_text,
    get_texts,
    show,
)
from dataflow.serialization.limits import current_limits

UNSIGNED = 1 << 32  # versions, slots and whole numbers of MXNet's files are below it
OLDEST = 800  # MXNet 0.8.0, which did not say its version
_FIELDS = frozenset({"nodes", "arg_nodes", "node_row_ptr", "heads", "attrs"})
_NODE_FIELDS = frozenset(
    {
        *("op", "name", "inputs", "attrs", "attr", "param"),
        *("control_deps", "subgraphs"),
        "backward_source_id",  # of the time before NNVM; it says nothing now
    }
)


@dataclass(frozen=True)
class Reference:
    """An output of a node: the numbers of both, and the version of a variable."""

    node: int
    slot: int
    version: int


@dataclass(frozen=True)
class NodeRecord:
    """A node as the file has it; `operator` is None for a variable."""

    operator: str | None
    name: str
    attributes: dict[str, str]
    inputs: tuple[Reference, ...]


@dataclass(frozen=True)
class GraphRecord:
    """A graph as the file has it; every node reads only nodes before it."""

    nodes: tuple[NodeRecord, ...]
    heads: tuple[Reference, ...]
    ends: tuple[int, ...] | None  # `node_row_ptr`; old files have none
    version: int


def read_graph(document: Any, source: str) -> GraphRecord:
    """Check the value of a graph's JSON text.

    Parameters
    ----------
    document : object
        What the text says.
    source : str
        What it is, for messages.

    Raises
    ------
    FormatError
        Something is missing, of a wrong kind or out of range.
    """
    graph = get_object(document, source)
    _check_fields(graph, _FIELDS, ("nodes", "arg_nodes", "heads"), source)
    listed = get_list(graph["nodes"], f"{source}: 'nodes'")
    current_limits().check("nodes", len(listed), f"{source}: the count of nodes")
    if not listed:
        raise FormatError(f"{source} has no nodes")
    nodes = tuple(_node(value, i, source) for i, value in enumerate(listed))
    _check_arguments(graph["arg_nodes"], nodes, source)
    heads = get_list(graph["heads"], f"{source}: 'heads'")
    if not heads:
        raise FormatError(f"{source} has no heads, and so computes nothing")
    return GraphRecord(
        nodes,
        tuple(
            _reference(value, len(nodes), f"{source}: head {i}")
            for i, value in enumerate(heads)
        ),
        _ends(graph.get("node_row_ptr"), len(nodes), source),
        _version(graph.get("attrs", {}), source),
    )


def _check_fields(
    value: dict[str, Any],
    known: frozenset[str],
    required: tuple[str, ...],
    where: str,
) -> None:
    for field in required:
        if field not in value:
            raise FormatError(f"{where}: '{field}' is missing")
    for field in value:
        if field not in known:
            raise FormatError(
                f"{where}: unknown field {show(field)}; "
                f"there are {', '.join(sorted(known))}"
            )


def _node(value: Any, number: int, source: str) -> NodeRecord:
    where = f"{source}: node {number}"
    node = get_object(value, where)
    _check_fields(node, _NODE_FIELDS, ("op", "name", "inputs"), where)
    name = get_text(node["name"], f"{where}: 'name'")
    where = f"{where} {show(name)}"
    operator = get_text(node["op"], f"{where}: 'op'")
    for field in ("control_deps", "subgraphs"):
        if get_list(node.get(field, []), f"{where}: '{field}'"):
            raise FormatError(f"{where}: '{field}' are not supported")
    attributes: dict[str, str] = {}
    for field in ("param", "attr", "attrs"):
        attributes |= get_texts(node.get(field, {}), f"{where}: '{field}'")
    inputs = tuple(
        _reference(item, number, f"{where}: input {i}")
        for i, item in enumerate(get_list(node["inputs"], f"{where}: 'inputs'"))
    )
    if operator == "null" and inputs:
        raise FormatError(f"{where} is a variable, and so cannot have inputs")
    return NodeRecord(
        None if operator == "null" else operator, name, attributes, inputs
    )


def _reference(value: Any, below: int, where: str) -> Reference:
    """Read ``[node, slot, version]``; files of old have no version."""
    numbers = get_list(value, where)
    if len(numbers) not in (2, 3):
        raise FormatError(
            f"{where} must be [node, output] or [node, output, version], not "
            f"{len(numbers)} numbers"
        )
    node, slot, version = (*numbers, 0)[:3]
    if below == 0:
        raise FormatError(f"{where}: the first node has no node before it to read")
    return Reference(
        get_index(node, below, f"{where}: the number of the node (one before it)"),
        get_index(slot, UNSIGNED, f"{where}: the number of the output"),
        get_index(version, UNSIGNED, f"{where}: the version"),
    )


def _check_arguments(value: Any, nodes: tuple[NodeRecord, ...], source: str) -> None:
    for i, item in enumerate(get_list(value, f"{source}: 'arg_nodes'")):
        where = f"{source}: argument {i}"
        number = get_index(item, len(nodes), where)
        if nodes[number].operator is not None:
            raise FormatError(
                f"{where} is node {number} {show(nodes[number].name)}, which is no "
                "variable"
            )


def _ends(value: Any, count: int, source: str) -> tuple[int, ...] | None:
    if value is None:
        return None
    where = f"{source}: 'node_row_ptr'"
    ends = [get_index(item, UNSIGNED, where) for item in get_list(value, where)]
    if len(ends) != count + 1 or ends[0] != 0:
        raise FormatError(
            f"{where} must begin with 0 and have {count + 1} numbers, one more than "
            f"there are nodes; it has {len(ends)}"
        )
    return tuple(ends)


def _version(value: Any, source: str) -> int:
    where = f"{source}: 'mxnet_version'"
    pair = get_object(value, f"{source}: 'attrs'").get("mxnet_version")
    if pair is None:
        return OLDEST
    kind_and_number = get_list(pair, where)
    if len(kind_and_number) != 2 or kind_and_number[0] != "int":
        raise FormatError(f'{where} must be ["int", number]')
    return get_index(kind_and_number[1], UNSIGNED, where)
