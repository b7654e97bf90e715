"""VGG (Simonyan and Zisserman, arXiv:1409.1556): many small convolutions."""

from __future__ import annotations

from typing import Any

from dataflow import symbol
from dataflow.errors import ArgumentError
from dataflow.symbol import Symbol
from dataflow.zoo.layers import cast, classify, max_pool, relu

# Convolutions in each of the five groups, by number of layers.
GROUPS = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
FILTERS = (64, 128, 256, 512, 512)


def get_symbol(
    num_classes: int = 1000,
    num_layers: int = 11,
    batch_norm: bool = False,
    dtype: str = "float32",
    **kwargs: Any,
) -> Symbol:
    """Return the network, for images of which each side is a multiple of 32.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    num_layers : int
        11, 13, 16 or 19.
    batch_norm : bool
        Normalize after every convolution.
    dtype : str
        In what it computes: ``"float32"`` or ``"float16"``.
    **kwargs
        Ignored: one set of options serves all networks.

    Raises
    ------
    ArgumentError
        There is no network of so many layers.
    """
    if num_layers not in GROUPS:
        raise ArgumentError(
            f"num_layers is one of {', '.join(map(str, GROUPS))}, not {num_layers}"
        )
    data = cast(symbol.Variable("data"), dtype)
    pairs = zip(GROUPS[num_layers], FILTERS, strict=True)
    for group, (count, filters) in enumerate(pairs, start=1):
        for layer in range(1, count + 1):
            data = _layer(data, filters, f"{group}_{layer}", batch_norm)
        data = max_pool(data, 2, 2, f"pool{group}")
    data = symbol.Flatten(data, name="flatten")
    for number in (6, 7):
        data = symbol.FullyConnected(data, num_hidden=4096, name=f"fc{number}")
        data = symbol.Dropout(relu(data, f"relu{number}"), p=0.5, name=f"drop{number}")
    return classify(data, num_classes, "fc8", dtype)


def _layer(data: Symbol, filters: int, name: str, batch_norm: bool) -> Symbol:
    data = symbol.Convolution(
        data, kernel=(3, 3), pad=(1, 1), num_filter=filters, name=f"conv{name}"
    )
    if batch_norm:
        data = symbol.BatchNorm(data, name=f"bn{name}")
    return relu(data, f"relu{name}")
