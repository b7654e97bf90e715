"""Fused graphs compute what the same graphs compute node by node."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import OperatorError
from dataflow_ops.kernels import backends
from tests.executor.elementwise import (
    EMITTERS,
    SHAPE,
    SUMS,
    TOLERANCE,
    assert_alike,
    plainly,
    random_program,
    run,
    use,
)
from tests.executor.running import Faulty, replace_kernel


@pytest.fixture(params=EMITTERS)
def emitter(request, monkeypatch):
    use(monkeypatch, request.param)
    return request.param


def groups(executor: mx.Executor) -> list[list[str]]:
    graph = executor._compiled.graph
    return [[node.name for node in nodes] for nodes in graph.groups.values()]


# Tiles run the steps' own kernels: exactly the same, for every type, but for sums.


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int32"])
@pytest.mark.parametrize("seed", range(12))
def test_tiles_give_exactly_what_single_nodes_give(monkeypatch, seed, dtype):
    use(monkeypatch, "reference", tile=(16, 64, 1 << 16)[seed % 3])
    program = random_program(seed, dtype)
    request = ("write", "add")[seed % 2]
    found, executor = run(program, request)
    assert groups(executor)
    for mine, theirs in zip(found, plainly(program, request=request), strict=True):
        whole = mine.shape == SHAPE
        assert_alike([mine], [theirs], 0.0 if whole else SUMS)


@pytest.mark.skipif("numba" not in EMITTERS, reason="Numba is not installed")
@pytest.mark.parametrize("seed", range(3))
def test_compiled_loops_agree_with_single_nodes(monkeypatch, seed):
    use(monkeypatch, "numba")
    program = random_program(seed, ("float32", "float64")[seed == 2])
    request = ("write", "add")[seed % 2]
    found, executor = run(program, request)
    assert groups(executor)
    assert_alike(found, plainly(program, request=request), TOLERANCE["numba"])


# Arrays that lie in other ways


def sum_of_two() -> mx.sym.Symbol:
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    return mx.sym.square(a * 2 + b) - a


def test_arguments_that_are_views(emitter):
    base = np.arange(48, dtype="float32").reshape(6, 8)
    rows = mx.nd.array(base)
    a, b = rows[1:3], rows[3:5]
    executor = sum_of_two().bind(mx.cpu(), {"a": a, "b": b})
    assert groups(executor)
    executor.forward()
    x, y = base[1:3], base[3:5]
    assert_alike([executor.outputs[0].asnumpy()], [(x * 2 + y) ** 2 - x], 0.0)


def test_a_gradient_that_lies_over_an_argument(emitter):
    """The user's own doing: what is read is what was there before."""
    a, b = mx.nd.array([1, 2, 3, 4]), mx.nd.array([5, 6, 7, 8])
    executor = sum_of_two().bind(mx.cpu(), {"a": a, "b": b}, {"b": a})
    executor.forward(is_train=True)
    executor.backward(mx.nd.array([1, 1, 1, 1]))
    assert a.asnumpy().tolist() == [14, 20, 26, 32]


def test_columns_of_a_larger_array(emitter):
    """Arrays in the order of memory, whichever of their axes that is."""
    x = mx.sym.Variable("x")
    turned = mx.sym.transpose(x) * 2
    executor = mx.sym.tanh(turned + 1).simple_bind(mx.cpu(), x=(3, 5))
    executor.arg_dict["x"][:] = values = np.arange(15).reshape(3, 5) / 10
    executor.forward()
    expected = np.tanh(values.astype("float32").T * 2 + 1)
    assert_alike([executor.outputs[0].asnumpy()], [expected], 1e-6)


def test_scalars_and_empty_arrays(emitter):
    x = mx.sym.Variable("x")
    symbol = mx.sym.tanh(x * 2) + 1
    for shape in ((1,), (1, 1)):
        executor = symbol.simple_bind(mx.cpu(), x=shape)
        executor.forward()
        assert executor.outputs[0].asnumpy().tolist() == np.ones(shape).tolist()


@pytest.mark.parametrize("contexts", [1, 2])
def test_groups_of_contexts(emitter, contexts):
    places = {"one": mx.cpu(0), "two": mx.cpu(contexts - 1)}
    x = mx.sym.Variable("x")
    with mx.AttrScope(ctx_group="one"):
        first = mx.sym.square(x * 2) + 1
    with mx.AttrScope(ctx_group="two"):
        out = mx.sym.square(first) - first * 3
    executor = out.simple_bind(mx.cpu(), group2ctx=places, x=(2, 3))
    executor.arg_dict["x"][:] = x = np.arange(6, dtype="float32").reshape(2, 3)
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones((2, 3), ctx=mx.cpu(contexts - 1)))
    f = (x * 2) ** 2 + 1
    slope = (2 * f - 3) * 8 * x
    found = [executor.outputs[0].asnumpy(), executor.grad_dict["x"].asnumpy()]
    assert_alike(found, [f**2 - f * 3, slope], 0.0)
    assert len(groups(executor)) == 2 * contexts


# Training


def network() -> mx.sym.Symbol:
    data = mx.sym.Variable("data")
    gate = mx.sym.FullyConnected(data, num_hidden=12, name="gate")
    value = mx.sym.FullyConnected(data, num_hidden=12, name="value")
    mixed = mx.sym.sigmoid(gate * 2) * mx.sym.tanh(value + 1) + mx.sym.relu(value)
    shift = mx.sym.Variable("shift", shape=(1, 12))
    normed = mx.sym.BatchNorm(mx.sym.broadcast_add(mixed, shift), name="norm")
    smooth = mx.sym.exp(mx.sym.negative(mx.sym.square(normed))) + 0.1 * normed
    out = mx.sym.FullyConnected(smooth, num_hidden=4, name="out")
    return mx.sym.SoftmaxOutput(out, name="softmax")


def trained(steps: int = 20) -> list[np.ndarray]:
    executor = network().simple_bind(mx.cpu(), data=(8, 6), softmax_label=(8,))
    rng = np.random.default_rng(3)
    for array in executor.arg_arrays:
        array[:] = rng.uniform(-0.5, 0.5, array.shape)
    executor.arg_dict["softmax_label"][:] = rng.integers(0, 4, 8)
    executor.aux_dict["norm_moving_var"][:] = 1
    for _ in range(steps):
        executor.forward(is_train=True)
        executor.backward()
        for name, grad in executor.grad_dict.items():
            if name not in ("data", "softmax_label"):
                weight = executor.arg_dict[name]
                weight[:] = weight - 0.1 * grad
    found = [executor.outputs[0], *executor.arg_arrays, *executor.aux_arrays]
    return [array.asnumpy() for array in found]


def test_twenty_steps_of_training(emitter, monkeypatch):
    found = trained()
    with monkeypatch.context() as patch:
        patch.setenv("DATAFLOW_FUSION", "0")
        patch.setattr(backends, "available", lambda: ("reference",))
        expected = trained()
    assert_alike(found, expected, 10 * max(SUMS, TOLERANCE[emitter]))


# What users see


def test_a_failure_names_the_member_and_its_line(monkeypatch):
    use(monkeypatch, "reference")
    kernel = Faulty()
    replace_kernel(monkeypatch, "sin", kernel)
    x = mx.sym.Variable("x")
    y = mx.sym.sin(mx.sym.square(x, name="before"), name="culprit")
    y = mx.sym.negative(y, name="after")
    executor = y.simple_bind(mx.cpu(), grad_req="null", x=(40,))
    assert groups(executor) == [["before", "culprit", "after"]]
    with pytest.raises(
        OperatorError, match=r"'culprit'.*test_fused_networks.py"
    ) as got:
        executor.forward()[0].asnumpy()
    assert isinstance(got.value.__cause__, ZeroDivisionError)
    assert "data=(40,) float32" in str(got.value)
    kernel.broken = False
    executor.forward()[0].asnumpy()
    with contextlib.suppress(OperatorError):
        mx.engine.wait_all(20)


def test_a_monitor_sees_every_node(emitter):
    x = mx.sym.Variable("x")
    y = mx.sym.identity(mx.sym.square(x, name="a"), name="same")
    executor = mx.sym.negative(y + 0, name="b").simple_bind(mx.cpu(), x=(4,))
    executor.arg_dict["x"][:] = [1, 2, 3, 4]
    seen = {}
    executor.set_monitor_callback(lambda n, v: seen.update({n: v.asnumpy().tolist()}))
    executor.forward(is_train=True)
    assert seen["a_output"] == seen["same_output"] == [1, 4, 9, 16]
    assert seen["b_output"] == executor.outputs[0].asnumpy().tolist()
    executor.set_monitor_callback(None)  # backward is that of the forward run before
    executor.backward(mx.nd.ones(4))
    assert executor.grad_dict["x"].asnumpy().tolist() == [-2, -4, -6, -8]
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones(4))
    assert executor.grad_dict["x"].asnumpy().tolist() == [-2, -4, -6, -8]


def test_dropout_is_the_same_under_a_monitor():
    """The mask of a monitored forward is that of the backward after it."""
    x = mx.sym.Variable("x")
    dropped = mx.sym.Dropout(x * 2 + 1, p=0.5, name="drop")
    executor = (dropped * 3).simple_bind(mx.cpu(), x=(64,))
    executor.set_monitor_callback(lambda name, value: None)
    executor.forward(is_train=True)
    executor.set_monitor_callback(None)
    executor.backward(mx.nd.ones(64))
    kept = executor.outputs[0].asnumpy() != 0
    assert ((executor.grad_dict["x"].asnumpy() != 0) == kept).all()


def test_the_environment_turns_it_off(monkeypatch):
    use(monkeypatch, "reference")
    monkeypatch.setenv("DATAFLOW_FUSION", "0")
    x = mx.sym.Variable("x")
    executor = mx.sym.tanh(mx.sym.identity(x * 2)).simple_bind(mx.cpu(), x=(3,))
    assert executor.plan_report().nodes == 5  # with the gradient's
    assert executor.plan_report().groups == {}


def test_the_report_tells_the_groups(emitter):
    x = mx.sym.Variable("x")
    y = mx.sym.tanh(mx.sym.square(x, name="a"), name="b")
    executor = mx.sym.exp(y, name="c").simple_bind(mx.cpu(), grad_req="null", x=(3,))
    report = executor.plan_report()
    assert report.groups == {"a+b+c": ("a", "b", "c")}
    assert report.kernels == {"a+b+c": emitter}
    assert "1 group of 3 fused nodes" in str(report)


def test_small_groups_are_not_worth_it():
    x = mx.sym.Variable("x")
    executor = mx.sym.tanh(x * 2).simple_bind(mx.cpu(), x=(3,))
    assert executor.plan_report().groups == {}
