"""Stores return at once, and what has a higher priority runs first."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import numpy as np
import pytest

import dataflow as mx
from dataflow import engine
from dataflow_engine import ThreadedEngine

TIMEOUT = 30.0


@contextmanager
def held(array):
    """Hold an operation that writes `array` until the block ends."""
    gate = threading.Event()

    def wait():
        assert gate.wait(TIMEOUT)

    lane = array.context.lane
    engine.push(engine.operation(wait, [array.var], [array.var], lane=lane))
    try:
        yield gate
    finally:
        gate.set()


@pytest.mark.parametrize("kind", ["local", "device"])
@pytest.mark.parametrize("update", [False, True])
def test_a_gradient_may_still_be_computed_when_it_is_pushed(kind, update):
    store = mx.kv.create(kind)
    store.init("a", mx.nd.ones(3))
    if update:
        store.set_optimizer(mx.optimizer.create("sgd", learning_rate=0.5))
    gradients = [mx.nd.ones(3), mx.nd.ones(3, mx.cpu(1))]
    out = mx.nd.zeros(3)
    with held(gradients[0]), held(gradients[1]):
        store.push("a", gradients)
        store.pull("a", out=out)
        gradients[0][:] = 100  # comes after the push
    expected = 1 - 0.5 * 2 if update else 2
    np.testing.assert_allclose(out.asnumpy(), expected)


def test_the_first_layers_come_first():
    """With one worker, and nobody who helps it by waiting."""
    done, order = threading.Event(), []
    count = 6

    def note(key):
        order.append(key)
        if len(order) == count:
            done.set()

    def update(key, total, value):
        function = lambda: note(key)  # noqa: E731
        engine.push(engine.operation(function, [], [value.var], lane="cpu"))

    with engine.use(ThreadedEngine(1)) as one:
        store = mx.kv.create()
        for key in range(count):
            store.init(key, mx.nd.ones(1))
        store.set_updater(update)
        one.wait_all()
        with held(mx.nd.ones(1)):
            for key in reversed(range(count)):  # as backward makes them
                store.push(key, mx.nd.ones(1), priority=-key)
        assert done.wait(TIMEOUT)
        assert order == list(range(count))
        one.wait_all()
    one.close()


def test_a_failed_gradient_poisons_its_parameter_only():
    store = mx.kv.create()
    store.init(["a", "b"], [mx.nd.ones(2)] * 2)
    bad, out = mx.nd.ones(2), [mx.nd.zeros(2), mx.nd.zeros(2)]

    def fail():
        raise ArithmeticError("no gradient")

    engine.push(engine.operation(fail, [], [bad.var], lane="cpu"))
    store.pushpull(["a", "b"], [bad, mx.nd.ones(2)], out=out)
    assert out[1].asnumpy().tolist() == [1, 1]
    with pytest.raises(ArithmeticError, match="no gradient"):
        out[0].asnumpy()
    store.pushpull("a", mx.nd.ones(2), out=out[0])  # a new value mends it
    assert out[0].asnumpy().tolist() == [1, 1]


def test_a_priority_ends_with_its_block():
    array = mx.nd.ones(1)

    def priority():
        made = engine.operation(lambda: None, [], [array.var], lane="cpu")
        return made.priority

    with engine.prioritized(3):
        assert priority() == 3
        with engine.prioritized(-2):
            assert priority() == -2
        assert priority() == 3
    assert priority() == 0
