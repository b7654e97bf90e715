"""Dropout."""

from __future__ import annotations

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    fraction,
    integers,
    optional,
)
from dataflow_ops.dtypes import DTypes, floating, unify
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, Shapes, given, normalize_axis
from dataflow_ops.shapes import unify as unify_shapes

_ATTRIBUTES = (
    Attribute("p", fraction, 0.5, "Share of the elements that are dropped."),
    Attribute(
        "mode",
        choice("always", "training"),
        "training",
        "Whether to drop in prediction too.",
    ),
    Attribute("axes", integers, (), "Axes along which elements are dropped together."),
    Attribute(
        "cudnn_off",
        optional(boolean),
        False,
        "Accepted for MXNet's sake; has no effect.",
    ),
)


def mask_shape(attributes: Attributes, data: Shape) -> Shape:
    """Return the shape of the mask: one element along axes that share it."""
    shared = {normalize_axis(axis, len(data)) for axis in attributes.axes}
    return tuple(1 if i in shared else d for i, d in enumerate(data))


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify_shapes(inputs[0], outputs[0])
    mask = None if data is None else mask_shape(attributes, data)
    return [data], [data, mask]


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    data = floating(unify(inputs[0], outputs[0]))
    return [data], [data, np.dtype(np.uint8)]


register(
    Operator(
        name="Dropout",
        aliases=("dropout",),
        summary="In training, zero for a random share p of the elements and "
        "data / (1 - p) for the others; data itself in prediction.",
        attributes=_ATTRIBUTES,
        outputs=("output", "mask"),
        visible=lambda attributes: 1,
        shapes=_shapes,
        dtypes=_dtypes,
        inplace=((0, 0),),
        random=True,
        gradient=backward("_backward_Dropout", "out_grad", "mask"),
    )
)

register(
    Operator(
        name="_backward_Dropout",
        summary="Gradient of Dropout: zero where the mask is.",
        inputs=("out_grad", "mask"),
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0),),
    )
)
