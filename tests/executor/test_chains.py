"""Chains compute what the same graphs compute node by node."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import OperatorError
from dataflow_ops.kernels.onednn import missing
from tests.executor.running import Faulty, replace_kernel

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

sym = mx.sym
SHAPE = (2, 16, 12, 12)


def convolution(activation, kernel=3, **settings):
    data = sym.Convolution(
        sym.Variable("data"),
        num_filter=32,
        kernel=(kernel, kernel),
        pad=(kernel // 2,) * 2,
        name="conv",
        **settings,
    )
    return sym.Activation(data, act_type=activation, name="act")


def normalized(kernel=3, activation=True, no_bias=False, **settings):
    data = sym.Convolution(
        sym.Variable("data"),
        num_filter=32,
        kernel=(kernel, kernel),
        no_bias=no_bias,
        name="conv",
    )
    data = sym.BatchNorm(data, name="bn", **settings)
    return sym.relu(data, name="act") if activation else data


def dense(activation):
    data = sym.Reshape(sym.Variable("data"), shape=(32, -1))
    data = sym.FullyConnected(data, num_hidden=300, name="fc")
    return sym.Activation(data, act_type=activation, name="act")


NETWORKS = {
    "relu": lambda: convolution("relu"),
    "sigmoid": lambda: convolution("sigmoid", num_group=2),
    "pointwise": lambda: convolution("relu", kernel=1),
    "normalized": lambda: normalized(fix_gamma=False),
    "normalized rows": lambda: normalized(kernel=1, no_bias=True),
    "normalized, no activation": lambda: normalized(activation=False),
    "global statistics": lambda: normalized(use_global_stats=True, eps=1e-5),
    "dense relu": lambda: dense("relu"),
    "dense sigmoid": lambda: dense("sigmoid"),
}


def ended(symbol):
    """End a network in a loss; images get there through a kernel that moves them."""
    return sym.MakeLoss(sym.square(sym.Flatten(symbol)), name="loss")


def bound(symbol, request="write", seed=3):
    source = np.random.default_rng(seed)
    executor = symbol.simple_bind(mx.cpu(), data=SHAPE, grad_req=request)
    for name, array in executor.arg_dict.items():
        values = source.normal(0, 1, array.shape)
        if name.endswith("weight"):
            values /= np.sqrt(np.prod(array.shape[1:]))
        array[:] = values
    for array in executor.aux_dict.values():
        array[:] = source.uniform(0.5, 1.5, array.shape)
    return executor


def chains(executor):
    graph = executor._compiled.graph
    found = [n for n in graph.operators if n.operator.name.startswith("_chain")]
    return [[member.name for member in graph.groups[n]] for n in found]


def both(monkeypatch, function):
    """Return what a function returns with chains, and node by node."""
    made = function()
    monkeypatch.setenv("DATAFLOW_FUSION", "0")
    return made, function()


def assert_alike(made, expected):
    assert made.keys() == expected.keys()
    for key, value in expected.items():
        scale = max(1e-2, float(np.abs(value).max()))
        np.testing.assert_allclose(
            made[key] / scale, value / scale, atol=2e-5, err_msg=key
        )


def training(symbol):
    executor = bound(symbol)
    seen = {}
    for step in range(5):
        executor.forward(is_train=True)
        executor.backward()
        for name, gradient in executor.grad_dict.items():
            array = executor.arg_dict[name]
            mx.nd.sgd_update(array, gradient, out=array, lr=1e-4)
        seen[f"loss {step}"] = executor.outputs[0].asnumpy()
    executor.forward(is_train=False)
    seen["inference"] = executor.outputs[0].asnumpy()
    sides = executor.arg_dict, executor.grad_dict, executor.aux_dict
    for number, side in enumerate(sides):
        seen |= {f"{number} {name}": a.asnumpy() for name, a in side.items()}
    return seen


def inference(symbol):
    """Return results as they follow arrays that change, one of them of training."""
    executor = bound(symbol, "null")
    seen = {}
    for step, train in enumerate((False, False, True, False)):
        for array in (*executor.arg_dict.values(), *executor.aux_dict.values()):
            array[:] = array * (1 + 0.1 * step)
        executor.forward(is_train=train)
        seen[str(step)] = executor.outputs[0].asnumpy()
    return seen


@pytest.mark.parametrize("name", NETWORKS)
def test_steps_of_training_agree(name, monkeypatch):
    assert_alike(*both(monkeypatch, lambda: training(ended(NETWORKS[name]()))))


@pytest.mark.parametrize("name", NETWORKS)
def test_inference_agrees_and_follows_the_arrays(name, monkeypatch):
    symbol = ended(NETWORKS[name]())
    assert chains(bound(symbol, "null"))
    assert_alike(*both(monkeypatch, lambda: inference(symbol)))


def test_in_training_a_chain_begins_with_the_normalization():
    made = chains(bound(ended(normalized())))
    assert made == [["bn", "act"], ["act_backward", "bn_backward"]]
    assert chains(bound(ended(normalized()), "null")) == [["conv", "bn", "act"]]


def test_what_others_read_or_a_user_sees_ends_a_chain():
    network = normalized()
    inner = network.get_internals()["conv_output"]
    for other in (inner, sym.tanh(inner)):
        executor = bound(sym.Group([network, other]), "null")
        assert chains(executor) == [["bn", "act"]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", ["data", "weight", "moving_var"])
@pytest.mark.parametrize("request_", ["null", "write"])
@pytest.mark.parametrize("name", ["relu", "normalized", "dense relu"])
def test_values_that_are_not_finite(name, request_, place, value, monkeypatch):
    symbol = ended(NETWORKS[name]())

    def results():
        executor = bound(symbol, request_)
        arrays = {**executor.arg_dict, **executor.aux_dict}
        found = [array for key, array in arrays.items() if key.endswith(place)]
        for array in found:
            values = array.asnumpy()
            values.reshape(-1)[1] = value
            array[:] = values
        seen = []
        for train in (True, False):
            executor.forward(is_train=train)
            seen.append(executor.outputs[0].asnumpy())
        return seen

    with np.errstate(all="ignore"):
        made, expected = both(monkeypatch, results)
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
        np.testing.assert_array_equal(np.isposinf(one), np.isposinf(other))
        finite = np.isfinite(other)
        np.testing.assert_allclose(one[finite], other[finite], rtol=1e-3, atol=1e-4)


def test_relu_gives_no_zeros_with_a_sign():
    executor = bound(ended(convolution("relu")), "null")
    executor.forward(is_train=False)
    assert not np.signbit(executor.outputs[0].asnumpy()).any()


def test_means_far_from_zero_lose_no_digits(monkeypatch):
    symbol = ended(normalized())

    def results():
        executor = bound(symbol, "null")
        executor.arg_dict["conv_bias"][:] = 1000
        executor.aux_dict["bn_moving_mean"][:] = 1000
        executor.forward(is_train=False)
        return {"output": executor.outputs[0].asnumpy()}

    made, expected = both(monkeypatch, results)
    np.testing.assert_allclose(made["output"], expected["output"], rtol=0.01, atol=1e-2)


def test_a_monitor_sees_every_result(monkeypatch):
    symbol = ended(normalized())

    def watched():
        seen = {}
        executor = bound(symbol, "null")
        executor.set_monitor_callback(
            lambda name, array: seen.update({name: array.asnumpy()})
        )
        executor.forward(is_train=False)
        return seen

    made, expected = both(monkeypatch, watched)
    assert {"conv_output", "bn_output", "act_output"} <= made.keys()
    assert_alike(made, expected)


def test_an_error_names_a_node_of_the_user(monkeypatch):
    symbol = ended(normalized())
    executor = bound(symbol, "null")
    assert chains(executor)
    replace_kernel(monkeypatch, "_chain_Convolution", Faulty())
    executor = bound(sym.load_json(symbol.tojson()), "null")
    executor.forward(is_train=False)
    with pytest.raises(OperatorError, match="operator Convolution 'conv'"):
        executor.outputs[0].asnumpy()
