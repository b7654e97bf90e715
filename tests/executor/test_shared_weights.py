"""Layers that share weights: their gradients are one product, not a sum of many."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels import backends
from tests.executor.test_canaries import Simulation

ROWS, WIDTH = 3, 12


def clipped_cell(steps: int = 4) -> mx.sym.Symbol:
    """Unroll a cell that is no operator: its state is bounded on the way."""
    names = ("i2h_weight", "i2h_bias", "h2h_weight", "h2h_bias")
    weights = [mx.sym.Variable(name) for name in names]
    state = mx.sym.Variable("state")
    for step in mx.sym.split(mx.sym.Variable("data"), steps, axis=0, squeeze_axis=1):
        i2h = mx.sym.FullyConnected(step, *weights[:2], num_hidden=WIDTH)
        h2h = mx.sym.FullyConnected(state, *weights[2:], num_hidden=WIDTH)
        state = mx.sym.clip(mx.sym.tanh(i2h + h2h), a_min=-0.9, a_max=0.9)
    return state


SHAPES = {"data": (4, ROWS, WIDTH), "state": (ROWS, WIDTH)}


def run(
    symbol: mx.sym.Symbol,
    shapes: dict[str, tuple[int, ...]],
    request: str | dict[str, str] = "write",
    groups: dict[str, mx.Context] | None = None,
) -> tuple[list[np.ndarray], mx.Executor]:
    draw = np.random.default_rng(0)
    executor = symbol.simple_bind(
        mx.cpu(), grad_req=request, group2ctx=groups, **shapes
    )
    for name in sorted(executor.arg_dict):
        array = executor.arg_dict[name]
        array[:] = draw.uniform(-0.5, 0.5, array.shape)
    for array in executor.grad_arrays:
        if array is not None:
            array[:] = 0.25
    for _ in range(2):
        executor.forward(is_train=True)
        executor.backward([mx.nd.ones(x.shape, x.context) for x in executor.outputs])
    found = [*executor.outputs, *(x for x in executor.grad_arrays if x is not None)]
    return [array.asnumpy() for array in found], executor


def products(executor: mx.Executor) -> list[str]:
    nodes = executor._compiled.graph.operators
    return [node.name for node in nodes if node.name.endswith("_product")]


def assert_same(monkeypatch, count, symbol, shapes, *args):
    found, executor = run(symbol, shapes, *args)
    assert len(products(executor)) == count
    monkeypatch.setenv("DATAFLOW_FUSION", "0")
    wanted, plain = run(symbol, shapes, *args)
    assert not products(plain)
    for ours, theirs in zip(found, wanted, strict=True):
        scale = max(1.0, float(np.abs(theirs).max()))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * scale)


@pytest.mark.parametrize("back_end", ["reference", "onednn"])
@pytest.mark.parametrize("request_", ["write", "add"])
def test_steps_of_a_cell(monkeypatch, request_, back_end):
    if backends.missing(back_end):
        pytest.skip(f"no {back_end} here")
    monkeypatch.setenv("DATAFLOW_BACKEND", back_end)
    backends.available.cache_clear()
    try:
        assert_same(monkeypatch, 2, clipped_cell(), SHAPES, request_)
    finally:
        monkeypatch.delenv("DATAFLOW_BACKEND")
        backends.available.cache_clear()


def test_nothing_is_added_up_any_more():
    _, executor = run(clipped_cell(), SHAPES)
    names = [node.operator.name for node in executor._compiled.graph.operators]
    assert "add_n" not in names
    requests = executor._lowering._request
    layers = [
        [bool(requests(entry)) for entry in node.entries()]
        for node in executor._compiled.graph.operators
        if node.operator.name == "_backward_FullyConnected"
    ]
    assert layers.count([False, True, True]) == 2
    assert layers.count([True, False, False]) == len(layers) - 2


@pytest.mark.parametrize("only", ["h2h_weight", "h2h_bias"])
def test_one_gradient_of_a_layer(monkeypatch, only):
    """A sum of biases alone stays: it is no product."""
    names = clipped_cell().list_arguments()
    requests = {name: "write" if name == only else "null" for name in names}
    count = int(only == "h2h_weight")
    assert_same(monkeypatch, count, clipped_cell(), SHAPES, requests)


def test_many_rows_stay_apart(monkeypatch):
    """Joining them would take more than their gradients do."""
    shapes = {"data": (4, 40, WIDTH), "state": (40, WIDTH)}
    assert_same(monkeypatch, 0, clipped_cell(), shapes)


def test_layers_of_images_and_of_different_rows(monkeypatch):
    weight, bias = mx.sym.Variable("w"), mx.sym.Variable("b")
    parts = [
        mx.sym.FullyConnected(mx.sym.Variable(name), weight, bias, num_hidden=16)
        for name in ("x", "y")
    ]
    shapes = {"x": (2, 3, 4), "y": (1, 3, 4)}
    assert_same(monkeypatch, 1, mx.sym.tanh(mx.sym.Concat(*parts, dim=0)), shapes)


def test_layers_in_several_contexts_stay_apart(monkeypatch):
    weight = mx.sym.Variable("w")
    parts = []
    for name in "xy":
        with mx.AttrScope(ctx_group=name):
            data = mx.sym.Variable(name)
            layer = mx.sym.FullyConnected(data, weight, no_bias=True, num_hidden=16)
            parts.append(mx.sym.tanh(layer))
    groups = {"x": mx.cpu(0), "y": mx.cpu(1)}
    shapes = {"x": (2, 12), "y": (2, 12)}
    assert_same(monkeypatch, 0, mx.sym.Group(parts), shapes, "write", groups)


def test_results_to_be_computed_again_stay_apart(monkeypatch):
    with mx.AttrScope(force_mirroring="true"):
        symbol = clipped_cell()
    assert_same(monkeypatch, 0, symbol, SHAPES)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_overwritten_while_it_is_needed(seed):
    _, executor = run(clipped_cell(), SHAPES)
    simulation = Simulation(executor, random.Random(seed))
    simulation.run(rounds=2)
    assert simulation.checked
