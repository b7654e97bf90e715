"""LeNet (LeCun and others, 1998), which recognizes digits of 28 x 28 points."""

from __future__ import annotations

from typing import Any

from dataflow import symbol
from dataflow.symbol import Symbol
from dataflow.zoo.layers import classify, max_pool, relu


def get_symbol(num_classes: int = 10, add_stn: bool = False, **kwargs: Any) -> Symbol:
    """Return the network.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    add_stn : bool
        Let a spatial transformer put the digit upright first (Jaderberg and others,
        arXiv:1506.02025).
    **kwargs
        Ignored: one set of options serves all networks.
    """
    data = symbol.Variable("data")
    if add_stn:
        data = symbol.SpatialTransformer(
            data,
            _localize(data),
            target_shape=(28, 28),
            transform_type="affine",
            sampler_type="bilinear",
        )
    for filters in (20, 50):
        data = symbol.Convolution(data, kernel=(5, 5), num_filter=filters)
        data = max_pool(symbol.Activation(data, act_type="tanh"), 2, 2)
    hidden = symbol.FullyConnected(symbol.Flatten(data), num_hidden=500)
    return classify(symbol.Activation(hidden, act_type="tanh"), num_classes)


def _localize(data: Symbol) -> Symbol:
    """Return the six numbers of an affine map, ``stn_loc``, which learns slowly."""
    found = symbol.Convolution(data, num_filter=30, kernel=(5, 5), stride=(2, 2))
    found = max_pool(relu(found), 2, 2)
    found = symbol.Convolution(
        found, num_filter=60, kernel=(3, 3), stride=(1, 1), pad=(1, 1)
    )
    found = symbol.Pooling(
        relu(found), global_pool=True, kernel=(2, 2), pool_type="avg"
    )
    return symbol.FullyConnected(
        symbol.Flatten(found), num_hidden=6, name="stn_loc", attr={"lr_mult": "0.01"}
    )
