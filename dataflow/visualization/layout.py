"""Places for the nodes of a picture: rows from the inputs down, with few crossings.

The layout is the layered one of Sugiyama, Tagawa and Toda (1981). A node's row is its
longest path from the inputs. An edge over several rows goes through a bend in each, so
that it never runs through a box; all edges out of one node share their bends. Rows are
ordered by the average place of what they are linked to. Then every row is put as close
to its neighbours as its order allows (by isotonic regression), and what is linked one
to one is put straight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dataflow.graph.node import Node

BOX_WIDTH, BEND_WIDTH, GAP = 170.0, 10.0, 30.0
ORDERING_ROUNDS, PLACING_ROUNDS, STRAIGHTENING_ROUNDS = 6, 12, 8


@dataclass(eq=False, slots=True)
class Cell:
    """A node's box, or a bend of the edges out of a node.

    Parameters
    ----------
    node : Node or None
        None for a bend.
    row : int
        Counted from the top.
    x : float
        Its middle.
    """

    node: Node | None
    row: int
    x: float = 0.0
    above: list[Cell] = field(default_factory=list)
    below: list[Cell] = field(default_factory=list)

    @property
    def width(self) -> float:
        """How much room it takes in its row."""
        return BEND_WIDTH if self.node is None else BOX_WIDTH


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    Parameters
    ----------
    boxes : mapping of Node
        Its cell.
    routes : mapping of (source, target)
        The bends between the two, from the top.
    width : float
        Everything lies between 0 and this.
    rows : int
        How many there are.
    """

    boxes: Mapping[Node, Cell]
    routes: Mapping[tuple[Node, Node], Sequence[Cell]]
    width: float
    rows: int


def lay_out(nodes: Sequence[Node]) -> Layout:
    """Place nodes, each of which comes after those that it reads."""
    numbers = _row_numbers(nodes)
    boxes = {node: Cell(node, numbers[node]) for node in nodes}
    rows: list[list[Cell]] = [[] for _ in range(max(numbers.values(), default=-1) + 1)]
    for cell in boxes.values():
        rows[cell.row].append(cell)
    routes = _link(boxes, rows)
    for number in range(ORDERING_ROUNDS):
        _order(rows if number % 2 == 0 else rows[::-1], upwards=number % 2 == 1)
    _place(rows)
    return Layout(boxes, routes, _shift(rows), len(rows))


def _row_numbers(nodes: Iterable[Node]) -> dict[Node, int]:
    """Assign each node a row; a variable stands right above its first reader."""
    depth: dict[Node, int] = {}
    above: dict[Node, int] = {}
    for node in nodes:
        sources = [entry.node for entry in node.inputs if entry.node in depth]
        depth[node] = max((depth[source] for source in sources), default=-1) + 1
        for source in sources:
            row = depth[node] - 1
            above[source] = min(above.get(source, row), row)
    return {n: above.get(n, d) if n.is_variable else d for n, d in depth.items()}


def _link(
    boxes: Mapping[Node, Cell], rows: Sequence[list[Cell]]
) -> dict[tuple[Node, Node], Sequence[Cell]]:
    """Link cells of neighbouring rows, adding bends to `rows`; return the routes."""
    bends: dict[Node, list[Cell]] = {node: [] for node in boxes}
    routes: dict[tuple[Node, Node], Sequence[Cell]] = {}
    for target, cell in boxes.items():
        for source in dict.fromkeys(entry.node for entry in target.inputs):
            if source not in boxes:
                continue
            start, between = boxes[source], bends[source]
            while start.row + len(between) < cell.row - 1:
                bend = Cell(None, start.row + len(between) + 1)
                _join(between[-1] if between else start, bend)
                rows[bend.row].append(bend)
                between.append(bend)
            route = between[: cell.row - 1 - start.row]
            _join(route[-1] if route else start, cell)
            routes[source, target] = route
    return routes


def _join(upper: Cell, lower: Cell) -> None:
    upper.below.append(lower)
    lower.above.append(upper)


def _order(rows: Iterable[list[Cell]], *, upwards: bool) -> None:
    """Sort each row by the average place of its cells' links in the row before."""
    for row in rows:
        keys = {}
        for place, cell in enumerate(row):
            links = cell.below if upwards else cell.above
            keys[cell] = _mean([link.x for link in links], place / len(row))
        row.sort(key=keys.__getitem__)
        for place, cell in enumerate(row):
            cell.x = (place + 0.5) / len(row)


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _place(rows: Sequence[Sequence[Cell]]) -> None:
    """Give all cells their places, keeping the order in each row."""
    for row in rows:
        _settle(row, [0.0] * len(row))
    for number in range(PLACING_ROUNDS):
        downwards = number % 2 == 0
        for row in rows if downwards else rows[::-1]:
            _settle(row, [_near(cell, downwards=downwards) for cell in row])
    runs = _runs(rows)
    for _ in range(STRAIGHTENING_ROUNDS):
        wishes = {cell: _middle(run) for run in runs for cell in run}
        for row in rows:
            _settle(row, [wishes[cell] for cell in row])


def _near(cell: Cell, *, downwards: bool) -> float:
    links = (cell.above or cell.below) if downwards else (cell.below or cell.above)
    return _mean([link.x for link in links], cell.x)


def _runs(rows: Iterable[Sequence[Cell]]) -> list[list[Cell]]:
    """Find the runs of cells that are linked one to one: they should stand straight."""
    run_of: dict[Cell, list[Cell]] = {}
    for cell in (cell for row in rows for cell in row):
        follows = len(cell.above) == 1 and len(cell.above[0].below) == 1
        run = run_of[cell.above[0]] if follows else []
        run.append(cell)
        run_of[cell] = run
    return [run for cell, run in run_of.items() if run[0] is cell]


def _middle(run: Sequence[Cell]) -> float:
    """Return where a run belongs: among its cells, or its neighbours if it is one."""
    ends = [*run[0].above, *run[-1].below]
    cells = [*run, *ends] if len(run) == 1 else run
    return sum(cell.x for cell in cells) / len(cells)


def _settle(row: Sequence[Cell], wishes: Sequence[float]) -> None:
    """Put a row's cells as near to `wishes` as their order and widths allow."""
    offset, blocks = 0.0, []
    offsets = []
    for before, cell, wish in zip([None, *row], row, wishes, strict=False):
        if before is not None:
            offset += (before.width + cell.width) / 2 + GAP
        offsets.append(offset)
        blocks.append((wish - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (right, many), (left, few) = blocks.pop(), blocks.pop()
            count = many + few
            blocks.append(((right * many + left * few) / count, count))
    starts = [start for start, count in blocks for _ in range(count)]
    for cell, start, offset in zip(row, starts, offsets, strict=True):
        cell.x = start + offset


def _shift(rows: Iterable[Sequence[Cell]]) -> float:
    """Move everything so that it begins at 0; return the width."""
    cells = [cell for row in rows for cell in row]
    left = min((cell.x - cell.width / 2 for cell in cells), default=0.0)
    for cell in cells:
        cell.x -= left
    return max((cell.x + cell.width / 2 for cell in cells), default=0.0)
