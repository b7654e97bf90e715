"""GoogLeNet (Szegedy and others, arXiv:1409.4842), without its side classifiers."""

from __future__ import annotations

from typing import Any

from dataflow import symbol
from dataflow.symbol import Symbol
from dataflow.zoo.layers import classify, concat, max_pool, relu

# Filters of each module: 1 x 1, 3 x 3 and what goes into it, 5 x 5 and what goes into
# it, and after the pooling.
Filters = tuple[int, int, int, int, int, int]
MODULES: dict[str, Filters] = {
    "in3a": (64, 96, 128, 16, 32, 32),
    "in3b": (128, 128, 192, 32, 96, 64),
    "in4a": (192, 96, 208, 16, 48, 64),
    "in4b": (160, 112, 224, 24, 64, 64),
    "in4c": (128, 128, 256, 24, 64, 64),
    "in4d": (112, 144, 288, 32, 64, 64),
    "in4e": (256, 160, 320, 32, 128, 128),
    "in5a": (256, 160, 320, 32, 128, 128),
    "in5b": (384, 192, 384, 48, 128, 128),
}
POOLED = ("in3b", "in4e")  # modules whose results are made smaller


def get_symbol(num_classes: int = 1000, **kwargs: Any) -> Symbol:
    """Return the network, for images of 224 x 224.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    **kwargs
        Ignored: one set of options serves all networks.
    """
    data = _convolve(symbol.Variable("data"), 64, 7, "conv1", stride=2)
    data = _convolve(max_pool(data, 3, 2), 64, 1, "conv2")
    data = max_pool(_convolve(data, 192, 3, "conv3"), 3, 2)
    for name, filters in MODULES.items():
        data = _module(data, filters, name)
        if name in POOLED:
            data = max_pool(data, 3, 2)
    data = symbol.Pooling(
        data, kernel=(7, 7), stride=(1, 1), global_pool=True, pool_type="avg"
    )
    return classify(symbol.Flatten(data), num_classes)


def _convolve(
    data: Symbol, filters: int, kernel: int, name: str, stride: int = 1
) -> Symbol:
    """Return a convolution that is padded to keep the size, and its positive part."""
    data = symbol.Convolution(
        data,
        num_filter=filters,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        pad=(kernel // 2, kernel // 2),
        name=f"conv_{name}",
    )
    return relu(data, f"relu_{name}")


def _module(data: Symbol, filters: Filters, name: str) -> Symbol:
    one, into_three, three, into_five, five, after_pool = filters
    parts = [_convolve(data, one, 1, f"{name}_1x1")]
    inner = _convolve(data, into_three, 1, f"{name}_3x3_reduce")
    parts.append(_convolve(inner, three, 3, f"{name}_3x3"))
    inner = _convolve(data, into_five, 1, f"{name}_5x5_reduce")
    parts.append(_convolve(inner, five, 5, f"{name}_5x5"))
    inner = max_pool(data, 3, 1, f"max_pool_{name}_pool", pad=(1, 1))
    parts.append(_convolve(inner, after_pool, 1, f"{name}_proj"))
    return concat(*parts, name=f"ch_concat_{name}_chconcat")
