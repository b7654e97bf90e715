"""Operators that raise while they run: who hears of it, and that life goes on."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import OperatorError
from tests.executor.running import Faulty, Gate, replace_kernel

TIMEOUT = 20.0


@pytest.fixture
def faulty(monkeypatch):
    """The operator `sin` raises until it is mended; other operators are whole."""
    kernel = Faulty()
    replace_kernel(monkeypatch, "sin", kernel)
    yield kernel
    with contextlib.suppress(OperatorError):  # one that the test did not look at
        mx.engine.wait_all(TIMEOUT)


def network(**groups: str) -> mx.sym.Symbol:
    x = mx.sym.Variable("x")
    with mx.AttrScope(**groups):
        y = mx.sym.sin(mx.sym.square(x, name="before"), name="culprit")
    return mx.sym.negative(y, name="after")


LINE = network.__code__.co_firstlineno + 3


def bound(symbol: mx.sym.Symbol | None = None, **how: object) -> mx.Executor:
    symbol = network() if symbol is None else symbol
    executor = symbol.simple_bind(mx.cpu(), x=(2, 3), **how)
    executor.arg_dict["x"][:] = 3
    return executor


def test_the_error_names_everything(faulty):
    outputs = bound().forward()  # pushing succeeds
    with pytest.raises(OperatorError) as caught:
        outputs[0].asnumpy()
    message = str(caught.value)
    for part in ("sin", "'culprit'", "(2, 3)", "float32", "cpu(0)", f":{LINE}"):
        assert part in message
    assert __file__ in message
    assert "broken on purpose" in message


def test_the_original_error_is_the_cause(faulty):
    with pytest.raises(mx.MXNetError) as caught:
        bound().forward()[0].wait_to_read(TIMEOUT)
    assert caught.value.__cause__ is faulty.error
    assert isinstance(caught.value, RuntimeError)


def test_the_traceback_reaches_into_the_operator(faulty):
    with pytest.raises(OperatorError) as caught:
        bound().forward()[0].asnumpy()
    trace = caught.value.__cause__.__traceback__
    names = []
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert "__call__" in names


def test_the_executor_is_usable_afterwards(faulty):
    executor = bound()
    with pytest.raises(OperatorError):
        executor.forward()[0].asnumpy()
    faulty.broken = False
    assert (executor.forward()[0].asnumpy() == -9).all()


def test_every_wait_hears_of_it(faulty):
    after = network()
    outputs = bound(mx.sym.Group([after, mx.sym.exp(after)])).forward()
    for output in outputs:
        with pytest.raises(OperatorError):
            output.asnumpy()


def test_waitall_raises_what_nobody_saw(faulty):
    bound().forward()
    with pytest.raises(OperatorError, match="culprit"):
        mx.nd.waitall()
    mx.nd.waitall()


def test_arguments_stay_readable(faulty):
    executor = bound()
    with pytest.raises(OperatorError):
        executor.forward()[0].asnumpy()
    assert (executor.arg_dict["x"].asnumpy() == 3).all()


def test_what_is_computed_from_a_failed_array_fails_alike(faulty):
    output = bound().forward()[0]
    later = output * 2 + 1
    with pytest.raises(OperatorError, match="culprit"):
        later.asnumpy()


def test_a_backward_after_a_failed_forward_does_not_give_gradients(faulty):
    executor = bound()
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones((2, 3)))
    with pytest.raises(OperatorError, match="culprit"):
        executor.grad_dict["x"].asnumpy()


def test_after_a_failed_training_step_the_next_is_right(faulty):
    executor = bound()
    for broken in (True, False, True, False):
        faulty.broken = broken
        executor.forward(is_train=True)
        executor.backward(mx.nd.ones((2, 3)))
        if broken:
            with pytest.raises(OperatorError):
                executor.grad_dict["x"].asnumpy()
        else:
            expected = -np.cos(9.0) * 2 * 3
            np.testing.assert_allclose(
                executor.grad_dict["x"].asnumpy(), expected, rtol=1e-5
            )


def test_a_failure_crosses_contexts(faulty):
    groups = {"away": mx.cpu(1)}
    executor = bound(network(ctx_group="away"), group2ctx=groups)
    with pytest.raises(OperatorError, match="culprit") as caught:
        executor.forward()[0].asnumpy()
    assert "cpu(1)" in str(caught.value)
    faulty.broken = False
    assert (executor.forward()[0].asnumpy() == -9).all()


def test_a_failed_backward_keeps_its_outputs(monkeypatch):
    kernel = Faulty()
    replace_kernel(monkeypatch, "_backward_sin", kernel)
    executor = bound()
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones((2, 3)))
    with pytest.raises(OperatorError, match=r"'culprit_backward', in the gradient"):
        executor.grad_dict["x"].asnumpy()
    np.testing.assert_allclose(executor.outputs[0].asnumpy(), -np.sin(9.0), rtol=1e-5)


def test_a_failed_state_reaches_the_operators_that_read_it(faulty):
    x = mx.sym.Variable("x")
    executor = mx.sym.BatchNorm(x, name="bn").simple_bind(mx.cpu(), x=(4, 2))
    mean = executor.aux_dict["bn_moving_mean"]
    mx.nd.sin(mx.nd.ones(2), out=mean)
    with pytest.raises(OperatorError):
        executor.forward()[0].asnumpy()


def test_adding_to_a_failed_gradient_does_not_hide_the_failure(faulty):
    x = mx.sym.Variable("x")
    executor = mx.sym.square(x).simple_bind(mx.cpu(), grad_req="add", x=(2,))
    mx.nd.sin(mx.nd.ones(2), out=executor.grad_dict["x"])
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones(2))
    with pytest.raises(OperatorError):
        executor.grad_dict["x"].asnumpy()


def test_the_naive_engine_reports_the_same(faulty):
    with mx.engine.use(mx.engine.create("naive")):
        executor = bound()
        with pytest.raises(OperatorError, match="culprit") as caught:
            executor.forward()[0].asnumpy()
        assert caught.value.__cause__ is faulty.error
        faulty.broken = False
        assert (executor.forward()[0].asnumpy() == -9).all()


def test_forward_returns_before_the_work_is_done(monkeypatch):
    gate = Gate()
    replace_kernel(monkeypatch, "sin", gate)
    engine = mx.engine.create("threaded", cpu_workers=1)
    with engine, mx.engine.use(engine):
        outputs = bound().forward()
        assert gate.entered.wait(TIMEOUT)
        gate.opened.set()
        assert (outputs[0].asnumpy() == -9).all()


def test_a_wait_that_is_too_long_is_an_error(monkeypatch):
    gate = Gate()
    replace_kernel(monkeypatch, "sin", gate)
    engine = mx.engine.create("threaded", cpu_workers=1)
    with engine, mx.engine.use(engine):
        outputs = bound().forward()
        assert gate.entered.wait(TIMEOUT)
        with pytest.raises(TimeoutError) as caught:
            outputs[0].wait_to_read(timeout=0.01)
        assert isinstance(caught.value, mx.MXNetError)
        gate.opened.set()
        outputs[0].wait_to_read(TIMEOUT)


def test_contexts_work_side_by_side(monkeypatch):
    gate = Gate()
    replace_kernel(monkeypatch, "sin", gate)
    x = mx.sym.Variable("x")
    with mx.AttrScope(ctx_group="slow"):
        held = mx.sym.sin(x)
    free = mx.sym.square(x)
    groups = {"slow": mx.cpu(1)}
    engine = mx.engine.create("threaded", cpu_workers=1)
    with engine, mx.engine.use(engine):
        executor = bound(mx.sym.Group([held, free]), group2ctx=groups)
        outputs = executor.forward()
        assert gate.entered.wait(TIMEOUT)
        assert (outputs[1].asnumpy() == 9).all()  # while the other one is held
        gate.opened.set()
        assert (outputs[0].asnumpy() == 3).all()
