"""Normalization of responses by their lengths: of vectors, and of channels' windows."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, Attributes, choice, positive, real
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    same_shape,
    size,
    unify,
)


def _only_output(attributes: Attributes) -> int:
    return 1


# L2Normalization

_LENGTH = (
    Attribute("eps", real, 1e-10, "Added to the sum of squares."),
    Attribute(
        "mode",
        choice("channel", "instance", "spatial"),
        "instance",
        "What has length 1: each sample, the channels (axis 1) of each place, or the "
        "places of each channel.",
    ),
)


def vector_axes(mode: str, rank: int) -> tuple[int, ...]:
    """List the axes along which the vectors of L2Normalization lie."""
    if mode == "channel":
        return (1,)
    return tuple(range(1 if mode == "instance" else 2, rank))


def _length_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify(inputs[0], outputs[0])
    if data is None:
        return inputs, outputs
    least = 1 if attributes.mode == "instance" else 3
    if len(data) < least:
        raise ShapeError(
            f"data should have at least {least} dimensions in mode "
            f"'{attributes.mode}', not {display(data)}"
        )
    axes = vector_axes(attributes.mode, len(data))
    lengths = tuple(1 if i in axes else d for i, d in enumerate(data))
    return [data], [data, lengths]


register(
    Operator(
        name="L2Normalization",
        aliases=("l2_normalization",),
        summary="data / norm for each vector, norm = (sum data^2 + eps)^(1/2).",
        outputs=("output", "norm"),
        visible=_only_output,
        attributes=_LENGTH,
        shapes=_length_shapes,
        dtypes=same_float,
        inplace=((0, 0),),
        gradient=backward("_backward_L2Normalization", "out_grad", "output", "norm"),
    )
)

register(
    Operator(
        name="_backward_L2Normalization",
        summary="Gradient of L2Normalization: (g - output sum g output) / norm.",
        inputs=("out_grad", "output", "norm"),
        attributes=_LENGTH,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0),),
    )
)


# LRN

_RESPONSE = (
    Attribute("alpha", real, 1e-4, "Factor of the mean of squares."),
    Attribute("beta", real, 0.75, "Exponent."),
    Attribute("knorm", real, 2.0, "Added to the mean of squares."),
    Attribute(
        "nsize",
        positive,
        doc="Channels in a window; an even number counts as the odd one below, but "
        "divides as it is.",
    ),
)


def _response_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    told = same_shape(attributes, inputs, outputs)
    data = told[0][0]
    if data is not None and len(data) < 2:
        raise ShapeError(
            f"data should have at least 2 dimensions (samples, channels), "
            f"not {display(data)}"
        )
    return told


def _response_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = float((attributes.nsize + 4) * size(outputs[0]))
    return OperatorCost(flops, elements_moved(inputs, outputs))


register(
    Operator(
        name="LRN",
        summary="data tmp_norm^-beta, tmp_norm = knorm + alpha / nsize (sum of the "
        "squares of the nsize neighbouring channels).",
        outputs=("output", "tmp_norm"),
        visible=_only_output,
        attributes=_RESPONSE,
        shapes=_response_shapes,
        dtypes=same_float,
        inplace=((0, 0),),
        cost=_response_cost,
        gradient=backward("_backward_LRN", "out_grad", "data"),
    )
)

register(
    Operator(
        name="_backward_LRN",
        summary="Gradient of LRN: g tmp_norm^-beta - 2 alpha beta / nsize data (sum of "
        "g data tmp_norm^(-beta - 1) of the neighbouring channels).",
        inputs=("out_grad", "data"),
        attributes=_RESPONSE,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0), (1, 0)),
        cost=_response_cost,
    )
)
