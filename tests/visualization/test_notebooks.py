"""What symbols, arrays and executors show in a notebook."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import dataflow as mx
from dataflow.visualization.tables import shown_bytes


def page(html):
    return ET.fromstring(f"<div>{html}</div>")


def cells(html):
    return [
        [cell.text or "" for cell in row if cell.tag == "td"]
        for row in page(html).iter("tr")
        if row.find("td") is not None
    ]


def dense(name="fc", **kwargs):
    data = mx.sym.Variable("data", **kwargs)
    return mx.sym.FullyConnected(data, num_hidden=3, name=name)


def test_a_symbol_shows_its_layers():
    assert cells(dense()._repr_html_()) == [
        ["data", "input", "?", "", ""],
        ["fc", "FullyConnected 3", "?", "?", "data"],
    ]


def test_a_symbol_shows_what_its_variables_declare():
    html = dense(shape=(2, 5))._repr_html_()
    assert cells(html)[1] == ["fc", "FullyConnected 3", "2x3", "18", "data"]
    assert "Total params: 18" in html
    assert "2x5" in dense(shape=(2, 5))._repr_svg_()


def test_a_wrong_symbol_shows_why():
    wrong = dense(shape=(2, 5)) + mx.sym.Variable("y", shape=(9, 9))
    assert "(9, 9)" in wrong._repr_html_()
    assert wrong._repr_svg_().startswith("<svg")


def test_a_large_symbol_is_cut_and_not_drawn():
    net = mx.sym.Variable("x")
    for _ in range(500):
        net = mx.sym.exp(net)
    rows = cells(net._repr_html_())
    assert len(rows) == 61
    assert rows[40][0] == "… 441 more"
    assert net._repr_svg_() is None


def test_an_array_shows_its_values():
    html = mx.nd.array([[1, 2.5], [3, 1e10]])._repr_html_()
    assert cells(html) == [["1", "2.5"], ["3", "1e+10"]]
    assert page(html).findtext("div/strong") == "NDArray 2x2 float32 @cpu(0)"
    assert cells(mx.nd.array([7], dtype="int64")._repr_html_()) == [["7"]]


def test_a_large_array_shows_its_ends():
    rows = cells(mx.nd.array(np.arange(400).reshape(20, 20))._repr_html_())
    assert len(rows) == len(rows[0]) == 11
    assert rows[0][4:7] == ["4", "…", "15"]
    assert set(rows[5]) == {"…"}
    assert rows[-1][-1] == "399"


@pytest.mark.parametrize("shape", [(2, 2, 2), (0, 3)])
def test_other_arrays_show_text(shape):
    html = mx.nd.zeros(shape)._repr_html_()
    assert page(html).findtext("pre") == str(np.zeros(shape, np.float32))


def test_an_executor_shows_its_plan():
    with mx.AttrScope(ctx_group="far"):
        net = dense()
    groups = {"far": mx.cpu(1)}
    executor = mx.sym.exp(net).simple_bind(mx.cpu(), group2ctx=groups, data=(2, 5))
    html = executor._repr_html_()
    report = executor.plan_report()
    assert {context for context, *_ in cells(html)} == {"cpu(0)", "cpu(1)"}
    counts = sum(int(nodes) for _, nodes, _ in cells(html))
    assert counts == report.nodes
    assert f"{report.nodes} nodes in {report.segments} segments" in html
    assert shown_bytes(report.planned_bytes) in html


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b"])
def test_names_are_never_markup(name):
    symbol = dense(name)
    executor = symbol.simple_bind(mx.cpu(), data=(2, 5))
    for html in (symbol._repr_html_(), symbol._repr_svg_(), executor._repr_html_()):
        assert name not in html


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.50 KiB")]
)
def test_bytes_are_written_in_the_unit_that_fits(count, text):
    assert shown_bytes(count) == text
    assert shown_bytes(3 * 2**40 * 1024) == "3072.00 TiB"
