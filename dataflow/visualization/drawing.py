"""Pictures of networks as SVG, drawn without any program besides Python."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from dataflow.graph.graph import Graph
from dataflow.graph.node import Entry, Node
from dataflow.visualization import labels
from dataflow.visualization.facts import (
    Composed,
    Shapes,
    declared_graph,
    known_graph,
    shown_shape,
)
from dataflow.visualization.layout import BOX_WIDTH, Cell, Layout, lay_out
from dataflow_ops.shapes import Shape

BOX_HEIGHT, GAP_Y, MARGIN = 44, 46, 24
MOST_NODES = 400  # what a notebook draws of itself; beyond, one sees nothing
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def network_svg(
    symbol: Composed,
    shape: Shapes | None = None,
    hide_weights: bool = True,
) -> str:
    """Draw a network as SVG.

    Parameters
    ----------
    symbol : Symbol
        What to draw.
    shape : mapping, optional
        Input shapes by argument name; with them every edge shows its shape, as far as
        it follows.
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
    graph = known_graph(symbol, shape)
    return _picture(graph, hide_weights, with_shapes=shape is not None)


def save_network(
    path: str | Path,
    symbol: Composed,
    shape: Shapes | None = None,
) -> None:
    """Write `network_svg` of a symbol to a file."""
    Path(path).write_text(network_svg(symbol, shape), encoding="utf-8")


def notebook_svg(symbol: Composed) -> str | None:
    """Draw a symbol for a notebook, with the shapes that it declares; None if large."""
    graph = declared_graph(symbol)
    if len(graph.operators) > MOST_NODES:
        return None
    return _picture(graph, True, with_shapes=bool(graph.shapes))


def _picture(graph: Graph, hide_weights: bool, *, with_shapes: bool) -> str:
    nodes = [
        node
        for node in graph.nodes
        if not (hide_weights and labels.is_weight(node, graph))
    ]
    layout = lay_out(nodes)
    colours = labels.group_colours(nodes)
    top = MARGIN + (24 if colours else 0)
    legend, legend_end = _legend(colours)
    width = max(layout.width + 2 * MARGIN, legend_end)
    height = top + layout.rows * (BOX_HEIGHT + GAP_Y) - GAP_Y + MARGIN
    shapes = graph.shapes if with_shapes else {}
    body = [
        *legend,
        f'<g transform="translate({MARGIN} {top})">',
        *_edges(layout, shapes),
        *(_box(node, cell, colours) for node, cell in layout.boxes.items()),
        "</g>",
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" '
        'font-family="sans-serif" font-size="12">'
        '<rect width="100%" height="100%" fill="white"/>' + "".join(body) + "</svg>\n"
    )


def _legend(colours: Mapping[str, str]) -> tuple[list[str], float]:
    """Explain the outlines' colours; return the pieces and where they end."""
    pieces, x = [], float(MARGIN)
    for name, colour in colours.items():
        shown = _short(name, 24)
        pieces.append(
            f'<rect x="{x:.0f}" y="12" width="14" height="14" rx="3" fill="none" '
            f'stroke="{colour}" stroke-width="3"/>' + _text(x + 20, 24, shown, "start")
        )
        x += 44 + 7 * len(shown)
    return pieces, x


def _box(node: Node, cell: Cell, colours: Mapping[str, str]) -> str:
    outline = colours.get(labels.group(node))
    stroke = f'"{outline}" stroke-width="3"' if outline else '"#444444"'
    radius = BOX_HEIGHT / 2 if node.is_variable else 5
    x, y = cell.x - BOX_WIDTH / 2, _top(cell)
    what = "" if node.is_variable else f"{labels.kind(node)} {labels.detail(node)}"
    first = y + BOX_HEIGHT / 2 + (-4 if what else 4)
    return (
        f"<g><title>{_escaped(_described(node))}</title>"
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX_WIDTH:.0f}" '
        f'height="{BOX_HEIGHT}" rx="{radius:.0f}" fill="{labels.fill(node)}" '
        f"stroke={stroke}/>"
        + _text(cell.x, first, _short(node.name, 24), "middle", 'font-weight="bold"')
        + _text(cell.x, first + 16, _short(what.strip(), 30), "middle", _SMALL)
        + "</g>"
    )


_SMALL = 'font-size="10"'


def _described(node: Node) -> str:
    """List a node's attributes, for whoever points at it."""
    given = {**node.given, **node.attributes}
    lines = [f"{node.name} ({labels.kind(node)})"]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in given.items())])


def _top(cell: Cell) -> float:
    return cell.row * (BOX_HEIGHT + GAP_Y)


def _edges(layout: Layout, shapes: Mapping[Entry, Shape | None]) -> list[str]:
    drawn, texts = [], []
    for target, cell in layout.boxes.items():
        entries = [e for e in dict.fromkeys(target.inputs) if e.node in layout.boxes]
        ends = _ends(layout, entries, target, cell)
        for entry in entries:
            points = _points(layout, entry.node, target, ends[entry])
            drawn.append(_curve(points))
            if entry in shapes:
                # where several edges meet, away from their meeting
                part = 0.3 if len(entries) > 1 else 0.6
                texts.append(_edge_label(points, part, shown_shape(shapes[entry])))
    return drawn + texts


def _ends(
    layout: Layout, entries: Sequence[Entry], target: Node, cell: Cell
) -> dict[Entry, float]:
    """Spread the ends of a node's edges over the top of its box."""

    def start(entry: Entry) -> float:
        route = layout.routes[entry.node, target]
        return (route[-1] if route else layout.boxes[entry.node]).x

    step = min(30.0, (BOX_WIDTH - 30) / max(1, len(entries) - 1))
    first = cell.x - step * (len(entries) - 1) / 2
    ranked = sorted(entries, key=start)
    return {entry: first + step * place for place, entry in enumerate(ranked)}


Point = tuple[float, float]


def _points(layout: Layout, source: Node, target: Node, end: float) -> list[Point]:
    start = layout.boxes[source]
    points = [(start.x, _top(start) + BOX_HEIGHT)]
    for bend in layout.routes[source, target]:
        points += [(bend.x, _top(bend)), (bend.x, _top(bend) + BOX_HEIGHT)]
    return [*points, (end, _top(layout.boxes[target]))]


def _curve(points: Sequence[Point]) -> str:
    """Draw straight through the rows of bends, and in curves between rows."""
    (x, y), *rest = points
    path = [f"M{x:.0f} {y:.0f}"]
    for number, (x2, y2) in enumerate(rest):
        stop = y2 - 5 if number == len(rest) - 1 else y2
        if number % 2 == 0:
            half = (y2 - y) / 2
            path.append(
                f"C{x:.0f} {y + half:.0f} {x2:.0f} {y2 - half:.0f} {x2:.0f} {stop:.0f}"
            )
        else:
            path.append(f"L{x2:.0f} {y2:.0f}")
        x, y = x2, y2
    return (
        f'<path d="{" ".join(path)}" fill="none" stroke="#888888"/>'
        f'<path d="M{x - 4:.0f} {y - 7:.0f} L{x:.0f} {y:.0f} L{x + 4:.0f} {y - 7:.0f} '
        'Z" fill="#888888"/>'
    )


def _edge_label(points: Sequence[Point], part: float, label: str) -> str:
    """Write at a part of the last piece of an edge, clear of what runs behind it."""
    (x1, y1), (x2, y2) = points[-2:]
    x = x1 + (x2 - x1) * part**2 * (3 - 2 * part)
    y = y1 + (y2 - y1) * part
    return _text(x + 6, y + 4, label, "start", _OVER_LINES)


_OVER_LINES = (
    f'{_SMALL} fill="#555555" stroke="white" stroke-width="3" paint-order="stroke"'
)


def _text(x: float, y: float, text: str, anchor: str, style: str = "") -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" {style}>'
        f"{_escaped(text)}</text>"
    )


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
