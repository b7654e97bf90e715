"""Monitors tell what MXNet's do, and find the first NaN."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, OperatorError
from tests.monitors import OPTIONS, bound, observe

GOLDEN = json.loads((Path(__file__).parent / "golden/monitor.json").read_text())


# MXNet counts the inputs of an operator whose only input has no name of its own.
NAMED = {"act_input0": "act_data"}


def numbers(text):
    return np.array(text.replace("[", " ").replace("]", " ").split(), float)


@pytest.mark.parametrize("name", OPTIONS)
def test_steps_names_and_statistics_are_mxnets(name):
    for seen, expected in zip(observe(mx, name), GOLDEN[name], strict=True):
        assert [(s[0], s[1]) for s in seen] == [
            (step, NAMED.get(name, name)) for step, name, _ in expected
        ]
        for (*_, found), (*_, wanted) in zip(seen, expected, strict=True):
            assert found.endswith("\t")
            np.testing.assert_allclose(numbers(found), numbers(wanted), rtol=1e-5)


def test_statistics_are_logged(caplog):
    caplog.set_level(logging.INFO)
    executor, monitor = bound(mx), mx.monitor.Monitor(1, lambda x: x.max() * 0, "fc_b")
    monitor.install(executor)
    monitor.tic()
    executor.forward()
    monitor.toc_print()
    assert caplog.messages == [f"Batch: {1:7d} {'fc_bias':30s} 0.0\t"]


def test_executors_run_freely_between_watched_batches():
    executor, monitor = bound(mx), mx.monitor.Monitor(2)
    monitor.tic()
    monitor.install(executor)  # in the middle of a watched batch
    executor.forward()
    assert monitor.toc()
    assert executor._monitor is None
    monitor.tic()
    executor.forward()
    assert executor._monitor is None
    assert monitor.toc() == []


def test_backward_is_seen_too():
    executor, monitor = bound(mx), mx.monitor.Monitor(1, pattern="fc_backward")
    monitor.install(executor)
    monitor.tic()
    executor.forward(is_train=True)
    executor.backward()
    assert [name for _, name, _ in monitor.toc()] == [
        "fc_backward_data",
        "fc_backward_weight",
        "fc_backward_bias",
    ]


def test_what_a_monitor_cannot_do():
    with pytest.raises(ArgumentError, match="interval is 0"):
        mx.monitor.Monitor(0)
    executor, monitor = bound(mx), mx.monitor.Monitor(1, lambda x: [3.0])
    monitor.install(executor)
    monitor.tic()
    executor.forward()
    with pytest.raises(ArgumentTypeError, match=r"\[3.0\] for 'fc_output'"):
        monitor.toc()


# NaN and infinity


def watched(symbol, *, backward=False, **values):
    """Run a symbol under a NanMonitor, and return both."""
    arrays = {name: mx.nd.array(value) for name, value in values.items()}
    gradients = {name: mx.nd.zeros(a.shape) for name, a in arrays.items()}
    executor = symbol.bind(mx.cpu(), arrays, gradients)
    monitor = mx.monitor.NanMonitor()
    monitor.install(executor)
    monitor.tic()
    executor.forward(is_train=True)
    if backward:
        executor.backward(mx.nd.ones(executor.outputs[0].shape))
    return monitor


def test_the_first_operator_with_a_nan_is_named():
    x = mx.sym.Variable("x")
    net = mx.sym.log(x - 2, name="culprit")
    net = mx.sym.exp(net, name="victim")
    message = (
        "1 NaN and 1 infinite values in 'culprit_output'.* operator log 'culprit'"
        r".* on cpu\(0\)"
    )
    with pytest.raises(OperatorError, match=message) as caught:
        watched(net, x=[1, 2, 3]).toc()
    assert "test_monitor.py:" in str(caught.value)


def test_arguments_that_were_bad_before_are_named():
    net = mx.sym.exp(mx.sym.Variable("x") + mx.sym.Variable("y"))
    with pytest.raises(OperatorError, match="in 'y' before any operator ran"):
        watched(net, x=[1, 2], y=[1, np.nan]).toc_print()


def test_gradients_are_looked_at():
    net = mx.sym.sqrt(mx.sym.Variable("x"), name="root")
    with pytest.raises(OperatorError, match="operator _backward_sqrt 'root_backward'"):
        watched(net, x=[0, 1], backward=True).toc()


def test_good_values_and_integers_are_passed_over():
    net = mx.sym.Cast(mx.sym.exp(mx.sym.Variable("x")), dtype="int32")
    monitor = watched(net, x=[1, 2])
    assert monitor.toc() == []
    assert monitor.find() is None


def test_infinities_may_be_meant():
    executor = mx.sym.log(mx.sym.Variable("x"), name="log").bind(
        mx.cpu(), {"x": mx.nd.zeros(70000, dtype="float16")}
    )
    for infinities in (True, False):
        monitor = mx.monitor.NanMonitor(infinities=infinities)
        monitor.install(executor)
        monitor.tic()
        executor.forward()
        found = monitor.find()
        expected = (1, "log_output", 0, 70000) if infinities else None
        assert found == expected
