"""Images brought to a given height and width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integers,
    optional,
    positive,
    real,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, given
from dataflow_ops.windows import Images, known_or, read, write


def _resized(images: Images, output: Images, spatial: Shape) -> Inferred:
    """Return shapes of images and output, which has these lengths."""
    batch = known_or(images.batch, output.batch)
    channels = known_or(images.channels, output.channels)
    before = write(Images(batch, channels, images.spatial), None)
    return [before], [write(Images(batch, channels, spatial), None)]


# By means


def _output_size(value: Any) -> tuple[int, ...]:
    """Accept up to two integers above 0; one stands for both."""
    numbers = integers(value) or (1,)
    if len(numbers) > 2 or any(n < 1 for n in numbers):
        raise ValueError("expected (height, width) or one integer above 0 for both")
    return numbers if len(numbers) == 2 else numbers * 2


_ADAPTIVE = (
    Attribute(
        "output_size",
        _output_size,
        (1, 1),
        "(height, width) of the output, or one integer for both.",
    ),
)


def _adaptive_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    images = read("data", inputs[0], 2, None)
    output = read("output", outputs[0], 2, None)
    return _resized(images, output, attributes.output_size)


register(
    Operator(
        name="_contrib_AdaptiveAvgPooling2D",
        summary="Means over output_size windows of about equal size: output i of m "
        "takes elements floor(i n / m) to ceil((i + 1) n / m) of n.",
        attributes=_ADAPTIVE,
        shapes=_adaptive_shapes,
        dtypes=same_float,
        gradient=backward("_backward_contrib_AdaptiveAvgPooling2D", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_contrib_AdaptiveAvgPooling2D",
        summary="Gradient of _contrib_AdaptiveAvgPooling2D.",
        inputs=("out_grad",),
        attributes=_ADAPTIVE,
        shapes=given,
        dtypes=given_dtypes,
    )
)

# By interpolation


def _factor(value: Any) -> float:
    """Accept numbers above 0."""
    number = real(value)
    if not number > 0:
        raise ValueError("expected a number above 0")
    return number


# What becomes of one length; these modes take nothing else into account.
_ROUNDED: dict[str, Callable[[int], int]] = {
    "to_even_down": lambda length: length - length % 2,
    "to_even_up": lambda length: length + length % 2,
    "to_odd_down": lambda length: length - 1 + length % 2,
    "to_odd_up": lambda length: length + 1 - length % 2,
}
_BILINEAR = (
    Attribute("height", positive, 1, "Height of the output in mode size."),
    Attribute("width", positive, 1, "Width of the output in mode size."),
    Attribute(
        "scale_height",
        optional(_factor),
        None,
        "Factor of the height in mode size, instead of `height`, and odd_scale.",
    ),
    Attribute(
        "scale_width",
        optional(_factor),
        None,
        "Factor of the width in mode size, instead of `width`, and odd_scale.",
    ),
    Attribute(
        "mode",
        choice("like", "odd_scale", "size", *_ROUNDED),
        "size",
        "size: as the attributes say; like: as a second input; odd_scale: by the "
        "factors, odd lengths n to factor (n - 1) + 1; to_even_down, ...: to the next "
        "even or odd length.",
    ),
    Attribute(
        "align_corners",
        boolean,
        True,
        "Put the corner elements of both images, and not their corners, in one place.",
    ),
)


def _bilinear_inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data", "like") if attributes.mode == "like" else ("data",)


def _bilinear_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    images = read("data", inputs[0], 2, None)
    output = read("output", outputs[0], 2, None)
    if attributes.mode == "like":
        like = read("like", inputs[1], 2, None)
        spatial = tuple(map(known_or, like.spatial, output.spatial))
        before, after = _resized(images, output, spatial)
        return [*before, write(like._replace(spatial=spatial), None)], after
    height, width = images.spatial
    spatial = (
        _length(attributes, "height", height),
        _length(attributes, "width", width),
    )
    return _resized(images, output, spatial)


def _length(attributes: Attributes, name: str, length: int) -> int:
    """Return the height or the width of the output, as far as it is known."""
    mode, scale = attributes.mode, attributes[f"scale_{name}"]
    if mode == "size" and scale is None:
        return int(attributes[name])
    if mode == "odd_scale" and scale is None:
        raise AttributeValueError(f"'scale_{name}' is needed for mode 'odd_scale'")
    if length == UNKNOWN:
        return UNKNOWN
    result = (
        _ROUNDED[mode](length) if mode in _ROUNDED else _scaled(mode, length, scale)
    )
    if result < 1:
        raise ShapeError(f"nothing would be left of data's {name} {length}")
    return result


def _scaled(mode: str, length: int, scale: float) -> int:
    """Multiply in single precision, whose rounding decides about whole results."""
    kept = mode == "odd_scale" and length % 2
    return int(np.float32(scale) * np.float32(length - kept)) + kept


register(
    Operator(
        name="_contrib_BilinearResize2D",
        summary="Images interpolated between their elements: output[y, x] = data at "
        "(y (h - 1) / (h' - 1), x (w - 1) / (w' - 1)), or without align_corners "
        "at ((y + 1/2) h / h' - 1/2, (x + 1/2) w / w' - 1/2), not below 0.",
        inputs=_bilinear_inputs,
        attributes=_BILINEAR,
        shapes=_bilinear_shapes,
        dtypes=same_float,
        gradient=backward("_backward_contrib_BilinearResize2D", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_contrib_BilinearResize2D",
        summary="Gradient of _contrib_BilinearResize2D by its data.",
        inputs=("out_grad",),
        attributes=_BILINEAR,
        shapes=given,
        dtypes=given_dtypes,
    )
)
