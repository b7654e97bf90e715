"""Networks whose joins and splits are views compute what they do with copies."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow import zoo
from dataflow.executor import compiling
from dataflow.graph import pipeline
from tests.executor.gaps import views_everywhere
from tests.executor.networks import Network, Result, assert_same, random_network, run

assert views_everywhere  # a fixture
pytestmark = pytest.mark.usefixtures("views_everywhere")

SEEDS = range(16)
KINDS = ("concat", "split", "concat", "split", "tanh", "mul", "relu", "dense", "plus")
KINDS += ("reshape", "identity", "add_n")
CONTEXTS = {f"g{i}": mx.cpu(i) for i in range(3)}


@pytest.fixture
def copying(monkeypatch):
    """Return what binds without views."""

    def bind(make):
        with monkeypatch.context() as patch:
            patch.setattr(pipeline, "find_views", lambda graph, *rules: graph)
            compiling._plans.clear()
            executor = make()
            compiling._plans.clear()
        assert executor.plan_report().views == 0
        return executor

    return bind


def random_executor(seed: int, network: Network, contexts: int = 1) -> mx.Executor:
    draw = np.random.default_rng(seed)
    values = network.values(draw)
    requests = {n: str(draw.choice(["write", "add", "null", "write"])) for n in values}
    where = [f"g{draw.integers(contexts)}" for _ in network.steps]
    return network.bind(values, requests, where.__getitem__, CONTEXTS)


@pytest.mark.parametrize("fusion", ["0", "1"])
@pytest.mark.parametrize("contexts", [1, 3])
def test_random_networks_agree_exactly(contexts, fusion, copying, monkeypatch):
    monkeypatch.setenv("DATAFLOW_FUSION", fusion)
    views = 0
    for seed in SEEDS:
        network = random_network(seed, size=16, kinds=KINDS)
        heads = network.heads(np.random.default_rng(seed))
        viewed = random_executor(seed, network, contexts)
        copied = copying(
            lambda seed=seed, n=network: random_executor(seed, n, contexts)
        )
        views += viewed.plan_report().views
        for _ in range(2):
            assert_same(run(viewed, heads), run(copied, heads))
    assert views > len(SEEDS)


def bound(symbol: mx.sym.Symbol, **options) -> mx.Executor:
    """Bind a symbol to small random values."""
    draw = np.random.default_rng(0)
    executor = symbol.simple_bind(mx.cpu(), **options)
    for array in executor.arg_dict.values():
        array[:] = draw.normal(0, 0.1, array.shape)
    for name, array in executor.aux_dict.items():
        array[:] = float("var" in name)
    return executor


def trained(executor: mx.Executor) -> Result:
    executor.forward(is_train=True)
    executor.backward()
    gradients = executor.grad_dict.items()
    return Result(
        [x.asnumpy() for x in executor.outputs],
        {n: g.asnumpy() for n, g in gradients if g is not None},
    )


def compared(symbol: mx.sym.Symbol, copying, **options):
    """Train with and without views; return both reports."""
    viewed = bound(symbol, **options)
    copied = copying(lambda: bound(symbol, **options))
    assert_same(trained(viewed), trained(copied))
    return viewed.plan_report(), copied.plan_report()


def layer(data, name: str, count: int, kernel: int):
    pad = (kernel // 2,) * 2
    window = {"kernel": (kernel, kernel), "pad": pad, "no_bias": True}
    data = mx.sym.Convolution(data, num_filter=count, name=f"{name}_conv", **window)
    data = mx.sym.BatchNorm(data, fix_gamma=False, name=f"{name}_bn")
    return mx.sym.Activation(data, act_type="relu", name=f"{name}_relu")


def test_an_inception_unit_keeps_its_results_once(copying):
    data = layer(mx.sym.Variable("data"), "stem", 16, 3)
    for unit in range(2):
        pooled = mx.sym.Pooling(
            data, kernel=(3, 3), pad=(1, 1), pool_type="max", name=f"pool{unit}"
        )
        branches = [
            layer(data, f"u{unit}a", 16, 1),
            layer(layer(data, f"u{unit}b", 8, 1), f"u{unit}c", 16, 3),
            layer(pooled, f"u{unit}d", 16, 1),
        ]
        data = mx.sym.Concat(*branches, name=f"unit{unit}")
    top = mx.sym.MakeLoss(mx.sym.mean(data))
    viewed, copied = compared(top, copying, data=(2, 3, 12, 12))
    assert viewed.views >= 6
    assert viewed.planned_bytes < copied.planned_bytes
    assert "views: " in str(viewed)


@pytest.mark.parametrize("batch", [1, 2])
def test_a_dense_block_agrees(batch, copying):
    data = layer(mx.sym.Variable("data"), "stem", 8, 3)
    for i in range(4):
        data = mx.sym.Concat(data, layer(data, f"layer{i}", 8, 3), name=f"join{i}")
    top = mx.sym.MakeLoss(mx.sym.mean(data))
    viewed, copied = compared(top, copying, data=(batch, 3, 8, 8))
    assert viewed.views > 0
    assert viewed.planned_bytes <= 1.02 * copied.planned_bytes


def test_gates_are_read_where_they_are(copying):
    state, data = mx.sym.Variable("state"), mx.sym.Variable("data")
    gates = mx.sym.FullyConnected(data, num_hidden=24, name="gates")
    write, keep, new = mx.sym.SliceChannel(gates, num_outputs=3, name="split")
    state = mx.sym.sigmoid(keep) * state + mx.sym.sigmoid(write) * mx.sym.tanh(new)
    later = mx.sym.FullyConnected(state, num_hidden=8, name="later")
    first = mx.sym.slice_axis(later, axis=1, begin=0, end=4)
    second = mx.sym.slice(later, begin=(None, 4), end=(None, 8))
    pair = mx.sym.stack(mx.sym.tanh(first), mx.sym.sin(second), axis=1, num_args=2)
    top = mx.sym.MakeLoss(mx.sym.sum(mx.sym.exp(pair)))
    viewed, _ = compared(top, copying, data=(5, 6), state=(5, 8))
    assert viewed.views >= 7


def test_a_small_googlenet_agrees(copying):
    symbol = zoo.googlenet.get_symbol(num_classes=4)
    viewed, copied = compared(symbol, copying, data=(1, 3, 64, 64))
    assert viewed.views >= 2 * 4 * 9 - 8  # of nine units
    assert viewed.planned_bytes < copied.planned_bytes


def test_monitors_see_every_part(copying):
    data = mx.sym.Variable("data")
    a, b = mx.sym.tanh(data, name="a"), mx.sym.sin(data, name="b")
    joined = mx.sym.Concat(a, b, dim=1, name="joined")
    top = mx.sym.sum(mx.sym.SliceChannel(joined, num_outputs=4, name="split")[1])

    def seen(executor):
        found = {}
        executor.set_monitor_callback(lambda n, x: found.update({n: x.asnumpy()}))
        executor.forward()
        mx.nd.waitall()
        return found

    viewed = bound(top, data=(3, 8))
    found, expected = seen(viewed), seen(copying(lambda: bound(top, data=(3, 8))))
    assert viewed.plan_report().views > 0
    assert found.keys() == expected.keys()
    for name, value in found.items():
        np.testing.assert_array_equal(value, expected[name])


def test_what_is_recomputed_may_be_parts(copying):
    with mx.AttrScope(__force_mirroring__="True"):
        data = mx.sym.Variable("data")
        halves = [mx.sym.tanh(mx.sym.sin(data) * x) for x in (0.5, 2.0)]
        joined = mx.sym.Concat(*halves, dim=1)
        top = mx.sym.exp(joined)
    viewed, _ = compared(mx.sym.MakeLoss(mx.sym.sum(top * top)), copying, data=(3, 8))
    assert viewed.views > 0
