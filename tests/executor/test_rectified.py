"""The gradients of relu and the normalization before it are one node, and the same."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels.onednn import missing

if missing() is not None:
    pytest.skip(str(missing()), allow_module_level=True)

from dataflow_ops.kernels.onednn import normalization, rectified
from dataflow_ops.kernels.onednn.library import has_wide_vectors

sym = mx.sym
SHAPE = (4, 16, 10, 12)


def network(filters=32, activation="relu", *, convolved=True, **settings):
    """Normalize images whose channels lie last between convolutions, or as given."""
    data = sym.Variable("data")
    if convolved:
        data = sym.Convolution(data, num_filter=filters, kernel=(3, 3), name="first")
    data = sym.BatchNorm(data, name="bn", **settings)
    data = sym.Activation(data, act_type=activation, name="act")
    if convolved:
        data = sym.Convolution(data, num_filter=filters, kernel=(3, 3), name="last")
    return data


def bound(symbol, request="write"):
    executor = symbol.simple_bind(mx.cpu(), data=SHAPE, grad_req=request)
    draw = np.random.default_rng(5)
    for name, array in (executor.arg_dict | executor.aux_dict).items():
        low = 0.5 if "var" in name or "gamma" in name else -1
        array[:] = draw.uniform(low, 1, array.shape)
        if name.endswith("weight"):
            array[:] = array * (2 / np.prod(array.shape[1:])) ** 0.5
    for array in executor.grad_arrays:
        array[:] = 0.5
    return executor


def heads(executor, value=None):
    array = np.random.default_rng(7).normal(size=executor.outputs[0].shape)
    if value is not None:
        array.reshape(-1)[::97] = value
    return [mx.nd.array(array)]


def steps(symbol, request="write", value=None):
    """Run some steps, one of them in prediction; return all that they leave."""
    executor = bound(symbol, request)
    seen = []
    for number in range(3):
        executor.arg_dict["data"][:] = executor.arg_dict["data"] * (1 + number / 8)
        executor.forward(is_train=number != 1)
        seen.append(executor.outputs[0].asnumpy())
        if number != 1:
            executor.backward(heads(executor, value))
    arrays = [*executor.grad_arrays, *executor.aux_arrays]
    return executor, [*seen, *(array.asnumpy() for array in arrays)]


def one_by_one(monkeypatch, *args, **kwargs):
    with monkeypatch.context() as patch:
        patch.setenv("DATAFLOW_FUSION", "0")
        return steps(*args, **kwargs)[1]


def assert_alike(made, expected):
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
        finite = np.isfinite(other)
        scale = max(1.0, float(np.abs(other[finite]).max(initial=0)))
        np.testing.assert_allclose(one[finite], other[finite], atol=2e-5 * scale)


def backward_chains(executor):
    graph = executor._compiled.graph
    return [
        [member.name for member in graph.groups[node]]
        for node in graph.operators
        if node.operator.name.startswith("_chain__backward")
    ]


def kept(executor):
    """Return what forward kept for backward."""
    found = [state.get(rectified._KEY) for state in executor._states.values()]
    return [passed for passed in found if passed is not None]


NETWORKS = {
    "channels last": lambda: network(fix_gamma=False),
    "fixed gamma": network,
    "global statistics": lambda: network(use_global_stats=True, fix_gamma=False),
    "channels that fill no block": lambda: network(filters=20),
    "channels second": lambda: network(convolved=False),
    "a function of its own": lambda: sym.relu(
        sym.BatchNorm(sym.Variable("data"), name="bn"), name="act"
    ),
    "relu inside": lambda: sym.contrib.BatchNormWithReLU(
        sym.Variable("data"), name="bn"
    ),
}


@pytest.mark.parametrize("request_", ["write", "add"])
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_agree_with_those_of_one_after_the_other(name, request_, monkeypatch):
    executor, made = steps(NETWORKS[name](), request_)
    assert len(backward_chains(executor)) == 1
    assert_alike(made, one_by_one(monkeypatch, NETWORKS[name](), request_))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["channels last", "channels second"])
def test_gradients_that_are_not_finite_are_seen_behind_relu(name, value, monkeypatch):
    made = steps(NETWORKS[name](), value=value)[1]
    assert_alike(made, one_by_one(monkeypatch, NETWORKS[name](), value=value))


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
@pytest.mark.parametrize("name", ["channels last", "channels second"])
def test_outputs_that_are_not_finite(name, value, monkeypatch):
    def results():
        executor = bound(NETWORKS[name]())
        executor.arg_dict["bn_beta"][2] = value
        executor.forward(is_train=True)
        executor.backward(heads(executor))
        return [array.asnumpy() for array in executor.grad_arrays]

    made = results()
    monkeypatch.setenv("DATAFLOW_FUSION", "0")
    assert_alike(made, results())


def test_forward_keeps_where_relu_let_pass_in_training_alone():
    executor = bound(NETWORKS["channels last"]())
    executor.forward(is_train=False)
    executor.outputs[0].wait_to_read()
    assert not kept(executor)
    for train in (True, False):
        executor.forward(is_train=train)
        executor.outputs[0].wait_to_read()
        assert [passed.is_known for passed in kept(executor)] == [train] * (
            has_wide_vectors()
        )


def test_what_is_kept_is_a_bit_for_each_element():
    images = np.random.default_rng(0).normal(size=(2, 5, 5, 16)).astype(np.float32)
    passed = rectified.Passed(images.size)
    passed.find(images)
    bits = np.unpackbits(passed.bits, bitorder="little").astype(bool)
    np.testing.assert_array_equal(bits, (images > 0).reshape(-1))


def test_other_functions_stay_apart():
    assert not backward_chains(bound(network(activation="tanh")))


def test_small_images_stay_apart(monkeypatch):
    monkeypatch.setattr(normalization, "LEAST", 10**6)
    symbol = sym.load_json(network().tojson())
    assert not backward_chains(bound(symbol))


def test_what_others_read_stays_apart():
    data = sym.BatchNorm(sym.Variable("data"), name="bn")
    both = sym.relu(data, name="act") + sym.tanh(data, name="other")
    assert not backward_chains(bound(both))
