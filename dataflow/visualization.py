"""Pictures of networks, drawn without any program besides Python.

The layout is the layered one of Sugiyama, Tagawa and Toda (1981) in its plainest form:
a node's row is its longest path from the inputs, and rows are ordered by the average
place of what a node reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow.symbol import Symbol

BOX_WIDTH, BOX_HEIGHT = 170, 44
GAP_X, GAP_Y = 30, 46
PARAMETERS = ("_weight", "_bias", "_gamma", "_beta")

# Fill colours by what an operator is; anything else is grey.
COLOURS = {
    "FullyConnected": "#fbb4ae",
    "Convolution": "#fbb4ae",
    "Embedding": "#fbb4ae",
    "Activation": "#ffffb3",
    "BatchNorm": "#bebada",
    "Dropout": "#bebada",
    "Pooling": "#80b1d3",
    "Concat": "#fdb462",
    "SliceChannel": "#fdb462",
    "Flatten": "#fdb462",
    "Reshape": "#fdb462",
    "SoftmaxOutput": "#b3de69",
    "LinearRegressionOutput": "#b3de69",
    "MakeLoss": "#b3de69",
}
GROUP_OUTLINES = ("#444444", "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#8c564b")


@dataclass(frozen=True)
class _Box:
    node: Node
    x: float
    y: float


def network_svg(
    symbol: Symbol,
    shape: Mapping[str, Sequence[int]] | None = None,
    hide_weights: bool = True,
) -> str:
    """Draw a network as SVG.

    Parameters
    ----------
    symbol : Symbol
        What to draw.
    shape : mapping, optional
        Input shapes by argument name; with them every edge shows its shape.
    hide_weights : bool
        Leave out parameters and auxiliary states.

    Returns
    -------
    str
        The picture. The outlines' colours tell the ``ctx_group``.

    Raises
    ------
    UnknownNameError, InferenceError
        The shapes given do not fit.
    """
    graph = Graph.of(symbol.entries)
    nodes = _visible(graph, hide_weights)
    boxes = _lay_out(nodes)
    labels = _edge_labels(symbol, shape)
    groups = list(dict.fromkeys(_group(node) for node in nodes))
    width = max(box.x for box in boxes.values()) + BOX_WIDTH + GAP_X
    height = max(box.y for box in boxes.values()) + BOX_HEIGHT + GAP_Y
    body = [
        _edge(boxes[entry.node], boxes[node], labels.get(entry, ""))
        for node in nodes
        for entry in node.inputs
        if entry.node in boxes
    ]
    body += [_draw(box, groups.index(_group(node))) for node, box in boxes.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="sans-serif" font-size="12">'
        '<rect width="100%" height="100%" fill="white"/>' + "".join(body) + "</svg>\n"
    )


def save_network(
    path: str | Path,
    symbol: Symbol,
    shape: Mapping[str, Sequence[int]] | None = None,
) -> None:
    """Write `network_svg` of a symbol to a file."""
    Path(path).write_text(network_svg(symbol, shape), encoding="utf-8")


def _visible(graph: Graph, hide_weights: bool) -> list[Node]:
    return [
        node
        for node in graph.nodes
        if not (
            hide_weights
            and node.is_variable
            and (node in graph.states or node.name.endswith(PARAMETERS))
        )
    ]


def _lay_out(nodes: Sequence[Node]) -> dict[Node, _Box]:
    depth = _depths(nodes)
    rows: list[list[Node]] = [[] for _ in range(max(depth.values()) + 1)]
    for node in nodes:
        rows[depth[node]].append(node)
    widest = max(map(len, rows))
    boxes: dict[Node, _Box] = {}
    for number, row in enumerate(rows):
        start = (widest - len(row)) / 2
        row.sort(key=lambda node: _average(node, boxes))
        for place, node in enumerate(row):
            x = GAP_X + (start + place) * (BOX_WIDTH + GAP_X)
            boxes[node] = _Box(node, x, GAP_Y / 2 + number * (BOX_HEIGHT + GAP_Y))
    return boxes


def _depths(nodes: Sequence[Node]) -> dict[Node, int]:
    """Assign each node a row; a variable stands right above its first reader."""
    depth: dict[Node, int] = {}
    above: dict[Node, int] = {}
    for node in nodes:
        sources = [entry.node for entry in node.inputs if entry.node in depth]
        depth[node] = max((depth[source] for source in sources), default=-1) + 1
        for source in sources:
            row = depth[node] - 1
            above[source] = min(above.get(source, row), row)
    return {
        node: above.get(node, depth[node]) if node.is_variable else depth[node]
        for node in nodes
    }


def _average(node: Node, boxes: Mapping[Node, _Box]) -> float:
    xs = [boxes[entry.node].x for entry in node.inputs if entry.node in boxes]
    return sum(xs) / len(xs) if xs else 0.0


def _edge_labels(
    symbol: Symbol, shape: Mapping[str, Sequence[int]] | None
) -> dict[Entry, str]:
    if shape is None:
        return {}
    internals = symbol.get_internals()
    shapes = internals.infer_shape_partial(**shape)[1] or []
    return {
        entry: "x".join(map(str, known))
        for entry, known in zip(internals.entries, shapes, strict=True)
        if known
    }


def _group(node: Node) -> str:
    return node.attributes.get("__ctx_group__", "")


def _draw(box: _Box, group: int) -> str:
    operator = box.node.operator
    fill = "#8dd3c7" if operator is None else COLOURS.get(operator.name, "#e8e8e8")
    outline = GROUP_OUTLINES[group % len(GROUP_OUTLINES)]
    radius = BOX_HEIGHT / 2 if operator is None else 5
    middle = box.x + BOX_WIDTH / 2
    lines = [box.node.name, "" if operator is None else _detail(box.node)]
    first = box.y + BOX_HEIGHT / 2 + (4 if not lines[1] else -4)
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{BOX_WIDTH}" '
        f'height="{BOX_HEIGHT}" rx="{radius:.0f}" fill="{fill}" stroke="{outline}"/>'
        f'<text x="{middle:.0f}" y="{first:.0f}" text-anchor="middle" '
        f'font-weight="bold">{escape(_short(lines[0]))}</text>'
        f'<text x="{middle:.0f}" y="{first + 16:.0f}" text-anchor="middle" '
        f'font-size="10">{escape(_short(lines[1]))}</text>'
    )


def _detail(node: Node) -> str:
    assert node.operator is not None
    values = " ".join(v for v in node.given.values() if v not in ("True", "False"))
    return f"{node.operator.name} {values}".strip()


def _short(text: str, limit: int = 28) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _edge(source: _Box, target: _Box, label: str) -> str:
    x1, y1 = source.x + BOX_WIDTH / 2, source.y + BOX_HEIGHT
    x2, y2 = target.x + BOX_WIDTH / 2, target.y
    bend = (y2 - y1) / 2
    path = (
        f'<path d="M{x1:.0f} {y1:.0f} C{x1:.0f} {y1 + bend:.0f} '
        f'{x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2 - 5:.0f}" '
        'fill="none" stroke="#888888"/>'
        f'<path d="M{x2 - 4:.0f} {y2 - 7:.0f} L{x2:.0f} {y2:.0f} '
        f'L{x2 + 4:.0f} {y2 - 7:.0f} Z" fill="#888888"/>'
    )
    if not label:
        return path
    return path + (
        f'<text x="{(x1 + x2) / 2 + 6:.0f}" y="{(y1 + y2) / 2 + 4:.0f}" '
        f'font-size="10" fill="#555555">{escape(label)}</text>'
    )
