"""Networks of images compute the same with every back end, however images lie."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.onednn import missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

sym = mx.sym


def block(data, filters, name, **settings):
    data = sym.Convolution(
        data, num_filter=filters, kernel=(3, 3), pad=(1, 1), name=name, **settings
    )
    data = sym.BatchNorm(data, fix_gamma=False, eps=1e-3, name=f"{name}_bn")
    return sym.Activation(data, act_type="relu", name=f"{name}_act")


def residual():
    """Return a network with a sum, a join, two poolings and a dense end."""
    first = block(sym.Variable("data"), 16, "one")
    second = block(first, 16, "two") + first
    halved = block(second, 16, "three", stride=(2, 2))
    pooled = sym.Pooling(second, kernel=(2, 2), stride=(2, 2), pool_type="max")
    joined = sym.Concat(halved, pooled, name="joined")
    mean = sym.Pooling(joined, kernel=(3, 3), pool_type="avg", stride=(2, 2))
    dense = sym.FullyConnected(sym.Flatten(mean), num_hidden=5, name="dense")
    return sym.SoftmaxOutput(dense, name="softmax")


def mixed():
    """Return a network of kernels that take images in every way."""
    data = block(sym.Variable("data"), 12, "one", num_group=3)
    data = sym.LRN(data, nsize=3)
    data = sym.Deconvolution(
        data, num_filter=12, kernel=(2, 2), stride=(2, 2), name="two"
    )
    data = sym.Dropout(data, p=0.0)
    scale = sym.mean(data, axis=(2, 3), keepdims=True)
    data = sym.broadcast_mul(data, sym.sigmoid(scale))
    parts = sym.SliceChannel(data, num_outputs=3)
    data = block(parts[0] + parts[1] * parts[2], 16, "three")
    data = sym.transpose(sym.tanh(data), axes=(0, 2, 3, 1))
    data = sym.Convolution(
        sym.transpose(data, axes=(0, 3, 1, 2)), num_filter=8, kernel=(1, 1), name="four"
    )
    dense = sym.FullyConnected(data, num_hidden=5, name="dense")
    return sym.SoftmaxOutput(dense, name="softmax")


def inner_outputs():
    """Return images, of which a user sees some, as outputs."""
    first = block(sym.Variable("data"), 16, "one")
    second = block(first, 16, "two")
    return sym.Group([sym.MakeLoss(sym.mean(second * second)), sym.BlockGrad(first)])


NETWORKS = {"residual": residual, "mixed": mixed, "inner_outputs": inner_outputs}


def again(symbol):
    """Return the same symbol anew, of which no compiled plan is kept."""
    return sym.load_json(symbol.tojson())


def filled(symbol):
    source = np.random.default_rng(7)
    executor = symbol.simple_bind(mx.cpu(), data=(2, 3, 10, 10), grad_req="write")
    for name, array in executor.arg_dict.items():
        values = source.normal(0, 1, array.shape)
        if name.endswith("label"):
            values = source.integers(0, 5, array.shape)
        elif name.endswith("weight"):
            values /= np.sqrt(np.prod(array.shape[1:]))
        elif name.endswith("gamma"):
            values = source.uniform(0.5, 1.5, array.shape)
        array[:] = values
    for name, array in executor.aux_dict.items():
        array[:] = float(name.endswith("var"))
    return executor


def train(symbol, steps=2):
    """Return all that a user sees of a few steps, by name."""
    executor = filled(symbol)
    for _ in range(steps):
        executor.forward(is_train=True)
        executor.backward()
        for name, gradient in executor.grad_dict.items():
            if not name.endswith("label") and name != "data":
                array = executor.arg_dict[name]
                mx.nd.sgd_update(array, gradient, out=array, lr=0.01)
    seen = {f"training {n}": a.asnumpy() for n, a in executor.output_dict.items()}
    executor.forward(is_train=False)
    sides = executor.output_dict, executor.grad_dict, executor.aux_dict
    return seen | {n: a.asnumpy() for side in sides for n, a in side.items()}, executor


@pytest.mark.parametrize("name", NETWORKS)
def test_training_agrees_with_the_reference(name, monkeypatch):
    symbol = NETWORKS[name]()
    made, executor = train(symbol)
    assert executor._compiled.graph.channels_last
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    expected, executor = train(again(symbol))
    assert not executor._compiled.graph.channels_last
    for key, value in expected.items():
        scale = max(1e-2, float(np.abs(value).max()))
        np.testing.assert_allclose(
            made[key] / scale, value / scale, atol=1e-3, err_msg=key
        )


def test_a_monitor_sees_images_with_the_channels_second(monkeypatch):
    symbol = residual()

    def watched():
        seen = {}
        executor = filled(symbol)
        executor.set_monitor_callback(
            lambda name, array: seen.update({name: array.asnumpy()})
        )
        executor.forward(is_train=False)
        return seen

    made = watched()
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    symbol = again(symbol)
    expected = watched()
    assert made.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_allclose(made[key], value, rtol=1e-3, atol=1e-3, err_msg=key)
