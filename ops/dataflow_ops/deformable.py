"""Convolution whose windows take their elements from places that an input says."""

from __future__ import annotations

from typing import Any

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integer,
    optional,
    positive,
)
from dataflow_ops.convolution import check_groups
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, given, size
from dataflow_ops.windows import (
    Images,
    known_or,
    lengths,
    margins,
    read,
    window,
    windows_of,
    write,
)


def _flat_window(value: Any) -> tuple[int, ...]:
    """Accept two integers above 0."""
    numbers = window(value)
    if len(numbers) != 2:
        raise ValueError("expected (height, width)")
    return numbers


_TUNING = "Accepted for MXNet's sake; has no effect."
_ATTRIBUTES = (
    Attribute("kernel", _flat_window, doc="Lengths of the window: (h, w)."),
    Attribute("stride", lengths, (), "Steps between windows; 1 when left out."),
    Attribute("dilate", lengths, (), "Steps inside a window; 1 when left out."),
    Attribute("pad", margins, (), "Zeros added at both ends; none when left out."),
    Attribute("num_filter", positive, doc="Number of output channels."),
    Attribute("num_group", positive, 1, "Divide the channels into separate groups."),
    Attribute(
        "num_deformable_group",
        positive,
        1,
        "Divide the channels of data into groups with offsets of their own.",
    ),
    Attribute("workspace", integer, 1024, _TUNING),
    Attribute("no_bias", boolean, False, "Leave the bias out."),
    Attribute("layout", optional(choice("NCHW")), None, "Order of the axes."),
)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    names = ("data", "offset", "weight")
    return names if attributes.no_bias else (*names, "bias")


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = read("data", inputs[0], 2, None)
    offset = read("offset", inputs[1], 2, None)
    weight = read("weight", inputs[2], 2, None)
    output = read("output", outputs[0], 2, None)
    windows, groups = windows_of(attributes), attributes.num_group
    filters = attributes.num_filter
    channels = data.channels
    if channels == UNKNOWN and weight.channels != UNKNOWN:
        channels = weight.channels * groups
    _check_channels(attributes, channels)
    batch = known_or(known_or(data.batch, offset.batch), output.batch)
    counts = tuple(map(known_or, windows.counts(data.spatial), output.spatial))
    counts = tuple(map(known_or, counts, offset.spatial))
    before = tuple(map(known_or, data.spatial, windows.lengths(counts)))
    each = UNKNOWN if channels == UNKNOWN else channels // groups
    places = attributes.num_deformable_group * size(windows.kernel)
    known = [
        write(Images(batch, channels, before), None),
        write(Images(batch, 2 * places, counts), None),
        write(Images(filters, each, windows.kernel), None),
    ]
    if not attributes.no_bias:
        known.append((filters,))
    return known, [write(Images(batch, filters, counts), None)]


def _check_channels(attributes: Attributes, channels: int) -> None:
    check_groups(attributes.num_filter, channels, attributes.num_group)
    groups = attributes.num_deformable_group
    if channels != UNKNOWN and channels % groups:
        raise ShapeError(
            f"num_deformable_group {groups} does not divide the {channels} channels "
            "of data"
        )


def _flops(data: Shape, weight: Shape, output: Shape) -> float:
    """Ten operations for each element sampled, two for each product."""
    sampled = size(output[2:]) * data[0] * data[1] * size(weight[2:])
    return 10.0 * sampled + 2.0 * size(output) * size(weight[1:])


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = _flops(inputs[0], inputs[2], outputs[0])
    return OperatorCost(flops, elements_moved(inputs, outputs))


def _backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = 2 * _flops(inputs[1], inputs[3], inputs[0])
    return OperatorCost(flops, elements_moved(inputs, outputs))


register(
    Operator(
        name="_contrib_DeformableConvolution",
        summary="Convolution that reads element k of window p at stride p + dilate k "
        "- pad + offset[n, (group, k, (y, x)), p], interpolated between its "
        "neighbours, and 0 outside of data.",
        inputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        cost=_cost,
        gradient=backward(
            "_backward__contrib_DeformableConvolution",
            *("out_grad", "data", "offset", "weight"),
            of=(0, 1, 2, 3),
        ),
    )
)

register(
    Operator(
        name="_backward__contrib_DeformableConvolution",
        summary="Gradients of _contrib_DeformableConvolution by data, offset, weight "
        "and bias.",
        inputs=("out_grad", "data", "offset", "weight"),
        outputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        cost=_backward_cost,
    )
)
