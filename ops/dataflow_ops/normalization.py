"""Batch normalization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    optional,
    positive,
    real,
    text,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import FLOAT32, DType, DTypes, floating
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import unify as unify_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, Gradient, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    normalize_axis,
    size,
    unify,
)

_TUNING = "Accepted for MXNet's sake; has no effect."
_SHARED = (
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
    Attribute("output_mean_var", boolean, False, "Show mean and var as well."),
)
_ATTRIBUTES = (
    *_SHARED,
    Attribute("axis", integer, 1, "The axis of the channels."),
    Attribute("cudnn_off", boolean, False, _TUNING),
    Attribute("min_calib_range", optional(real), None, _TUNING),
    Attribute("max_calib_range", optional(real), None, _TUNING),
)
_SYNCHRONIZED = (
    *_SHARED,
    Attribute(
        "ndev",
        positive,
        1,
        "How many devices share their statistics; only one can be trained on.",
    ),
    Attribute("key", text, doc="Name by which devices find one another; unused."),
)
_INPUTS = ("data", "gamma", "beta")
_STATES = ("moving_mean", "moving_var")
_OUTPUTS = ("output", "mean", "var")


def _visible(attributes: Attributes) -> int:
    return 3 if attributes.output_mean_var else 1


def join_channels(
    axis: int, data: Shape | None, vectors: Mapping[str, Shape | None]
) -> tuple[Shape | None, Shape]:
    """Join what data and named vectors tell: one number per place along an axis.

    Returns
    -------
    data : Shape or None
        With the axis filled in where it was unknown.
    channels : Shape
        Of every vector.

    Raises
    ------
    ShapeError
        Data does not have the axis, or a vector is of another length.
    """
    place = 0 if data is None else _channel_axis(axis, data)
    channels = (UNKNOWN,) if data is None else data[place : place + 1]
    for name, known in vectors.items():
        channels = _join(name, known, channels)
    if data is not None:
        data = (*data[:place], *channels, *data[place + 1 :])
    return data, channels


def _join(name: str, known: Shape | None, channels: Shape) -> Shape:
    try:
        return unify(channels, known) or channels
    except ShapeError:
        raise ShapeError(
            f"{name} should be {display(channels)}, one number for each channel, "
            f"not {display(known)}"
        ) from None


def _channel_axis(axis: int, data: Shape) -> int:
    try:
        return normalize_axis(axis, len(data))
    except ShapeError as error:
        raise ShapeError(f"data: channel {error}") from None


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    names = (*_INPUTS[1:], *_STATES, *_OUTPUTS[1:])
    vectors = dict(zip(names, (*inputs[1:], *outputs[1:]), strict=True))
    axis = attributes.get("axis", 1)
    data, channels = join_channels(axis, unify(inputs[0], outputs[0]), vectors)
    return (
        [data, *[channels] * (len(inputs) - 1)],
        [data, *[channels] * (len(outputs) - 1)],
    )


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


_FORMULA = (
    "gamma (data - mean) / sqrt(var + eps) + beta for each channel; mean and var of "
    "the batch in training, else the moving averages, which the backward pass updates: "
    "moving = momentum moving + (1 - momentum) batch's. "
)
_INVERSE = "Output var holds 1 / sqrt(var + eps)."
_NEEDED = ("data", "gamma", "mean", "var", *_STATES)


def _through_relu(call: Call) -> Sequence[Entry | None]:
    """Let the gradient pass where the output is above 0."""
    (head,) = call.make("_backward_relu", call.out_grad(), call.output("output"))
    needed = [call.input(name) for name in (*_INPUTS[:2], *_STATES)]
    needed[2:2] = [call.output(name) for name in _OUTPUTS[1:]]
    made = call.make("_backward_BatchNorm", head, *needed, **call.attributes)
    return [*made, None, None]


class _Variant(NamedTuple):
    name: str
    aliases: tuple[str, ...]
    remark: str
    attributes: tuple[Attribute, ...]
    gradient: Gradient | None = None  # a backward operator of its own if left out


for _row in (
    _Variant("BatchNorm", ("batch_norm",), _INVERSE, _ATTRIBUTES),
    _Variant("BatchNorm_v1", (), "Channels lie along axis 1.", _SHARED),
    _Variant("_contrib_SyncBatchNorm", (), "Channels lie along axis 1.", _SYNCHRONIZED),
    _Variant(
        "_contrib_BatchNormWithReLU",
        (),
        f"Then max(0, that). {_INVERSE}",
        _ATTRIBUTES,
        _through_relu,
    ),
):
    register(
        Operator(
            name=_row.name,
            aliases=_row.aliases,
            summary=_FORMULA + _row.remark,
            inputs=_INPUTS,
            auxiliary=_STATES,
            outputs=_OUTPUTS,
            visible=_visible,
            attributes=_row.attributes,
            shapes=_shapes,
            dtypes=_dtypes,
            inplace=((0, 0),),
            cost=_cost,
            gradient=_row.gradient
            or backward(f"_backward_{_row.name}", "out_grad", *_NEEDED, of=(0, 1, 2)),
        )
    )
    if _row.gradient is not None:
        continue
    register(
        Operator(
            name=f"_backward_{_row.name}",
            summary=f"Gradients of {_row.name} by data, gamma and beta; in training it "
            "also moves the averages.",
            inputs=("out_grad", "data", "gamma", "mean", "var"),
            auxiliary=_STATES,
            outputs=_INPUTS,
            attributes=_row.attributes,
            shapes=given,
            dtypes=given_dtypes,
            inplace=((0, 0), (1, 0)),
            cost=_cost,
        )
    )
