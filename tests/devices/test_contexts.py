"""Contexts of devices: their lanes, and one clear error where there is none."""

from __future__ import annotations

import pickle

import pytest

import dataflow as mx
from dataflow.errors import ContextError


@pytest.mark.parametrize(
    ("context", "lane", "copies"),
    [
        (mx.Context("cpu", 0), "cpu", "cpu"),
        (mx.Context("cpu", 2), "cpu:2", "cpu:2"),
        (mx.cpu_pinned(1), "cpu", "cpu"),
        (mx.sim(0), "sim:0", "sim:0/copy"),
        (mx.sim(3), "sim:3", "sim:3/copy"),
        (mx.gpu(1), "gpu:1", "gpu:1/copy"),
    ],
)
def test_each_context_has_its_lanes(context, lane, copies):
    assert (context.lane, context.copy_lane) == (lane, copies)
    assert context.is_device == (lane != copies)
    again = pickle.loads(pickle.dumps(context))
    assert again == context
    assert again.copy_lane == copies


def dense():
    return mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")


def module(context):
    made = mx.mod.Module(dense(), data_names=["x"], label_names=None, context=context)
    made.bind([("x", (2, 5))])


USES = {
    "array": lambda c: mx.nd.array([1, 2], ctx=c),
    "zeros": lambda c: mx.nd.zeros(2, ctx=c),
    "operator": lambda c: mx.nd.random.uniform(shape=(2,), ctx=c),
    "copyto": lambda c: mx.nd.ones(2).copyto(c),
    "as_in_context": lambda c: mx.nd.ones(2).as_in_context(c),
    "simple_bind": lambda c: dense().simple_bind(c, x=(2, 5)),
    "group2ctx": lambda c: dense().simple_bind(mx.cpu(), group2ctx={"a": c}, x=(2, 5)),
    "bind": lambda c: dense().bind(c, {}),
    "module": module,
    "default": mx.test_utils.set_default_context,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("context", "parts"),
    [
        (mx.gpu(999), ("gpu(999)", "mx.cpu()")),
        (mx.sim(99), ("sim(99)", "there are sim:0 to sim:15")),
    ],
)
def test_a_missing_device_is_told_before_anything_runs(use, context, parts):
    mx.waitall()
    before = mx.engine.get().statistics().failed
    with pytest.raises(ContextError) as caught:
        USES[use](context)
    assert all(part in str(caught.value) for part in parts)
    mx.waitall()
    assert mx.engine.get().statistics().failed == before


def test_the_error_tells_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cupy", None)
    monkeypatch.setattr("dataflow.context._opened", set())
    assert mx.num_gpus() == 0
    with pytest.raises(ContextError, match=r"pip install cupy-cuda\d+x"):
        mx.nd.zeros(2, ctx=mx.gpu(0))


def test_a_with_block_makes_a_device_the_default():
    with mx.sim(1):
        assert mx.nd.ones(2).context == mx.sim(1)
        assert mx.nd.random.uniform(shape=(2,)).context == mx.sim(1)
