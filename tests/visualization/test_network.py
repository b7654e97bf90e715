"""`plot_network`, against the pictures of MXNet 1.9.1."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentTypeError, InferenceError, UnknownNameError
from tests.visualization.dot import statements
from tests.visualization.zoo import NETWORKS

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "networks.json").read_text()
)
OTHER = "#fccde5"  # MXNet's colour for what it knows nothing about


def built(name):
    with mx.name.NameManager():
        return NETWORKS[name][0](mx.sym)


def drawn(symbol, **kwargs):
    return statements(mx.viz.plot_network(symbol, **kwargs).source)


def dense():
    return mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc")


def test_every_network_was_recorded():
    assert set(GOLDEN) == set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_edges_and_their_shapes_are_mxnets(name):
    _, edges = drawn(built(name), shape=NETWORKS[name][1])
    assert list(map(list, edges)) == GOLDEN[name]["picture"]["edges"]


@pytest.mark.parametrize("name", NETWORKS)
def test_nodes_are_mxnets_and_say_as_much_at_least(name):
    nodes, _ = drawn(built(name))
    golden = GOLDEN[name]["picture"]["nodes"]
    assert nodes.keys() == golden.keys()
    for node, (label, shape, colour) in golden.items():
        assert nodes[node]["shape"] == shape
        assert nodes[node]["label"].startswith(label) or label == node
        assert colour in (nodes[node]["fillcolor"], OTHER)


def test_layers_tell_their_key_attributes():
    data = mx.sym.Variable("data")
    layers = [
        mx.sym.Deconvolution(data, kernel=(4, 4), stride=(2, 2), num_filter=3),
        mx.sym.Convolution(data, kernel=(1, 1), num_filter=4, num_group=2),
        mx.sym.Pooling(data, global_pool=True, kernel=(7, 7), pool_type="avg"),
        mx.sym.Embedding(data, input_dim=20, output_dim=6),
        mx.sym.Dropout(data, p=0.25),
        mx.sym.RNN(data, mode="lstm", num_layers=2, state_size=8, bidirectional=True),
        mx.sym.LeakyReLU(data),
    ]
    nodes, _ = drawn(mx.sym.Group(layers))
    labels = [node["label"] for node in nodes.values() if node["shape"] == "box"]
    assert labels == [
        "Deconvolution\n4x4/2x2, 3",
        "Convolution\n1x1/1, 4, 2 groups",
        "Pooling\navg, global",
        "Embedding\n20, 6",
        "Dropout\n0.25",
        "RNN\nlstm, 2x8, both ways",
        "LeakyReLU\nLeaky",
    ]


def test_weights_are_shown_when_asked_for():
    hidden, _ = drawn(built("batch_normed"))
    shapes = {"data": (2, 3, 8, 8)}
    nodes, edges = drawn(built("batch_normed"), shape=shapes, hide_weights=False)
    shown = nodes.keys() - hidden.keys()
    assert {"last_gamma", "last_moving_var", "convolution0_weight"} <= shown
    assert all(nodes[name]["shape"] == "oval" for name in shown)
    assert ("last", "last_gamma", "4") in edges
    assert ("convolution0", "convolution0_weight", "4x3x3x3") in edges


def test_shapes_and_types_are_shown_as_far_as_they_follow():
    net = mx.sym.FullyConnected(dense(), num_hidden=2, name="end")
    shapes = {"data": (0, 5, 0)}
    assert drawn(net, shape=shapes)[1] == [("fc", "data", "5x?"), ("end", "fc", "3")]
    types = {"data": np.float16}
    assert drawn(net, dtype=types)[1][1] == ("end", "fc", "(float16)")
    assert drawn(net, shape={}, dtype={})[1][0] == ("fc", "data", "?(?)")


def test_outputs_of_one_node_have_shapes_of_their_own():
    parts = mx.sym.topk(mx.sym.Variable("x"), k=2, ret_typ="both", name="top")
    net = mx.sym.Group([mx.sym.exp(parts[0]), mx.sym.sum(parts[1], name="sum")])
    labels = [label for _, _, label in drawn(net, shape={"x": (3, 7)})[1]]
    assert labels == ["7", "2", "2"]


def two_stages():
    with mx.AttrScope(ctx_group="one"):
        net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="a")
    with mx.AttrScope(ctx_group="two"):
        return mx.sym.FullyConnected(net, num_hidden=3, name="b")


def test_each_group_has_a_frame_and_a_colour():
    source = mx.viz.plot_network(two_stages()).source
    nodes, _ = statements(source)
    assert nodes["a"]["color"] == nodes["data"]["color"] != nodes["b"]["color"]
    for group, member in (("one", "a"), ("two", "b")):
        frame = source.partition(f"subgraph cluster_{group} ")[2].partition("}")[0]
        assert f"label={group}" in frame
        assert f"\t{member} [" in frame
        assert nodes[member]["color"] in frame


def test_title_format_and_attributes_are_passed_on():
    dot = mx.viz.plot_network(
        dense(), "net", "png", node_attrs={"shape": "oval", "fontsize": "9"}
    )
    assert (dot.name, dot.format) == ("net", "png")
    nodes, _ = statements(dot.source)
    assert nodes["fc"]["shape"] == "oval"
    assert nodes["fc"]["fontsize"] == "9"


def test_two_nodes_of_one_name_stay_two():
    pair = mx.sym.Variable("x") + mx.sym.Variable("x")
    nodes, edges = drawn(pair)
    assert len(nodes) == 3
    assert len({head for _, head, _ in edges}) == 2


def test_misuse_is_refused():
    with pytest.raises(ArgumentTypeError, match="must be a Symbol"):
        mx.viz.plot_network("net")
    with pytest.raises(UnknownNameError, match="no argument 'dta'"):
        mx.viz.plot_network(dense(), shape={"dta": (2, 3)})
    with pytest.raises(ArgumentTypeError, match="by argument name"):
        mx.viz.plot_network(dense(), shape=(2, 3))
    with pytest.raises(InferenceError, match="fc"):
        mx.viz.plot_network(dense(), shape={"data": (2, 3), "fc_weight": (7, 7)})


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(ImportError, match="pip install graphviz"):
        mx.viz.plot_network(dense())


@pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not installed")
def test_graphviz_draws_names_as_they_are():
    net = mx.sym.Variable("a:b")
    for name in ("<b>bold</b>", 'say "so"', "back\\", "graph", "é 水"):
        net = mx.sym.exp(net, name=name)
    source = mx.viz.plot_network(net, shape={"a:b": (2, 3)}).source
    result = subprocess.run(
        ["dot", "-Tplain"], input=source, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    assert result.stdout.count("node ") == 6
    for name in ("a:b", "<b>bold</b>", "back\\", "graph"):
        assert name in result.stdout
