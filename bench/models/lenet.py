"""LeNet, its data and its first weights: the same for every side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

BATCH = 64
CLASSES = 10
RATE = 0.01
SEED = 1998
INPUT = (BATCH, 1, 28, 28)
SHAPES: Mapping[str, tuple[int, ...]] = {
    "conv1_weight": (20, 1, 5, 5),
    "conv1_bias": (20,),
    "conv2_weight": (50, 20, 5, 5),
    "conv2_bias": (50,),
    "fc1_weight": (500, 800),
    "fc1_bias": (500,),
    "fc2_weight": (CLASSES, 500),
    "fc2_bias": (CLASSES,),
}

Arrays = dict[str, np.ndarray[Any, Any]]


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


def make_arrays() -> Arrays:
    """Return parameters, data and labels, from a fixed seed."""
    source = np.random.default_rng(SEED)
    arrays: Arrays = {}
    for name, shape in SHAPES.items():
        fan_in = float(np.prod(shape[1:])) if len(shape) > 1 else 100.0
        arrays[name] = source.normal(0, fan_in**-0.5, shape).astype(np.float32)
    arrays["data"] = source.normal(0, 1, INPUT).astype(np.float32)
    arrays["softmax_label"] = source.integers(0, CLASSES, BATCH).astype(np.float32)
    return arrays
