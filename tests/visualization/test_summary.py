"""`print_summary`, against the tables of MXNet 1.9.1 where those are right."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentTypeError, UnknownNameError
from tests.visualization.zoo import NETWORKS

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "networks.json").read_text()
)
# MXNet counts with formulas of its own: it knows none for a Deconvolution, takes axis 1
# for all of a layer's input, overlooks inputs but the first, and counts what is shared
# as often as it is read. For `losses` it fails.
TOTALS = {
    "embedding": 20 * 6 + (3 * 6 + 1) * 20,
    "losses": (3 + 1) * 2,
    "shared_weights": (3 + 1) * 4,
    "two_inputs": (3 + 1) * 4 + (5 + 1) * 4,
    "unrolled": 4 * 5 + 3 * 5 + 3 * (5 * 5 + 5),
    "upsampled": 5 * 3 * 4 * 4,
}


def built(name):
    with mx.name.NameManager():
        return NETWORKS[name][0](mx.sym)


def printed(capsys, symbol, *args, **kwargs):
    assert mx.viz.print_summary(symbol, *args, **kwargs) is None
    lines = capsys.readouterr().out.splitlines()
    return [line.rstrip() for line in lines if line.strip("_=")]


def found(lines, start):
    (line,) = [line for line in lines if line.startswith(start)]
    return line.removeprefix(start)


@pytest.mark.parametrize("name", sorted(NETWORKS.keys() - TOTALS.keys()))
def test_rows_and_totals_are_mxnets(capsys, name):
    lines = printed(capsys, built(name), shape=NETWORKS[name][1])
    rows = {line[:88].rstrip() for line in lines}
    *expected, total = GOLDEN[name]["summary"]
    for row in expected:
        shapeless = not row[52:76].strip()  # MXNet shows none for several outputs
        assert row[:88].rstrip() in rows or shapeless
    assert total in lines


@pytest.mark.parametrize("name", TOTALS)
def test_totals_are_right_where_mxnets_are_not(capsys, name):
    assert f"Total params: {TOTALS[name]}" not in GOLDEN[name]["summary"]
    lines = printed(capsys, built(name), shape=NETWORKS[name][1])
    assert f"Total params: {TOTALS[name]}" in lines


def lstm():
    data = mx.sym.Variable("data")
    return mx.sym.RNN(data, mode="lstm", num_layers=2, state_size=4, name="rnn")


def test_a_recurrent_layer_counts_its_parameters_but_not_its_states(capsys):
    lines = printed(capsys, lstm(), shape={"data": (7, 2, 3)})
    weights = 4 * 4 * (3 + 4) + 4 * 4 * (4 + 4)
    assert found(lines, "Total params: ") == str(weights + 2 * 2 * 4 * 4)


def normed(**kwargs):
    net = mx.sym.BatchNorm(mx.sym.Variable("data", **kwargs), name="bn")
    return mx.sym.FullyConnected(net, num_hidden=5, no_bias=True, name="fc")


def test_bytes_are_those_of_the_types(capsys):
    lines = printed(capsys, normed(), shape={"data": (2, 3)})
    assert found(lines, "Total params: ") == "21"
    assert found(lines, "Memory of params: ") == "84 B"
    assert found(lines, "Auxiliary states: ") == "6, 24 B"
    # the batch norm's output, its mean and variance; the layer's output
    wanted = f"{(6 + 3 + 3 + 10) * 4} B, if none shared memory"
    assert found(lines, "Memory of outputs: ") == wanted
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")
    half = printed(capsys, net, {"x": (4, 3)}, dtype={"x": np.float16})
    assert found(half, "Memory of params: ") == "16 B"
    assert found(half, "Memory of outputs: ").startswith("16 B")


def test_shared_parameters_count_where_they_are_first_read(capsys):
    lines = printed(capsys, built("shared_weights"), NETWORKS["shared_weights"][1])
    counts = [line[76:88].strip() for line in lines if "(FullyConnected)" in line]
    assert counts == ["16", "shared"]
    assert found(lines, "Memory of params: ") == "64 B"


def test_what_does_not_follow_is_left_open(capsys):
    lines = printed(capsys, normed())
    assert found(lines, "Total params: ") == "at least 0 (3 of unknown shape)"
    assert any(line.startswith("fc(FullyConnected)") and "?" in line for line in lines)
    partly = printed(capsys, normed(), shape={"data": (0, 3)})
    assert found(partly, "Total params: ") == "21"
    wanted = "at least 24 B (2 of unknown shape), if none shared memory"
    assert found(partly, "Memory of outputs: ") == wanted


def test_declared_shapes_count(capsys):
    lines = printed(capsys, normed(shape=(2, 3)))
    assert found(lines, "Total params: ") == "21"


def test_every_argument_without_a_shape_given_is_a_parameter_but_labels(capsys):
    own = mx.sym.dot(mx.sym.Variable("data"), mx.sym.Variable("mine", shape=(3, 4)))
    net = mx.sym.SoftmaxOutput(own * mx.sym.Variable("my_weight"), name="softmax")
    shapes = {"data": (2, 3)}
    assert found(printed(capsys, net, shapes), "Total params: ") == str(12 + 8)
    fed = {**shapes, "my_weight": (2, 4)}
    assert found(printed(capsys, net, fed), "Total params: ") == "12"
    assert found(printed(capsys, net), "Total params: ").startswith("at least 0")


def test_columns_end_where_they_are_told_to(capsys):
    mx.viz.print_summary(normed(), {"data": (2, 3)}, 60, [20, 35, 45, 60])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "_" * 60
    assert lines[1] == f"{'Layer (type)':20}{'Output Shape':15}{'Param #':10}" + (
        f"{'Previous Layer':15}"
    )
    (row,) = [line for line in lines if line.startswith("fc")]
    assert row == f"{'fc(FullyConnected)':20}{'5':15}{'15':10}{'bn':15}"


def test_a_long_name_is_cut_short_of_the_next_column(capsys):
    net = mx.sym.exp(mx.sym.Variable("x"), name="n" * 80)
    lines = printed(capsys, net, {"x": (2, 3)}, line_length=100)
    assert "n" * 43 + " 3" in lines[2]


def test_misuse_is_refused():
    with pytest.raises(ArgumentTypeError, match="must be a Symbol"):
        mx.viz.print_summary(3)
    with pytest.raises(UnknownNameError, match="no argument 'dta'"):
        mx.viz.print_summary(normed(), {"dta": (2, 3)})
