"""Recomputation: by attribute and under a budget, with the same values either way."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, MemoryBudgetError
from dataflow.graph import pipeline
from dataflow.graph.recompute import may_run_again
from tests.executor.networks import assert_same, random_network, run

CONTEXTS = {f"g{i}": mx.cpu(i) for i in range(3)}


def deep(layers: int = 12, **attributes: str) -> mx.sym.Symbol:
    """Dense layers, each with a batch norm and an activation with some attributes."""
    net = mx.sym.Variable("data")
    for i in range(layers):
        net = mx.sym.FullyConnected(net, num_hidden=64, name=f"fc{i}")
        with mx.AttrScope(**attributes):
            net = mx.sym.BatchNorm(net, name=f"bn{i}", fix_gamma=False)
            net = mx.sym.Activation(net, act_type="tanh", name=f"act{i}")
    return mx.sym.LinearRegressionOutput(net, name="out")


def trained(executor: mx.Executor, steps: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    for name, array in executor.arg_dict.items():
        array[:] = rng.normal(size=array.shape) * (1 if name == "data" else 0.3)
    for _ in range(steps):
        executor.forward(is_train=True)
        executor.backward()
        for name, gradient in executor.grad_dict.items():
            if name not in ("data", "out_label"):
                executor.arg_dict[name][:] -= 0.01 * gradient
    seen = {**executor.arg_dict, **executor.aux_dict, **executor.output_dict}
    return {name: array.asnumpy() for name, array in seen.items()}


def bound(symbol: mx.sym.Symbol, **options) -> mx.Executor:
    return symbol.simple_bind(mx.cpu(), data=(256, 64), **options)


def planned(executor: mx.Executor) -> int:
    return executor.plan_report().planned_bytes


@pytest.mark.parametrize("share", [0.8, 0.6, 0.4])
def test_a_budget_is_kept_and_changes_no_value(share):
    plain = bound(deep())
    budget = int(share * planned(plain))
    frugal = bound(deep(), memory_budget=budget)
    assert planned(frugal) <= budget
    expected, found = trained(plain), trained(frugal)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, name)


def test_a_budget_that_is_large_enough_changes_nothing():
    plain = bound(deep())
    easy = bound(deep(), memory_budget=planned(plain))
    names = [[n.name for n in e._compiled.graph.nodes] for e in (plain, easy)]
    assert names[0] == names[1]


def test_a_budget_below_the_least_is_refused_with_the_least():
    with pytest.raises(MemoryBudgetError, match=r"take (\d+) bytes at least") as caught:
        bound(deep(), memory_budget=1000)
    least = int(str(caught.value).split("take ")[1].split()[0])
    assert planned(bound(deep(), memory_budget=least)) <= least


@pytest.mark.parametrize("budget", [-1, "1GiB", 1.5])
def test_a_budget_is_a_count_of_bytes(budget):
    with pytest.raises(ArgumentError, match="memory_budget is a count of bytes"):
        bound(deep(), memory_budget=budget)


def test_marked_operators_run_again_instead_of_being_kept():
    plain, marked = bound(deep()), bound(deep(force_mirroring="True"))
    assert planned(marked) < 0.8 * planned(plain)
    expected, found = trained(plain), trained(marked)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, name)


def test_a_reshaped_executor_keeps_the_budget():
    budget = planned(bound(deep())) // 2
    frugal = bound(deep(), memory_budget=budget)
    assert planned(frugal.reshape(partial_shaping=True, data=(128, 64))) <= budget
    with pytest.raises(MemoryBudgetError):
        frugal.reshape(partial_shaping=True, allow_up_sizing=True, data=(4096, 64))


def test_what_draws_random_numbers_does_not_run_again():
    net = mx.sym.Dropout(mx.sym.Variable("data"), p=0.5, name="drop")
    net = mx.sym.FullyConnected(net * 2, num_hidden=8, name="fc")
    with mx.AttrScope(force_mirroring="True"):
        executor = mx.sym.MakeLoss(net).simple_bind(mx.cpu(), data=(16, 16))
    executor.arg_dict["data"][:] = 1
    executor.arg_dict["fc_weight"][:] = 1
    executor.forward(is_train=True)
    executor.backward()
    used = executor.grad_dict["fc_weight"].asnumpy().sum(axis=1)
    kept = executor.grad_dict["data"].asnumpy()
    assert (kept == 0).any()
    # Each kept element counts 2 (the dropout's) times 2 in the weights' gradients.
    assert used[0] == 4 * (kept != 0).sum()


@pytest.mark.parametrize("contexts", [1, 3])
@pytest.mark.parametrize("seed", range(16))
def test_any_set_of_operators_may_run_again(seed, contexts, monkeypatch):
    draw = random.Random(seed)
    network = random_network(seed, size=18)
    rng = np.random.default_rng(seed)
    values, heads = network.values(rng), network.heads(rng)
    where = [f"g{draw.randrange(contexts)}" for _ in network.steps]
    requests = {name: draw.choice(("write", "add")) for name in values}

    def some(graph):
        forward = [n for n in graph.operators if n.forward is None]
        return {n for n in forward if may_run_again(n) and draw.random() < 0.6}

    plain = network.bind(values, requests, where.__getitem__, CONTEXTS)
    expected = run(plain, heads)
    monkeypatch.setattr(pipeline, "mirrored", some)
    again = network.bind(values, requests, where.__getitem__, CONTEXTS)
    assert_same(run(again, heads), expected)


def test_the_report_tells_before_what_binding_takes():
    symbol = deep()
    for options in ({}, {"grad_req": "null"}, {"memory_budget": 10**6}):
        report = symbol.memory_report(data=(256, 64), **options)
        executor = bound(symbol, **options)
        assert report.arenas == executor.plan_report().arenas
        assert max(report.curve) == report.lower_bound <= report.planned_bytes
        assert sum(live.nbytes for live in report.live) == max(report.curve)
        assert report.arguments == _bytes(executor.arg_arrays)
        assert report.gradients == _bytes(executor.grad_arrays)
        assert report.states == _bytes(executor.aux_arrays)
        assert report.outputs == _bytes(executor.outputs)
    assert report.recomputed > 0


def _bytes(arrays) -> int:
    return sum(a.size * a.raw_dtype.itemsize for a in arrays if a is not None)


def test_the_report_names_operators_and_lines(tmp_path):
    report = deep().memory_report(data=(256, 64))
    text = str(report)
    assert "in all" in text
    assert "test_recomputation.py:" in text
    assert "intermediate, cpu(0)" in text
    assert report.peak in report.names
    assert "<table" in report._repr_html_()
    report.save(tmp_path / "memory.svg")
    assert (tmp_path / "memory.svg").read_text().startswith("<svg")


def test_a_report_of_a_symbol_without_operators():
    report = mx.sym.Variable("x").memory_report(x=(2, 3), grad_req="null")
    assert report.arguments == 24
    assert "in all" in str(report)
