"""What the networks share: sizes of images, precision, convolutions, the classifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataflow import symbol
from dataflow.errors import ArgumentError
from dataflow.symbol import Symbol

ImageShape = str | Sequence[int]
Size = tuple[int, int]

concat: Callable[..., Symbol] = symbol.Concat  # counts its arguments itself


def image_sizes(image_shape: ImageShape) -> tuple[int, int, int]:
    """Return channels, height and width, from numbers or a text like "3,224,224"."""
    parts = image_shape.split(",") if isinstance(image_shape, str) else image_shape
    try:
        channels, height, width = (int(part) for part in parts)
    except ValueError:
        raise ArgumentError(
            "image_shape is channels, height and width, such as '3,224,224', not "
            f"{image_shape!r}"
        ) from None
    return channels, height, width


def check_dtype(dtype: str) -> None:
    """Raise ArgumentError unless a network can compute in a type."""
    if dtype not in ("float32", "float16"):
        raise ArgumentError(f"dtype is 'float32' or 'float16', not {dtype!r}")


def cast(data: Symbol, dtype: str) -> Symbol:
    """Return data in the type in which a network computes; it comes in float32."""
    check_dtype(dtype)
    return symbol.Cast(data, dtype="float16") if dtype == "float16" else data


def classify(
    features: Symbol, num_classes: int, name: str | None = None, dtype: str = "float32"
) -> Symbol:
    """Return the probabilities of classes, ``softmax``, from a last dense layer."""
    scores = symbol.FullyConnected(features, num_hidden=num_classes, name=name)
    if dtype == "float16":
        scores = symbol.Cast(scores, dtype="float32")
    return symbol.SoftmaxOutput(scores, name="softmax")


def relu(data: Symbol, name: str | None = None) -> Symbol:
    """Return the positive part of data."""
    return symbol.Activation(data, act_type="relu", name=name)


def max_pool(
    data: Symbol, kernel: int, stride: int, name: str | None = None, **options: Any
) -> Symbol:
    """Return the maxima of square windows."""
    return symbol.Pooling(
        data,
        pool_type="max",
        kernel=(kernel, kernel),
        stride=(stride, stride),
        name=name,
        **options,
    )
