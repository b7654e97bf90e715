"""Networks whose pictures and summaries are compared with MXNet's.

Written against either framework's symbol module, so that the recorder can run them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.symbol.zoo import NETWORKS as SMALL
from tests.symbol.zoo import Shapes


def windows(s: Any) -> Any:
    net = s.Variable("data")
    net = s.Convolution(net, kernel=(3, 3), stride=(2, 1), num_filter=8, name="conv")
    net = s.LeakyReLU(net, act_type="elu", name="elu")
    net = s.Pooling(net, kernel=(2, 2), stride=(2, 2), pool_type="avg", name="pool")
    net = s.Convolution(net, kernel=(1, 1), num_filter=4, num_group=4, name="grouped")
    net = s.LeakyReLU(s.Pooling(net, kernel=(3, 3), pool_type="sum", name="sum"))
    return s.Concat(s.Reshape(net, shape=(0, -1)), s.Flatten(net), name="both")


def upsampled(s: Any) -> Any:
    net = s.Deconvolution(
        s.Variable("data"), kernel=(4, 4), stride=(2, 2), num_filter=3, name="up"
    )
    return s.softmax(s.Dropout(net, p=0.25, name="drop"), axis=1, name="out")


def volumes(s: Any) -> Any:
    net = s.Convolution(
        s.Variable("data"), kernel=(3, 3, 3), num_filter=6, no_bias=True, name="conv"
    )
    return s.FullyConnected(s.Flatten(net), num_hidden=5, no_bias=True, name="fc")


def two_inputs(s: Any) -> Any:
    left = s.FullyConnected(s.Variable("left"), num_hidden=4, name="l")
    right = s.FullyConnected(s.Variable("right"), num_hidden=4, name="r")
    return s.LinearRegressionOutput(left + right, name="out")


NETWORKS: dict[str, tuple[Callable[[Any], Any], Shapes]] = {
    **SMALL,
    "windows": (windows, {"data": (2, 3, 20, 20)}),
    "upsampled": (upsampled, {"data": (2, 5, 7, 7)}),
    "volumes": (volumes, {"data": (2, 3, 8, 8, 8)}),
    "two_inputs": (two_inputs, {"left": (2, 3), "right": (2, 5)}),
}
