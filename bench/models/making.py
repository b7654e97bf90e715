"""Making a network's file: its symbol, first weights, data and labels."""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np

import dataflow as mx
from bench.models import lenet
from bench.models.files import Arrays, Shared, load, path_of, save
from bench.models.networks import Network
from dataflow import zoo
from dataflow.symbol import Symbol

KEPT = 0.9  # of a moving average in each step, by all networks here


def shared(network: Network) -> Shared:
    """Return a network's file, made if there is none."""
    if not path_of(network.name).exists():
        symbol = symbol_of(network)
        save(network.name, Shared(symbol.tojson(), _arrays(network, symbol)))
    return load(network.name)


def symbol_of(network: Network) -> Symbol:
    """Build it."""
    size: dict[str, Any] = {
        "num_classes": network.classes,
        "image_shape": network.data[1:],
    }
    if network.name.startswith("mlp"):
        return _perceptron(network.classes)
    if network.name.startswith("resnet"):
        layers = int(network.name.removeprefix("resnet"))
        return zoo.resnet.get_symbol(num_layers=layers, **size)
    if network.name == "inception-bn":
        return zoo.inception_bn.get_symbol(**size)
    return lenet.symbol(mx)  # type: ignore[no-any-return]


def _perceptron(classes: int) -> Symbol:
    x = mx.sym.Variable("data")
    for layer in ("fc1", "fc2"):
        x = mx.sym.FullyConnected(x, num_hidden=512, name=layer)
        x = mx.sym.Activation(x, act_type="relu")
    x = mx.sym.FullyConnected(x, num_hidden=classes, name="fc3")
    return mx.sym.SoftmaxOutput(x, name="softmax")


def _arrays(network: Network, symbol: Symbol) -> Arrays:
    source = np.random.default_rng(zlib.crc32(network.name.encode()))
    shapes, _, states = symbol.infer_shape(data=network.data)
    assert shapes is not None
    assert states is not None
    arrays: Arrays = {}
    for name, shape in zip(symbol.list_arguments(), shapes, strict=True):
        assert shape is not None
        drawn: Any
        if name == "softmax_label":
            drawn = source.integers(0, network.classes, shape)
        elif name.endswith("gamma"):
            drawn = source.uniform(0.8, 1.2, shape)
        else:
            inputs = math.prod(shape[1:]) if len(shape) > 1 else 100
            scale = 1.0 if name == "data" else inputs**-0.5
            drawn = source.normal(0, scale, shape)
        arrays[name] = drawn.astype(np.float32)
    for name, shape in zip(symbol.list_auxiliary_states(), states, strict=True):
        assert shape is not None
        arrays[name] = np.zeros(shape, np.float32)
    return arrays | _statistics(network, symbol, arrays)


def _statistics(network: Network, symbol: Symbol, arrays: Arrays) -> Arrays:
    """Return moving averages as long training on this batch makes them.

    With others the numbers of a deep network grow until only one class is left.
    """
    executor = symbol.simple_bind(mx.cpu(), data=network.data)
    executor.copy_params_from(
        {name: mx.nd.array(arrays[name]) for name in executor.arg_dict},
        {name: mx.nd.array(arrays[name]) for name in executor.aux_dict},
    )
    executor.forward(is_train=True)
    executor.backward()
    return {
        name: value.asnumpy() / (1 - KEPT) for name, value in executor.aux_dict.items()
    }
