"""Convolution over one to three spatial axes."""

from __future__ import annotations

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integer,
    optional,
    positive,
)
from dataflow_ops.costs import weighted_backward_cost, weighted_cost
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, given
from dataflow_ops.windows import (
    LAYOUTS,
    Images,
    known_or,
    lengths,
    margins,
    per_axis,
    read,
    window,
    write,
)

_TUNING = "Accepted for MXNet's sake; has no effect."
_ATTRIBUTES = (
    Attribute("kernel", window, doc="Lengths of the window: (w,), (h, w), (d, h, w)."),
    Attribute("stride", lengths, (), "Steps between windows; 1 when left out."),
    Attribute("dilate", lengths, (), "Steps inside a window; 1 when left out."),
    Attribute("pad", margins, (), "Zeros added at both ends; none when left out."),
    Attribute("num_filter", positive, doc="Number of output channels."),
    Attribute("num_group", positive, 1, "Divide the channels into separate groups."),
    Attribute("workspace", integer, 1024, _TUNING),
    Attribute("no_bias", boolean, False, "Leave the bias out."),
    Attribute(
        "cudnn_tune",
        optional(choice("fastest", "limited_workspace", "off")),
        None,
        _TUNING,
    ),
    Attribute("cudnn_off", boolean, False, _TUNING),
    Attribute(
        "layout",
        optional(choice(*LAYOUTS)),
        None,
        "Order of the axes; NCW, NCHW or NCDHW when left out.",
    ),
)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data", "weight") if attributes.no_bias else ("data", "weight", "bias")


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    kernel, layout, groups = attributes.kernel, attributes.layout, attributes.num_group
    filters = attributes.num_filter
    data = read("data", inputs[0], len(kernel), layout)
    output = read("output", outputs[0], len(kernel), layout)
    weight = read("weight", inputs[1], len(kernel), layout)
    channels = data.channels
    if channels == UNKNOWN and weight.channels != UNKNOWN:
        channels = weight.channels * groups
    _check_groups(filters, channels, groups)
    batch = known_or(data.batch, output.batch)
    after = _output_lengths(attributes, data.spatial)
    before = _input_lengths(attributes, output.spatial)
    each = UNKNOWN if channels == UNKNOWN else channels // groups
    known = [
        write(
            Images(batch, channels, tuple(map(known_or, data.spatial, before))), layout
        ),
        write(Images(filters, each, kernel), layout),
    ]
    if not attributes.no_bias:
        known.append((filters,))
    return known, [write(Images(batch, filters, after), layout)]


def _check_groups(filters: int, channels: int, groups: int) -> None:
    if filters % groups:
        raise ShapeError(f"num_group {groups} does not divide num_filter {filters}")
    if channels != UNKNOWN and channels % groups:
        raise ShapeError(
            f"num_group {groups} does not divide the {channels} channels of data"
        )


def _steps(attributes: Attributes) -> list[tuple[int, int, int]]:
    """Return length of the dilated window, stride and padding of every axis."""
    rank = len(attributes.kernel)
    dilate = per_axis("dilate", attributes.dilate, rank, 1)
    spans = [d * (k - 1) + 1 for k, d in zip(attributes.kernel, dilate, strict=True)]
    stride = per_axis("stride", attributes.stride, rank, 1)
    pad = per_axis("pad", attributes.pad, rank, 0)
    return list(zip(spans, stride, pad, strict=True))


def _output_lengths(attributes: Attributes, spatial: Shape) -> Shape:
    result = []
    for length, (span, stride, pad) in zip(spatial, _steps(attributes), strict=True):
        if length != UNKNOWN and span > length + 2 * pad:
            raise ShapeError(
                f"data is {length} long, {length + 2 * pad} with padding: "
                f"too short for a window of {span}"
            )
        known = length != UNKNOWN
        result.append((length + 2 * pad - span) // stride + 1 if known else UNKNOWN)
    return tuple(result)


def _input_lengths(attributes: Attributes, spatial: Shape) -> Shape:
    """Lengths that follow from the output's: all those with stride 1."""
    return tuple(
        length + span - 1 - 2 * pad if length != UNKNOWN and stride == 1 else UNKNOWN
        for length, (span, stride, pad) in zip(spatial, _steps(attributes), strict=True)
    )


register(
    Operator(
        name="Convolution",
        aliases=("convolution",),
        summary="Cross-correlation: output[n, f, p] = bias[f] + "
        "sum over c, k of weight[f, c, k] data[n, c, stride p + dilate k - pad].",
        inputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        cost=weighted_cost,
        gradient=backward(
            "_backward_Convolution", "out_grad", "data", "weight", of=(0, 1, 2)
        ),
    )
)

register(
    Operator(
        name="_backward_Convolution",
        summary="Gradients of Convolution by data, weight and bias.",
        inputs=("out_grad", "data", "weight"),
        outputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        cost=weighted_backward_cost,
    )
)
