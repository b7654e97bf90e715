"""`plot_network`: a network as a graph of Graphviz."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dataflow.errors import MissingPackageError
from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow.visualization import labels
from dataflow.visualization.facts import (
    Composed,
    DTypes,
    Shapes,
    known_graph,
    shown_shape,
)
from dataflow.visualization.labels import is_weight

if TYPE_CHECKING:
    import graphviz

NODE = {
    "shape": "box",
    "fixedsize": "false",  # a name that is too long widens its box
    "width": "1.3",
    "height": "0.8034",
    "style": "filled",
}
EDGE = {"dir": "back", "arrowtail": "open"}
WEIGHT_FILL = "#eeeeee"


def plot_network(
    symbol: Composed,
    title: str = "plot",
    save_format: str = "pdf",
    shape: Shapes | None = None,
    dtype: DTypes | None = None,
    node_attrs: Mapping[str, str] | None = None,
    hide_weights: bool = True,
) -> graphviz.Digraph:
    """Draw a network with Graphviz, from its inputs at the bottom up.

    The nodes of each ``ctx_group`` stand in a frame of their own.

    Parameters
    ----------
    symbol : Symbol
        What to draw.
    title : str
        Name of the graph, and of the file that its ``render`` writes.
    save_format : str
        Format of that file: ``"pdf"``, ``"png"``, ``"svg"``, ...
    shape : mapping, optional
        Input shapes by argument name; with them every edge shows its shape but for the
        first axis, with ``?`` for what does not follow.
    dtype : mapping, optional
        Input types by argument name; with them every edge shows its type.
    node_attrs : mapping, optional
        Attributes of Graphviz for all nodes, such as ``{"shape": "oval"}``.
    hide_weights : bool
        Leave out parameters and auxiliary states.

    Returns
    -------
    graphviz.Digraph
        Its ``source`` is text; ``render`` and ``view`` need the program ``dot``.

    Raises
    ------
    MissingPackageError
        Python's package ``graphviz`` is not installed.
    ArgumentTypeError, UnknownNameError, InferenceError
        It is no symbol; the shapes or types given do not fit.
    """
    digraph = _digraph_class()
    graph = known_graph(symbol, shape, dtype)
    nodes = [n for n in graph.nodes if not (hide_weights and is_weight(n, graph))]
    names = _identifiers(nodes)
    dot = digraph(name=title, format=save_format)
    _add_nodes(dot, graph, nodes, names, dict(node_attrs or {}))
    for node in nodes:
        for entry in _drawn_inputs(node):
            if entry.node in names:
                label = _edge_label(graph, entry, shape is not None, dtype is not None)
                dot.edge(names[node], names[entry.node], label=label, **EDGE)
    return dot


def _digraph_class() -> type[graphviz.Digraph]:
    try:
        from graphviz import Digraph  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError(
            "plot_network needs the package graphviz: pip install graphviz "
            "(network_svg draws without it)"
        ) from error
    return Digraph  # type: ignore[no-any-return]


def _identifiers(nodes: Iterable[Node]) -> dict[Node, str]:
    """Name each node in the graph: two of one name stay two."""
    found: dict[Node, str] = {}
    taken: set[str] = set()
    for node in nodes:
        # a colon would divide a name from a port
        plain = name = re.sub(r"[:\\<>]", "_", node.name)
        number = 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        found[node] = name
    return found


def _add_nodes(
    dot: Any,
    graph: Graph,
    nodes: Sequence[Node],
    names: Mapping[Node, str],
    wanted: Mapping[str, str],
) -> None:
    """Add nodes, with a frame around those of each ``ctx_group``."""
    colours = labels.group_colours(nodes)
    frames = {group: _frame(dot, group, colours[group]) for group in colours}
    for node in nodes:
        group = labels.group(node)
        attributes = {**NODE, **wanted, **_own_attributes(node, graph)}
        if group:
            attributes |= {"color": colours[group], "penwidth": "2"}
        frames.get(group, dot).node(names[node], label=_label(node), **attributes)
    for frame in frames.values():
        dot.subgraph(frame)


def _frame(dot: Any, group: str, colour: str) -> Any:
    frame = type(dot)(name=f"cluster_{group}")
    frame.attr(label=_plain(group), color=colour, fontcolor=colour, style="dashed")
    return frame


def _own_attributes(node: Node, graph: Graph) -> dict[str, str]:
    if not node.is_variable:
        return {"fillcolor": labels.fill(node)}
    colour = WEIGHT_FILL if is_weight(node, graph) else labels.fill(node)
    return {"shape": "oval", "fillcolor": colour}


def _label(node: Node) -> str:
    """Write a node's kind and key attributes as MXNet does, or its name."""
    kind, detail = labels.kind(node), labels.detail(node)
    if kind == "Custom":
        return _plain(detail)
    return _plain(f"{kind}\n{detail}" if detail else node.name)


def _plain(text: str) -> str:
    """Keep Graphviz from reading a text as its markup."""
    from graphviz import escape  # noqa: PLC0415

    plain: str = escape(text)  # of a class that says so: str() would lose it
    return plain


def _drawn_inputs(node: Node) -> Sequence[Entry]:
    # its second input only lends its shape
    first_only = labels.kind(node) == "_contrib_BilinearResize2D"
    return node.inputs[:1] if first_only else node.inputs


def _edge_label(graph: Graph, entry: Entry, shaped: bool, typed: bool) -> str:
    """Write the shape without the batch's axis, and the type in parentheses."""
    label = ""
    if shaped:
        first = 0 if is_weight(entry.node, graph) else 1  # weights have no such axis
        known = graph.shapes.get(entry)
        if known is None:
            label = "?"
        elif known[first:]:
            label = shown_shape(known[first:])
    if typed:
        dtype = graph.dtypes.get(entry)
        label += f"({'?' if dtype is None else dtype.name})"
    return label
