"""A perceptron of three layers."""

from __future__ import annotations

from typing import Any

from dataflow import symbol
from dataflow.symbol import Symbol
from dataflow.zoo.layers import classify, relu


def get_symbol(num_classes: int = 10, **kwargs: Any) -> Symbol:
    """Return the network: 128, 64 and `num_classes` units, for data of any shape.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    **kwargs
        Ignored: one set of options serves all networks.
    """
    data = symbol.Flatten(symbol.Variable("data"))
    for layer, units in enumerate((128, 64), start=1):
        data = symbol.FullyConnected(data, num_hidden=units, name=f"fc{layer}")
        data = relu(data, f"relu{layer}")
    return classify(data, num_classes, "fc3")
