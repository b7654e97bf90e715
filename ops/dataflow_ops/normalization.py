"""Batch normalization."""

from __future__ import annotations

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    optional,
    real,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import FLOAT32, DType, DTypes, floating
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import unify as unify_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    given,
    normalize_axis,
    size,
    unify,
)

_TUNING = "Accepted for MXNet's sake; has no effect."
_ATTRIBUTES = (
    Attribute("eps", real, 1e-3, "Added to the variance."),
    Attribute(
        "momentum", real, 0.9, "What the moving averages keep of their old values."
    ),
    Attribute("fix_gamma", boolean, True, "Take gamma as 1, with a gradient of 0."),
    Attribute(
        "use_global_stats",
        boolean,
        False,
        "Normalize by the moving averages in training too, and leave them alone.",
    ),
    Attribute(
        "output_mean_var", boolean, False, "Show mean and 1 / sqrt(var + eps) as well."
    ),
    Attribute("axis", integer, 1, "The axis of the channels."),
    Attribute("cudnn_off", boolean, False, _TUNING),
    Attribute("min_calib_range", optional(real), None, _TUNING),
    Attribute("max_calib_range", optional(real), None, _TUNING),
)
_STATES = ("moving_mean", "moving_var")


def _visible(attributes: Attributes) -> int:
    return 3 if attributes.output_mean_var else 1


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify(inputs[0], outputs[0])
    channels: Shape = (UNKNOWN,)
    for known in (*inputs[1:], *outputs[1:]):
        channels = unify(channels, known) or channels
    if data is not None:
        axis = _channel_axis(attributes.axis, data)
        channels = unify(channels, (data[axis],)) or channels
        data = (*data[:axis], *channels, *data[axis + 1 :])
    return (
        [data, *[channels] * (len(inputs) - 1)],
        [data, *[channels] * (len(outputs) - 1)],
    )


def _channel_axis(axis: int, data: Shape) -> int:
    try:
        return normalize_axis(axis, len(data))
    except ShapeError as error:
        raise ShapeError(f"data: channel {error}") from None


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """All agree, but half precision has its parameters and statistics in single."""
    data = floating(unify_dtypes(inputs[0], outputs[0]))
    statistics: DType | None = None
    for known in (*inputs[1:], *outputs[1:]):
        statistics = unify_dtypes(statistics, known)
    if data is not None:
        statistics = unify_dtypes(statistics, FLOAT32 if data.itemsize == 2 else data)
    elif statistics == np.float64:
        data = statistics
    return (
        [data, *[statistics] * (len(inputs) - 1)],
        [data, *[statistics] * (len(outputs) - 1)],
    )


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    elements = float(size(inputs[0]))
    return OperatorCost(8 * elements, 6 * elements)


register(
    Operator(
        name="BatchNorm",
        aliases=("batch_norm",),
        summary="gamma (data - mean) / sqrt(var + eps) + beta for each channel; "
        "mean and var of the batch in training, else the moving averages, which the "
        "backward pass updates: moving = momentum moving + (1 - momentum) batch's.",
        inputs=("data", "gamma", "beta"),
        auxiliary=_STATES,
        # `var` holds 1 / sqrt(var + eps), as in MXNet: it is what the gradient needs.
        outputs=("output", "mean", "var"),
        visible=_visible,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=_dtypes,
        inplace=((0, 0),),
        cost=_cost,
        gradient=backward(
            "_backward_BatchNorm",
            *("out_grad", "data", "gamma", "mean", "var", *_STATES),
            of=(0, 1, 2),
        ),
    )
)

register(
    Operator(
        name="_backward_BatchNorm",
        summary="Gradients of BatchNorm by data, gamma and beta; in training it also "
        "moves the averages.",
        inputs=("out_grad", "data", "gamma", "mean", "var"),
        auxiliary=_STATES,
        outputs=("data", "gamma", "beta"),
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0), (1, 0)),
        cost=_cost,
    )
)
