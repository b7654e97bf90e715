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
from dataflow_ops.shapes import UNKNOWN, Inferred, Shapes, given
from dataflow_ops.windows import (
    LAYOUTS,
    Images,
    known_or,
    lengths,
    margins,
    read,
    window,
    windows_of,
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


def inputs_with_bias(attributes: Attributes) -> tuple[str, ...]:
    """Name the inputs: the bias only where it is not left out."""
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
    check_groups(filters, channels, groups)
    batch = known_or(data.batch, output.batch)
    windows = windows_of(attributes)
    after = windows.counts(data.spatial)
    before = windows.lengths(output.spatial)
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


def check_groups(filters: int, channels: int, groups: int) -> None:
    """Raise ShapeError where groups do not divide the channels on both sides."""
    if filters % groups:
        raise ShapeError(f"num_group {groups} does not divide num_filter {filters}")
    if channels != UNKNOWN and channels % groups:
        raise ShapeError(
            f"num_group {groups} does not divide the {channels} channels of data"
        )


register(
    Operator(
        name="Convolution",
        aliases=("convolution", "Convolution_v1"),
        summary="Cross-correlation: output[n, f, p] = bias[f] + "
        "sum over c, k of weight[f, c, k] data[n, c, stride p + dilate k - pad].",
        inputs=inputs_with_bias,
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
        outputs=inputs_with_bias,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        cost=weighted_backward_cost,
    )
)
