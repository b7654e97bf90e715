"""Optimizers' steps are prepared once for the same arrays, and behave like any call."""

from __future__ import annotations

import gc
import inspect
import threading
import weakref

import numpy as np
import pytest

import dataflow as mx
from dataflow import checking
from dataflow.errors import ArgumentError, GradientError, OperatorError
from dataflow.ndarray import steps
from tests.executor.running import TIMEOUT, replace_kernel


@pytest.fixture
def prepared(monkeypatch):
    """The operations that were prepared for steps."""
    monkeypatch.setattr(checking, "on", False)  # DATAFLOW_CHECK prepares each anew
    made = []
    prepare = steps.prepare

    def note(*args, **kwargs):
        made.append(prepare(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(steps, "prepare", note)
    return made


def arrays(count=3, shape=(2, 3)):
    return [mx.nd.ones(shape) for _ in range(count)]


def step(weight, grad, mom, out=None, **kwargs):
    settings = {"lr": 0.5, "momentum": 0.5} | kwargs
    out = weight if out is None else out
    return mx.nd.sgd_mom_update(weight, grad, mom, out=out, **settings)


STEP = inspect.getsourcelines(step)[1] + 3  # the line that calls


def reference(lrs, momentum=0.5):
    weight, mom = 1.0, 1.0
    for lr in lrs:
        mom = momentum * mom - lr
        weight += mom
    return weight


def test_what_repeats_is_prepared_once(prepared):
    weight, grad, mom = arrays()
    for _ in range(5):
        assert step(weight, grad, mom) is weight
    assert len(prepared) == 1
    np.testing.assert_allclose(weight.asnumpy(), reference([0.5] * 5))


def test_numbers_may_change_at_every_step(prepared):
    weight, grad, mom = arrays()
    lrs = [0.5, 0.25, 0.25, 0.125, 0.5]
    for lr in lrs:
        step(weight, grad, mom, lr=lr)
    np.testing.assert_allclose(weight.asnumpy(), reference(lrs))
    assert len(prepared) == 1  # the others bind the kernel alone


def test_steps_that_are_pending_keep_their_numbers():
    with mx.engine.create("threaded", cpu_workers=1) as engine, mx.engine.use(engine):
        weight, grad, mom = arrays(shape=(300, 300))
        lrs = [1 / number for number in range(1, 30)]
        for lr in lrs:
            step(weight, grad, mom, lr=lr)
        np.testing.assert_allclose(weight.asnumpy(), reference(lrs), rtol=1e-4)


def test_values_that_are_equal_and_differ(prepared):
    weight, grad, mom = arrays()
    for lr in (1.0, 1, True, np.float32(1), "1.0"):
        step(weight, grad, mom, lr=lr)
    np.testing.assert_allclose(weight.asnumpy(), reference([1.0] * 5))
    with pytest.raises(ArgumentError, match="lr"):
        step(weight, grad, mom, lr="much")
    with pytest.raises(ArgumentError, match="momentun"):
        step(weight, grad, mom, momentun=0.5)
    np.testing.assert_allclose(weight.asnumpy(), reference([1.0] * 5))


def test_other_arrays_are_other_steps():
    weight, grad, mom = arrays()
    step(weight, grad, mom)
    step(weight, grad * 2, mom)
    other = mx.nd.zeros((2, 3))
    assert step(weight, grad, mom, out=other) is other
    np.testing.assert_allclose(weight.asnumpy(), 1 + 0.0 - 1.0)
    np.testing.assert_allclose(other.asnumpy(), 0 - 0.5 - 0.5)
    with pytest.raises(ArgumentError, match="gives"):
        step(weight, grad, mom, out=mx.nd.zeros((3,)))


def test_several_weights():
    weights, grads, moms = arrays(2), arrays(2), arrays(2)
    inputs = [x for group in zip(weights, grads, moms, strict=True) for x in group]
    rates = [0.5, 0.25]
    for rate in (0.5, 0.5, 0.125):
        rates[0] = rate
        made = mx.nd.multi_sgd_mom_update(
            *inputs, out=weights, lrs=rates, wds=[0.0, 0.0], momentum=0.5, num_weights=2
        )
        assert all(a is b for a, b in zip(made, weights, strict=True))
    np.testing.assert_allclose(weights[0].asnumpy(), reference([0.5, 0.5, 0.125]))
    np.testing.assert_allclose(weights[1].asnumpy(), reference([0.25] * 3))


def test_recording_is_not_passed_by():
    weight, grad, mom = arrays()
    for _ in range(2):
        step(weight, grad, mom)
    weight.attach_grad()
    with mx.autograd.record(), pytest.raises(GradientError):
        step(weight, grad, mom)
    step(weight, grad, mom)
    np.testing.assert_allclose(weight.asnumpy(), reference([0.5] * 3))


@pytest.mark.usefixtures("prepared")
def test_priorities_hold():
    (weight, grad, mom), levels = arrays(), []
    for level in (0, 3, 3, 0):
        with mx.engine.prioritized(level):
            step(weight, grad, mom)
        levels.append(mom._step.last.operation.priority)
    assert levels == [0, 3, 3, 0]


def test_kernels_may_change(monkeypatch):
    weight, grad, mom = arrays()
    step(weight, grad, mom)

    def seven(invocation):
        invocation.outputs[0][...] = 7

    with monkeypatch.context() as patch:
        replace_kernel(patch, "sgd_mom_update", seven)
        step(weight, grad, mom)
        np.testing.assert_array_equal(weight.asnumpy(), 7)
    step(weight, grad, mom)
    np.testing.assert_allclose(weight.asnumpy(), 7 - 0.5)


def test_errors_tell_the_line_that_called(monkeypatch):
    def fail(invocation):
        raise ArithmeticError("no")

    replace_kernel(monkeypatch, "sgd_mom_update", fail)
    weight, grad, mom = arrays()
    for lr in (0.5, 0.25):
        weight[:] = 1  # mends what the last step spoilt
        mom[:] = 1
        step(weight, grad, mom, lr=lr)
        with pytest.raises(OperatorError, match=rf"test_steps\.py:{STEP},"):
            weight.wait_to_read()
        weight[:] = 1
        mom[:] = 1
        mx.nd.sgd_mom_update(weight, grad, mom, out=weight, lr=lr, momentum=0.5)
        line = inspect.currentframe().f_lineno - 1
        with pytest.raises(OperatorError, match=rf"test_steps\.py:{line},"):
            weight.wait_to_read()


def test_bulks_take_steps_again_and_again():
    weight, grad, mom = arrays()
    with mx.engine.bulk(4):
        for _ in range(6):
            step(weight, grad, mom)
    np.testing.assert_allclose(weight.asnumpy(), reference([0.5] * 6))


def test_checking_is_not_passed_by():
    weight, grad, mom = arrays()
    step(weight, grad, mom)
    with mx.engine.checking():
        step(weight, grad, mom)
    step(weight, grad, mom)
    np.testing.assert_allclose(weight.asnumpy(), reference([0.5] * 3))


def test_nothing_is_kept_longer_than_the_state():
    weight, grad, mom = arrays()
    for _ in range(2):
        step(weight, grad, mom)
    mx.nd.waitall()
    kept = [weakref.ref(array._raw) for array in (weight, grad, mom)]
    enabled = gc.isenabled()
    gc.disable()  # nothing may have to wait for a collection
    try:
        del grad, mom
        assert [ref() is None for ref in kept] == [False, True, True]
        del weight
        assert kept[0]() is None
    finally:
        if enabled:
            gc.enable()


def test_threads_may_share_a_step():
    weight, grad = arrays(2)
    grad[:] = 0.25

    def descend(lr):
        def work():
            for _ in range(50):
                mx.nd.sgd_update(weight, grad, out=weight, lr=lr)

        return work

    threads = [threading.Thread(target=descend(lr)) for lr in (0.5, 1.0, 2.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    np.testing.assert_allclose(weight.asnumpy(), 1 - 0.25 * 50 * 3.5)


def test_engines_may_change():
    weight, grad, mom = arrays()
    step(weight, grad, mom)
    with mx.engine.create("naive") as engine, mx.engine.use(engine):
        weight, grad, mom = arrays()
        for _ in range(3):
            step(weight, grad, mom)
        np.testing.assert_allclose(weight.asnumpy(), reference([0.5] * 3))


def test_parameters_of_several_contexts_are_stepped_apart(prepared):
    updater = mx.optimizer.get_updater(mx.optimizer.SGD())
    contexts = [mx.cpu(number % 2) for number in range(4)]
    weights = [mx.nd.ones((2,), context) for context in contexts]
    updater(list(range(4)), [weight * 1 for weight in weights], weights)
    assert [operation.lane for operation in prepared] == ["cpu", "cpu:1"]
    for weight in weights:
        np.testing.assert_allclose(weight.asnumpy(), 0.99, rtol=1e-6)


def test_small_parameters_are_stepped_together(prepared):
    updater = mx.optimizer.get_updater(mx.optimizer.SGD(momentum=0.5))
    weights = arrays(20) + arrays(4, (1 << 14,)) + arrays(2)
    grads = [array * 1 for array in weights]
    for _ in range(3):
        updater(list(range(26)), grads, weights)
    together = [sum(w.var in o.writes for w in weights) for o in prepared]
    assert together == [24, 2]
    for weight in weights:
        np.testing.assert_allclose(weight.asnumpy(), 1 - 0.01 * (1 + 1.5 + 1.75))
