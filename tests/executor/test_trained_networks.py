"""Whole networks, trained for twenty steps: the fast back ends beside the reference."""

import numpy as np
import pytest

import dataflow as mx
from dataflow import zoo
from dataflow_ops.kernels import backends

STEPS = 20
CLASSES = 10
# Deep networks over small images multiply roundings, in every framework.
NETWORKS = {
    "mlp": (lambda: zoo.mlp.get_symbol(CLASSES), (16, 784), 1e-4),
    "lenet": (lambda: zoo.lenet.get_symbol(CLASSES), (8, 1, 28, 28), 1e-4),
    "resnet-20": (
        lambda: zoo.resnet.get_symbol(
            num_classes=CLASSES, num_layers=20, image_shape=(3, 28, 28)
        ),
        (4, 3, 28, 28),
        2e-2,
    ),
    "inception-bn": (
        lambda: zoo.inception_bn.get_symbol(
            num_classes=CLASSES, image_shape=(3, 28, 28)
        ),
        (4, 3, 28, 28),
        2e-2,
    ),
}


def trained(symbol, shape):
    """Return the probabilities after each step, and the weights at the end."""
    requests = dict.fromkeys(symbol.list_arguments(), "write")
    requests |= dict.fromkeys(("data", "softmax_label"), "null")
    executor = symbol.simple_bind(mx.cpu(), grad_req=requests, data=shape)
    random = np.random.default_rng(7)
    for name, array in (executor.arg_dict | executor.aux_dict).items():
        if name.endswith(("gamma", "var")):
            array[:] = 1
        elif name == "softmax_label":
            array[:] = random.integers(0, CLASSES, array.shape)
        elif name == "data":
            array[:] = random.normal(size=array.shape)
        elif name.endswith("weight"):
            fan_in = np.prod(array.shape[1:])
            array[:] = random.normal(scale=np.sqrt(2 / fan_in), size=array.shape)
        else:
            array[:] = 0
    learned = [n for n, request in requests.items() if request == "write"]
    told = []
    for _ in range(STEPS):
        executor.forward(is_train=True)
        executor.backward()
        for name in learned:
            weight = executor.arg_dict[name]
            gradient = executor.grad_dict[name]
            mx.nd.sgd_update(weight, gradient, out=weight, lr=1e-3)
        told.append(executor.outputs[0].asnumpy())
    return np.array(told), {n: executor.arg_dict[n].asnumpy() for n in learned}


@pytest.mark.parametrize("name", NETWORKS)
def test_twenty_steps_agree_with_the_reference(name, monkeypatch):
    make, shape, tolerance = NETWORKS[name]
    symbol = make()
    found, weights = trained(symbol, shape)
    with monkeypatch.context() as patch:
        patch.setenv("DATAFLOW_FUSION", "0")
        patch.setattr(backends, "available", lambda: ("reference",))
        expected, exact = trained(symbol, shape)
    assert abs(expected[-1] - expected[0]).max() > 1e-3  # they have learned
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)
    for key, weight in weights.items():
        scale = abs(exact[key]).max() + 0.01  # some begin at 0
        assert abs(weight - exact[key]).max() <= tolerance * scale, key
