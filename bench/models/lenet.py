"""LeNet as a program of MXNet's Symbol interface."""

from __future__ import annotations

from typing import Any

CLASSES = 10


def symbol(mx: Any) -> Any:
    """Build the network in any library with MXNet's Symbol interface."""
    x = mx.sym.Variable("data")
    for number, filters in ((1, 20), (2, 50)):
        x = mx.sym.Convolution(
            x, kernel=(5, 5), num_filter=filters, name=f"conv{number}"
        )
        x = mx.sym.Activation(x, act_type="tanh")
        x = mx.sym.Pooling(x, pool_type="max", kernel=(2, 2), stride=(2, 2))
    x = mx.sym.FullyConnected(mx.sym.Flatten(x), num_hidden=500, name="fc1")
    x = mx.sym.Activation(x, act_type="tanh")
    x = mx.sym.FullyConnected(x, num_hidden=CLASSES, name="fc2")
    return mx.sym.SoftmaxOutput(x, name="softmax")
