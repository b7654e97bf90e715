"""A network learns with every optimizer: initializer, executor, updater together."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.optimizer.optimizer import Optimizer

CLASSES, FEATURES, BATCH = 3, 6, 60
RATES = {
    "adadelta": {"epsilon": 1e-3},
    "adam": {"learning_rate": 0.05},
    "adamax": {"learning_rate": 0.05},
    "ftml": {"learning_rate": 0.05},
    "lamb": {"learning_rate": 0.05},
    "lars": {"learning_rate": 1.0, "eta": 0.1, "momentum": 0.9},
    "nadam": {"learning_rate": 0.05},
    "rmsprop": {"learning_rate": 0.05},
    "sgld": {"learning_rate": 0.01, "rescale_grad": 1},
    "signum": {"learning_rate": 0.02},
    "test": {"rescale_grad": -0.5 / BATCH},
}
REGISTERED = sorted(
    name
    for name, klass in Optimizer.opt_registry.items()
    if klass.__module__.startswith("dataflow.")
)


def problem() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.RandomState(1)
    labels = np.arange(BATCH) % CLASSES
    centres = draw.normal(0, 1.5, (CLASSES, FEATURES))
    return centres[labels] + draw.normal(size=(BATCH, FEATURES)), labels


@pytest.mark.parametrize("name", REGISTERED)
def test_the_loss_falls(name):
    mx.random.seed(3)
    data, labels = problem()
    net = mx.sym.FullyConnected(
        mx.sym.Variable("data"), num_hidden=CLASSES, no_bias=True, name="fc"
    )
    net = mx.sym.SoftmaxOutput(net, name="softmax")
    executor = net.simple_bind(mx.cpu(), data=data.shape)
    weight, grad = executor.arg_dict["fc_weight"], executor.grad_dict["fc_weight"]
    attributes = net.attr_dict().get("fc_weight")
    mx.init.Xavier()(mx.init.InitDesc("fc_weight", attributes), weight)
    settings = {"learning_rate": 0.2, "rescale_grad": 1 / BATCH, **RATES.get(name, {})}
    updater = mx.optimizer.get_updater(mx.optimizer.create(name, sym=net, **settings))
    losses = []
    for _ in range(60):
        output = executor.forward(is_train=True, data=data, softmax_label=labels)[0]
        executor.backward()
        updater(0, grad, weight)
        losses.append(-np.log(output.asnumpy()[np.arange(BATCH), labels]).mean())
    assert losses[-1] < 0.6 * losses[0]
