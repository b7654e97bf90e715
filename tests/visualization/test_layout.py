"""Where nodes stand in a picture, on graphs as literals and at random."""

from __future__ import annotations

import itertools
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

import dataflow as mx
from dataflow.graph.graph import Graph
from dataflow.visualization.layout import BOX_WIDTH, lay_out


def placed(symbol):
    """Lay a symbol out; return the layout and its boxes by name."""
    layout = lay_out(Graph.of(symbol.entries).nodes)
    return layout, {node.name: cell for node, cell in layout.boxes.items()}


def variable(name):
    return mx.sym.Variable(name)


def test_a_chain_stands_straight():
    net = variable("x")
    for name in "abc":
        net = mx.sym.exp(net, name=name)
    layout, boxes = placed(net)
    assert [boxes[name].row for name in "xabc"] == [0, 1, 2, 3]
    assert len({cell.x for cell in boxes.values()}) == 1
    assert layout.width == BOX_WIDTH


def test_a_variable_stands_above_its_first_reader():
    net = mx.sym.exp(mx.sym.exp(variable("x")))
    _, boxes = placed(mx.sym.elemwise_add(net, variable("late"), name="sum"))
    assert boxes["late"].row == boxes["sum"].row - 1


def test_an_edge_over_several_rows_passes_beside_the_boxes():
    x = mx.sym.exp(variable("x"), name="start")
    net = x
    for name in "abc":
        net = mx.sym.exp(net, name=name)
    layout, boxes = placed(mx.sym.elemwise_add(net, x, name="sum"))
    start, end = boxes["start"].node, boxes["sum"].node
    bends = layout.routes[start, end]
    assert [bend.row for bend in bends] == [boxes[name].row for name in "abc"]
    assert len({bend.x for bend in bends}) == 1
    assert all(abs(bends[0].x - boxes[name].x) > BOX_WIDTH / 2 for name in "abc")


def test_edges_out_of_one_node_share_their_bends():
    x = mx.sym.exp(variable("x"), name="start")
    net = mx.sym.exp(mx.sym.exp(x))
    near = mx.sym.elemwise_add(net, x, name="near")
    layout, boxes = placed(mx.sym.elemwise_add(near, x, name="far"))
    short, long = (
        layout.routes[boxes["start"].node, boxes[name].node] for name in ("near", "far")
    )
    assert len(short) < len(long)
    assert all(a is b for a, b in zip(short, long, strict=False))


def test_nothing_takes_no_room():
    assert lay_out([]).width == 0


@st.composite
def networks(draw):
    made = [variable("x"), variable("y")]
    for _ in range(draw(st.integers(1, 25))):
        left, right = (
            made[draw(st.integers(0, len(made) - 1))] for _ in ("left", "right")
        )
        made.append(mx.sym.elemwise_add(left, right))
    return mx.sym.Group(made[2:])


@given(networks())
def test_boxes_and_bends_of_a_row_never_overlap(symbol):
    layout, _ = placed(symbol)
    bends = {bend for route in layout.routes.values() for bend in route}
    rows = defaultdict(list)
    for cell in {*layout.boxes.values(), *bends}:
        rows[cell.row].append(cell)
        assert cell.x - cell.width / 2 >= -1e-6
        assert cell.x + cell.width / 2 <= layout.width + 1e-6
    for row in rows.values():
        for left, right in itertools.pairwise(sorted(row, key=lambda cell: cell.x)):
            assert right.x - left.x >= (left.width + right.width) / 2


@given(networks())
def test_every_edge_leads_downwards_through_each_row_between(symbol):
    layout, _ = placed(symbol)
    for (source, target), bends in layout.routes.items():
        rows = [cell.row for cell in (layout.boxes[source], *bends)]
        assert [*rows, layout.boxes[target].row] == list(
            range(layout.boxes[source].row, layout.boxes[target].row + 1)
        )
