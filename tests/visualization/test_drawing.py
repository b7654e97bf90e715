"""`network_svg`: what the picture holds."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

import dataflow as mx
from dataflow.errors import ArgumentTypeError, UnknownNameError

SVG = "{http://www.w3.org/2000/svg}"


def dense(data="data"):
    return mx.sym.FullyConnected(mx.sym.Variable(data), num_hidden=3, name="fc")


def drawn(symbol, *args, **kwargs):
    return ET.fromstring(mx.viz.network_svg(symbol, *args, **kwargs))


def texts(picture):
    return [text.text for text in picture.iter(f"{SVG}text") if text.text]


def test_it_names_layers_and_tells_their_attributes():
    net = mx.sym.Pooling(dense(), kernel=(2, 2), stride=(2, 2), name="pool")
    assert texts(drawn(net)) == [
        *("data", "fc", "FullyConnected 3"),
        *("pool", "Pooling max, 2x2/2x2"),
    ]


def test_weights_and_shapes_are_shown_when_asked_for():
    shapes = {"data": (0, 5)}
    assert {"?x5"} < set(texts(drawn(dense(), shapes)))
    every = texts(drawn(dense(), shapes, hide_weights=False))
    assert {"fc_weight", "fc_bias", "3x5", "3"} <= set(every)


def test_edges_of_one_node_end_side_by_side():
    net = mx.sym.elemwise_add(mx.sym.Variable("x"), mx.sym.Variable("y"))
    lines = [p.get("d") for p in drawn(net).iter(f"{SVG}path") if p.get("stroke")]
    assert len(lines) == len({line.split()[-2] for line in lines}) == 2


def outlines(picture):
    found = {}
    for box in picture.iter(f"{SVG}g"):
        title, rect = box.find(f"{SVG}title"), box.find(f"{SVG}rect")
        if title is not None:
            found[title.text.split()[0]] = rect.get("stroke")
    return found


def test_groups_have_colours_and_a_legend():
    with mx.AttrScope(ctx_group="first"):
        net = dense()
    with mx.AttrScope(ctx_group="second"):
        net = mx.sym.exp(net, name="b")
    picture = drawn(mx.sym.exp(net, name="alone"))
    colours = outlines(picture)
    assert colours["data"] == colours["fc"]
    assert len({colours["fc"], colours["b"], colours["alone"]}) == 3
    assert texts(picture)[:2] == ["first", "second"]


def test_everything_lies_within_the_picture():
    with mx.AttrScope(ctx_group="a_group_of_quite_a_long_name"):
        picture = drawn(dense())
    width, height = float(picture.get("width")), float(picture.get("height"))
    for rect in picture.find(f"{SVG}g").iter(f"{SVG}rect"):
        assert float(rect.get("x")) + float(rect.get("width")) <= width
        assert float(rect.get("y")) + float(rect.get("height")) <= height
    assert 7 * len("a_group_of_quite_a_long_name"[:24]) < width


@pytest.mark.parametrize("name", ["<script>\"&'", "a\x00b\x1b", "\ud800", "é 水"])
def test_any_name_gives_a_picture(name):
    picture = drawn(mx.sym.exp(mx.sym.Variable(name), name=name))
    assert len(texts(picture)) == 3
    assert picture.find(f".//{SVG}script") is None


def test_a_wrong_network_is_drawn_if_nothing_is_to_be_inferred():
    wrong = mx.sym.FullyConnected(
        mx.sym.Variable("x", shape=(2, 3)),
        weight=mx.sym.Variable("w", shape=(7, 7)),
        num_hidden=4,
    )
    assert "x" in texts(drawn(wrong))


def test_misuse_is_refused():
    with pytest.raises(ArgumentTypeError, match="must be a Symbol"):
        mx.viz.network_svg(None)
    with pytest.raises(UnknownNameError, match="no argument 'dta'"):
        mx.viz.network_svg(dense(), {"dta": (2, 3)})


def test_it_is_saved(tmp_path):
    mx.viz.save_network(tmp_path / "net.svg", dense("é"))
    assert "é" in texts(ET.parse(tmp_path / "net.svg").getroot())
