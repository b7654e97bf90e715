"""Inception with batch normalization (Ioffe and Szegedy, arXiv:1502.03167)."""

from __future__ import annotations

from typing import Any, Literal

from dataflow import symbol
from dataflow.symbol import Symbol
from dataflow.zoo.layers import (
    ImageShape,
    classify,
    concat,
    image_sizes,
    max_pool,
    relu,
)

# Filters of each module for large images: 1 x 1, 3 x 3 and what goes into it, two times
# 3 x 3 and what goes into them, and after the pooling. Those without filters of 1 x 1
# halve the size of the image.
LARGE = {
    "3a": (64, 64, 64, 64, 96, 32),
    "3b": (64, 64, 96, 64, 96, 64),
    "3c": (0, 128, 160, 64, 96, 0),
    "4a": (224, 64, 96, 96, 128, 128),
    "4b": (192, 96, 128, 96, 128, 128),
    "4c": (160, 128, 160, 128, 160, 128),
    "4d": (96, 128, 192, 160, 192, 128),
    "4e": (0, 128, 192, 192, 256, 0),
    "5a": (352, 192, 320, 160, 224, 128),
    "5b": (352, 192, 320, 192, 224, 128),
}
Pooling = Literal["avg", "max"]
POOLING: dict[str, Pooling] = {"5b": "max"}  # averages elsewhere

# Filters of each module for small images: 1 x 1 and 3 x 3; those without filters of
# 1 x 1 halve the size of the image.
SMALL = {
    "in3a": (32, 32),
    "in3b": (32, 48),
    "in3c": (0, 80),
    "in4a": (112, 48),
    "in4b": (96, 64),
    "in4c": (80, 80),
    "in4d": (48, 96),
    "in4e": (0, 96),
    "in5a": (176, 160),
    "in5b": (176, 160),
}


def get_symbol(
    num_classes: int = 1000, image_shape: ImageShape = "3,224,224", **kwargs: Any
) -> Symbol:
    """Return the network.

    Parameters
    ----------
    num_classes : int
        Number of classes.
    image_shape : str or sequence of int
        Channels, height and width; images of at most 28 rows get a simpler network.
    **kwargs
        Ignored: one set of options serves all networks.
    """
    _, height, _ = image_sizes(image_shape)
    data = symbol.Variable("data")
    data = _small(data) if height <= 28 else _large(data)
    return classify(symbol.Flatten(data), num_classes)


def _small(data: Symbol) -> Symbol:
    data = _convolve(data, 96, 3, "1")
    for name, (one, three) in SMALL.items():
        data = _simple(data, one, three, name) if one else _halve(data, three, name)
    return symbol.Pooling(data, pool_type="avg", kernel=(7, 7), name="global_pool")


def _large(data: Symbol) -> Symbol:
    data = max_pool(_convolve(data, 64, 7, "1", stride=2), 3, 2, "pool_1")
    data = _convolve(_convolve(data, 64, 1, "2_red"), 192, 3, "2")
    data = max_pool(data, 3, 2, "pool_2")
    for name, filters in LARGE.items():
        data = _module(data, filters, name)
    return symbol.Pooling(
        data, kernel=(7, 7), stride=(1, 1), pool_type="avg", name="global_pool"
    )


def _convolve(
    data: Symbol, filters: int, kernel: int, name: str, stride: int = 1
) -> Symbol:
    """Return a padded convolution, normalized, and its positive part."""
    data = symbol.Convolution(
        data,
        num_filter=filters,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        pad=(kernel // 2, kernel // 2),
        name=f"conv_{name}",
    )
    data = symbol.BatchNorm(
        data, fix_gamma=False, eps=1e-10 + 1e-5, momentum=0.9, name=f"bn_{name}"
    )
    return relu(data, f"relu_{name}")


def _module(data: Symbol, filters: tuple[int, ...], name: str) -> Symbol:
    one, into_three, three, into_double, double, after_pool = filters
    stride = 1 if one else 2
    parts = [_convolve(data, one, 1, f"{name}_1x1")] if one else []
    inner = _convolve(data, into_three, 1, f"{name}_3x3_reduce")
    parts.append(_convolve(inner, three, 3, f"{name}_3x3", stride))
    inner = _convolve(data, into_double, 1, f"{name}_double_3x3_reduce")
    inner = _convolve(inner, double, 3, f"{name}_double_3x3_0")
    parts.append(_convolve(inner, double, 3, f"{name}_double_3x3_1", stride))
    pooled = _pool(data, stride, name)
    if after_pool:
        pooled = _convolve(pooled, after_pool, 1, f"{name}_proj")
    return concat(*parts, pooled, name=f"ch_concat_{name}_chconcat")


def _pool(data: Symbol, stride: int, name: str) -> Symbol:
    kind: Pooling = "max" if stride == 2 else POOLING.get(name, "avg")
    return symbol.Pooling(
        data,
        kernel=(3, 3),
        stride=(stride, stride),
        pad=(1, 1),
        pool_type=kind,
        name=f"{kind}_pool_{name}_pool",
    )


def _simple(data: Symbol, one: int, three: int, name: str) -> Symbol:
    small = _convolve(data, one, 1, f"{name}_1x1")
    large = _convolve(data, three, 3, f"{name}_3x3")
    return concat(small, large, name=f"{name}_ch_concat")


def _halve(data: Symbol, filters: int, name: str) -> Symbol:
    convolved = _convolve(data, filters, 3, f"{name}_conv", stride=2)
    pooled = max_pool(data, 3, 2, f"{name}_pool", pad=(1, 1))
    return concat(convolved, pooled, name=f"{name}_ch_concat")
