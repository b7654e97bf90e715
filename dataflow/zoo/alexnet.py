"""AlexNet (Krizhevsky, Sutskever and Hinton, 2012), for images of 224 x 224."""

from __future__ import annotations

from typing import Any

from dataflow import symbol
from dataflow.symbol import Symbol
from dataflow.zoo.layers import cast, classify, max_pool, relu


def get_symbol(
    num_classes: int = 1000, dtype: str = "float32", **kwargs: Any
) -> Symbol:
    """Return the network.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    dtype : str
        In what it computes: ``"float32"`` or ``"float16"``.
    **kwargs
        Ignored: one set of options serves all networks.
    """
    data = cast(symbol.Variable("data"), dtype)
    data = symbol.Convolution(
        data, kernel=(11, 11), stride=(4, 4), num_filter=96, name="conv1"
    )
    data = max_pool(_normalize(relu(data)), 3, 2)
    data = symbol.Convolution(
        data, kernel=(5, 5), pad=(2, 2), num_filter=256, name="conv2"
    )
    data = max_pool(_normalize(relu(data)), 3, 2)
    for layer, filters in ((3, 384), (4, 384), (5, 256)):
        data = symbol.Convolution(
            data, kernel=(3, 3), pad=(1, 1), num_filter=filters, name=f"conv{layer}"
        )
        data = relu(data)
    data = symbol.Flatten(max_pool(data, 3, 2))
    for name in ("fc1", "fc2"):
        data = relu(symbol.FullyConnected(data, num_hidden=4096, name=name))
        data = symbol.Dropout(data, p=0.5)
    return classify(data, num_classes, "fc3", dtype)


def _normalize(data: Symbol) -> Symbol:
    return symbol.LRN(data, alpha=0.0001, beta=0.75, knorm=2, nsize=5)
