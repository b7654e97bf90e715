"""Pooling of regions of images that are given as boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    fraction,
    integer,
    integers,
)
from dataflow_ops.dtypes import DTypes, same_float
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    fill,
    given,
    size,
    unify,
)


def _lengths(value: Any) -> tuple[int, ...]:
    lengths = integers(value)
    if len(lengths) != 2 or min(lengths) < 1:
        raise ValueError("expected two integers above 0, height and width")
    return lengths


_COMMON = (
    Attribute("pooled_size", _lengths, doc="Height and width of each result."),
    Attribute(
        "spatial_scale", fraction, doc="Factor from the boxes' coordinates to pixels."
    ),
)


def _read(name: str, shape: Shape | None, wanted: Shape, axes: str) -> Shape:
    """Join a shape with what it should be; raises ShapeError."""
    try:
        return unify(shape, wanted) or ()
    except ShapeError:
        raise ShapeError(f"{name} should be ({axes}), not {display(shape)}") from None


def _images(shape: Shape | None) -> Shape:
    return _read("data", shape, (UNKNOWN,) * 4, "batch, channels, height, width")


def _boxes(shape: Shape | None) -> Shape:
    axes = "boxes, 5: number of the image, x1, y1, x2, y2"
    return _read("rois", shape, (UNKNOWN, 5), axes)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, boxes = _images(inputs[0]), _boxes(inputs[1])
    known = next((shape for shape in outputs if shape is not None), None)
    output: Shape = (boxes[0], UNKNOWN, *attributes.pooled_size)
    output = fill(output, known)
    bins = _bins(attributes)
    channels = data[1]
    if channels == UNKNOWN and output[1] != UNKNOWN:
        channels = output[1] * bins
    if channels % bins and channels != UNKNOWN:
        raise ShapeError(
            f"data has {channels} channels, which should be a multiple of {bins}, one "
            "for each place of the result"
        )
    if channels != UNKNOWN:
        output = (output[0], channels // bins, *output[2:])
    return [(data[0], channels, *data[2:]), (output[0], 5)], [output] * len(outputs)


def _bins(attributes: Attributes) -> int:
    """Count the channels that make one channel of the result."""
    if attributes.get("position_sensitive"):
        return size(attributes.pooled_size)
    return 1


def _pooling_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Let all agree, but keep places as integers."""
    told, made = same_float(attributes, inputs, outputs[:1])
    return told, [*made, np.dtype(np.int32)]


register(
    Operator(
        name="ROIPooling",
        summary="Maxima of the parts into which each box is divided, both its ends "
        "included and rounded to pixels; 0 where there is no pixel.",
        inputs=("data", "rois"),
        # The pixel of each maximum, counted row by row; -1 where there is none.
        outputs=("output", "place"),
        visible=lambda attributes: 1,
        attributes=_COMMON,
        shapes=_shapes,
        dtypes=_pooling_dtypes,
        gradient=backward("_backward_ROIPooling", "out_grad", "rois", "place"),
    )
)

register(
    Operator(
        name="_backward_ROIPooling",
        summary="Gradient of ROIPooling by data.",
        inputs=("out_grad", "rois", "place"),
        outputs=("data",),
        attributes=_COMMON,
        shapes=given,
        dtypes=given_dtypes,
    )
)

_ALIGN = (
    *_COMMON,
    Attribute(
        "sample_ratio",
        integer,
        -1,
        "Samples along each axis of a part; below 1 one for each pixel begun.",
    ),
    Attribute(
        "position_sensitive",
        boolean,
        False,
        "Let each part read channels of its own: part i of channel c reads number "
        "c parts + i.",
    ),
    Attribute(
        "aligned",
        boolean,
        False,
        "Put the pixels' centres half a pixel from their corners.",
    ),
)

register(
    Operator(
        name="_contrib_ROIAlign",
        summary="Means of samples, each interpolated between four pixels, of the parts "
        "into which each box is divided; nothing is rounded to pixels.",
        inputs=("data", "rois"),
        attributes=_ALIGN,
        shapes=_shapes,
        dtypes=same_float,
        gradient=backward("_backward_ROIAlign", "out_grad", "rois"),
    )
)

register(
    Operator(
        name="_backward_ROIAlign",
        summary="Gradient of ROIAlign by data.",
        inputs=("out_grad", "rois"),
        outputs=("data",),
        attributes=_ALIGN,
        shapes=given,
        dtypes=given_dtypes,
    )
)
