"""Every feature once, small: read this first to see what there is."""

from __future__ import annotations

import json

import numpy as np
import pytest

import dataflow as mx


def mlp() -> mx.sym.Symbol:
    with mx.AttrScope(ctx_group="first"):
        net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=8, name="fc1")
        net = mx.sym.Activation(net, act_type="relu", name="relu1")
    with mx.AttrScope(ctx_group="second"):
        net = mx.sym.FullyConnected(net, num_hidden=3, name="fc2")
        return mx.sym.SoftmaxOutput(net, name="softmax")


def bound(context=None, **options) -> mx.Executor:
    executor = mlp().simple_bind(context or mx.cpu(), data=(4, 5), **options)
    stream = np.random.RandomState(0)
    for array in executor.arg_arrays:
        array[:] = stream.uniform(-1, 1, array.shape)
    executor.arg_dict["softmax_label"][:] = [0, 1, 2, 0]
    return executor


def step(executor: mx.Executor) -> dict[str, np.ndarray]:
    executor.forward(is_train=True)
    executor.backward()
    grads = {n: g.asnumpy() for n, g in executor.grad_dict.items()}
    return {"output": executor.outputs[0].asnumpy(), **grads}


def test_a_symbol_lists_and_infers():
    net = mlp()
    assert net.list_arguments() == [
        "data", "fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias", "softmax_label",
    ]  # fmt: skip
    assert net.list_outputs() == ["softmax_output"]
    arguments, outputs, states = net.infer_shape(data=(4, 5))
    assert arguments == [(4, 5), (8, 5), (8,), (3, 8), (3,), (4,)]
    assert outputs == [(4, 3)]
    assert states == []
    assert net.infer_type(data="float64")[1] == [np.float64]
    assert net.get_internals()["relu1_output"].attr("ctx_group") == "first"


def test_symbols_compose_with_arithmetic_and_calls():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    composed = ((a + 1) * b)(b=mx.sym.exp(a, name="e"))
    result = composed.eval(a=mx.nd.array([0.0, 1.0]))[0]
    np.testing.assert_allclose(result.asnumpy(), [1, 2 * np.e], rtol=1e-6)


def test_gradients_are_right():
    executor = bound()
    grads = step(executor)
    probabilities = grads["output"].copy()
    probabilities[np.arange(4), [0, 1, 2, 0]] -= 1
    np.testing.assert_allclose(grads["fc2_bias"], probabilities.sum(0), rtol=1e-5)


def test_every_placement_gives_the_same():
    one = step(bound())
    groups = {"first": mx.cpu(1), "second": mx.cpu(2)}
    executor = bound(group2ctx=groups)
    several = step(executor)
    assert executor.plan_report().copies > 0
    for name, value in one.items():
        np.testing.assert_array_equal(several[name], value)


def test_gradients_add_up_or_are_left_out():
    requests = {"fc1_weight": "add", "fc2_weight": "write"}
    executor = bound(grad_req=requests)
    first = step_of(executor, "fc1_weight")
    assert executor.grad_dict["fc2_bias"] is None
    np.testing.assert_allclose(step_of(executor, "fc1_weight"), 2 * first, rtol=1e-6)


def step_of(executor: mx.Executor, name: str) -> np.ndarray:
    executor.forward(is_train=True)
    executor.backward()
    return executor.grad_dict[name].asnumpy()


def test_training_lowers_the_loss():
    executor = bound()
    rows = np.arange(4)
    start = step(executor)["output"][rows, [0, 1, 2, 0]].mean()
    for _ in range(50):
        step(executor)
        for name in ("fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"):
            weight, grad = executor.arg_dict[name], executor.grad_dict[name]
            mx.nd.sgd_update(weight, grad, lr=0.1, out=weight)
    assert step(executor)["output"][rows, [0, 1, 2, 0]].mean() > max(0.8, start)


def test_executors_reshape_and_copy_parameters():
    executor = bound()
    smaller = executor.reshape(data=(2, 5), softmax_label=(2,))
    smaller.copy_params_from({"fc1_bias": mx.nd.ones(8)})
    assert smaller.forward()[0].shape == (2, 3)
    assert executor.arg_dict["fc1_bias"].asnumpy().tolist() == [1] * 8  # shared


def test_the_memory_plan_shares_buffers():
    report = bound().plan_report()
    assert report.lower_bound <= report.planned_bytes < report.unshared_bytes
    assert report.segments == 2


def test_states_move_in_training_only():
    net = mx.sym.BatchNorm(mx.sym.Variable("data"), name="bn")
    executor = net.simple_bind(mx.cpu(), data=(8, 2))
    executor.arg_dict["data"][:] = 3
    executor.forward(is_train=False)
    assert executor.aux_dict["bn_moving_mean"].asnumpy().tolist() == [0, 0]
    executor.forward(is_train=True)
    executor.backward(mx.nd.ones((8, 2)))
    np.testing.assert_allclose(executor.aux_dict["bn_moving_mean"].asnumpy(), 0.3)


def test_randomness_follows_from_the_seed():
    net = mx.sym.Dropout(mx.sym.Variable("data"), p=0.5)
    executor = net.simple_bind(mx.cpu(), data=(100,))
    executor.arg_dict["data"][:] = 1

    def draw() -> list[float]:
        return executor.forward(is_train=True)[0].asnumpy().tolist()

    mx.random.seed(7)
    first = draw()
    assert draw() != first
    mx.random.seed(7)
    assert draw() == first


def test_arrays_are_asynchronous_handles():
    x = mx.nd.arange(6).reshape((2, -1))
    view = x[1]
    view += 10
    x[0, ::2] = mx.nd.array([7, 8])
    assert x.asnumpy().tolist() == [[7, 1, 8], [13, 14, 15]]
    there = x.as_in_context(mx.cpu(1))
    assert there.context == mx.cpu(1)
    assert float((there * 2 - there).asnumpy().sum()) == 58
    mx.waitall()


def test_mistakes_are_named_before_anything_runs():
    with pytest.raises(mx.MXNetError, match="did you mean 'num_hidden'"):
        mx.sym.FullyConnected(mx.sym.Variable("data"), num_hiden=3)
    with pytest.raises(ValueError, match=r"fc1_weight.*\(2, 2\).*fc1.*test_tiny\.py"):
        mlp().infer_shape(data=(4, 5), fc1_weight=(2, 2))


def test_both_engines_agree():
    threaded = step(bound())
    with mx.engine.use(mx.engine.create("naive")):
        naive = step(bound())
    for name, value in naive.items():
        np.testing.assert_array_equal(threaded[name], value)


def test_timeline_and_picture_are_written(tmp_path):
    executor = bound()
    step(executor)
    mx.profiler.set_config(filename=tmp_path / "timeline.json")
    mx.profiler.set_state("run")
    step(executor)
    mx.profiler.set_state("stop")
    mx.profiler.dump()
    events = json.loads((tmp_path / "timeline.json").read_text())["traceEvents"]
    assert {"fc1", "fc1_backward"} <= {event["name"] for event in events}
    mx.viz.save_network(tmp_path / "net.svg", mlp(), {"data": (4, 5)})
    assert "fc1" in (tmp_path / "net.svg").read_text()
