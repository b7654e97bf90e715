"""Graphs to the text that MXNet 1.9.1 writes of them, to the byte, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dataflow.attribute import is_hidden
from dataflow.errors import ArgumentError
from dataflow.graph.graph import topological_order
from dataflow.graph.node import Entry, Node, UpdatedEntry
from dataflow.serialization.json_text import parse
from dataflow.serialization.linking import link
from dataflow.serialization.outputs import counted_outputs
from dataflow.serialization.records import read_graph

VERSION = 10901  # of the MXNet whose form is written
_CASTS = ("amp_cast", "amp_multicast")
_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


def dumps(heads: Sequence[Entry]) -> str:
    """Return the JSON text of the graph under `heads`."""
    nodes = topological_order(entry.node for entry in heads)
    numbers = {node: number for number, node in enumerate(nodes)}
    variables = [str(numbers[node]) for node in nodes if node.is_variable]
    ends = [0]
    for node in nodes:
        ends.append(ends[-1] + counted_outputs(node))
    fields = {
        "nodes": _lines([_node(node, numbers) for node in nodes], 1),
        "arg_nodes": _list(variables, 1),
        "node_row_ptr": _list([str(end) for end in ends], 1),
        "heads": _entries(heads, numbers, 1),
        "attrs": f'{{"mxnet_version": ["int", {VERSION}]}}',
    }
    return _object(fields, 0)


def encoded(text: str) -> bytes:
    """Return the bytes of what `dumps` returned; raises ArgumentError."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ArgumentError(
            f"a name or attribute is not Unicode text: {error}"
        ) from None


def loads(text: str, source: str) -> tuple[Entry, ...]:
    """Return the heads of the graph that a JSON text describes.

    Parameters
    ----------
    text : str
        The text, of this or an older version.
    source : str
        What it is, for messages and for the nodes' origin: a file's name.

    Raises
    ------
    FormatError
        The text is malformed or beyond a limit; nothing is made then.
    """
    return link(read_graph(parse(text, source), source), source)


def without_casts(heads: Sequence[Entry]) -> tuple[Entry, ...]:
    """Copy the graph without what automatic mixed precision put between its nodes."""
    nodes = topological_order(entry.node for entry in heads)
    if not any(node.operator and node.operator.name in _CASTS for node in nodes):
        return tuple(heads)
    new: dict[Node, Node] = {}

    def moved(entry: Entry) -> Entry:
        return UpdatedEntry.of(Entry(new[entry.node], entry.slot), entry.version)

    def uncast(entry: Entry) -> Entry:
        kind = entry.node.operator and entry.node.operator.name
        if kind in _CASTS:
            return new[entry.node].inputs[entry.slot]
        return moved(entry)

    for node in nodes:
        new[node] = node.with_inputs(tuple(map(uncast, node.inputs)))
    return tuple(map(moved, heads))


def _node(node: Node, numbers: Mapping[Node, int]) -> str:
    operator = "null" if node.operator is None else node.operator.name
    fields = {"op": _string(operator), "name": _string(node.name)}
    attributes = _attributes(node)
    if attributes:
        fields["attrs"] = _table(attributes)
    fields["inputs"] = _entries(node.inputs, numbers, 3)
    return _object(fields, 2)


def _attributes(node: Node) -> dict[str, str]:
    if node.operator is None:
        return {**node.given, **node.attributes}
    # Any other key would be read as one of the operator's own.
    own = {k if is_hidden(k) else f"__{k}__": v for k, v in node.attributes.items()}
    return {**node.given, **own}


def _table(attributes: Mapping[str, str]) -> str:
    # The order of bytes, which is that of MXNet's std::map.
    fields = {key: _string(attributes[key]) for key in sorted(attributes, key=_utf8)}
    if len(fields) > 1:
        return _object(fields, 3)
    return "{" + "".join(f"{_string(k)}: {v}" for k, v in fields.items()) + "}"


def _utf8(key: str) -> bytes:
    return key.encode(errors="surrogatepass")


def _entries(entries: Sequence[Entry], numbers: Mapping[Node, int], depth: int) -> str:
    items = [f"[{numbers[e.node]}, {e.slot}, {e.version}]" for e in entries]
    return _list(items, depth)


# MXNet's layout: two blanks a level, and a blank before each line's end


def _list(items: Sequence[str], depth: int) -> str:
    if len(items) > 10:
        return _lines(items, depth)
    return f"[{', '.join(items)}]"


def _lines(items: Sequence[str], depth: int) -> str:
    margin = "\n" + "  " * depth
    return f"[{margin}  " + f", {margin}  ".join(items) + f"{margin}]"


def _object(fields: Mapping[str, str], depth: int) -> str:
    margin = "\n" + "  " * depth
    items = [f"{_string(key)}: {value}" for key, value in fields.items()]
    return f"{{{margin}  " + f", {margin}  ".join(items) + f"{margin}}}"


def _string(value: str) -> str:
    return f'"{value.translate(_ESCAPES)}"'
