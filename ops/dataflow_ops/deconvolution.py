"""Deconvolution: the transpose of convolution, over one to three spatial axes."""

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
from dataflow_ops.convolution import check_groups, inputs_with_bias
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, given, size
from dataflow_ops.windows import (
    LAYOUTS,
    Images,
    Windows,
    known_or,
    lengths,
    margins,
    per_axis,
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
    Attribute("pad", margins, (), "Elements cut off both ends of the output."),
    Attribute("adj", margins, (), "Elements added at the end; fewer than the stride."),
    Attribute(
        "target_shape",
        margins,
        (),
        "Lengths of the output, instead of pad and adj; 0 leaves an axis to these.",
    ),
    Attribute("num_filter", positive, doc="Number of output channels."),
    Attribute("num_group", positive, 1, "Divide the channels into separate groups."),
    Attribute("workspace", integer, 512, _TUNING),
    Attribute("no_bias", boolean, True, "Leave the bias out."),
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


def transposed_windows(attributes: Attributes, counts: Shape) -> tuple[Windows, Shape]:
    """Return the windows over the output, and its lengths as far as they are known.

    There is one window for every element of data, whose lengths are `counts`.

    Raises
    ------
    ShapeError
        No window fits.
    """
    windows = windows_of(attributes)
    rank = len(windows.kernel)
    adj = per_axis("adj", attributes.adj, rank, 0)
    target = per_axis("target_shape", attributes.target_shape, rank, 0)
    numbers = zip(
        counts, windows.spans, windows.stride, windows.pad, adj, target, strict=True
    )
    axes = [_axis(*each) for each in numbers]
    pad = tuple(pad for pad, _ in axes)
    return windows._replace(pad=pad), tuple(length for _, length in axes)


def _axis(
    count: int, span: int, stride: int, pad: int, adj: int, target: int
) -> tuple[int, int]:
    """Return the padding and the length of the output along one axis."""
    if count == UNKNOWN:
        return pad, target or UNKNOWN
    covered = stride * (count - 1) + span
    if target > covered:
        raise ShapeError(
            f"target_shape {target} is longer than the {covered} that windows cover"
        )
    if target:
        pad, adj = -((target - covered) // 2), (covered - target) % 2
    if adj >= stride:
        raise ShapeError(
            f"adj {adj} is not smaller than the stride {stride}"
            + (f"; it follows from target_shape {target}" if target else "")
        )
    if 2 * pad >= covered + adj:
        raise ShapeError(f"pad {pad} leaves nothing of the {covered} of the windows")
    return pad, covered + adj - 2 * pad


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    kernel, layout, groups = attributes.kernel, attributes.layout, attributes.num_group
    filters, rank = attributes.num_filter, len(attributes.kernel)
    data = read("data", inputs[0], rank, layout)
    output = read("output", outputs[0], rank, layout)
    weight = read("weight", inputs[1], rank, layout)
    channels = known_or(data.channels, weight.batch)
    check_groups(filters, channels, groups)
    batch = known_or(data.batch, output.batch)
    before = _data_lengths(attributes, output.spatial)
    spatial = tuple(map(known_or, data.spatial, before))
    after = transposed_windows(attributes, spatial)[1]
    known = [
        write(Images(batch, channels, spatial), layout),
        write(Images(channels, filters // groups, kernel), layout),
    ]
    if not attributes.no_bias:
        known.append((filters,))
    return known, [write(Images(batch, filters, after), layout)]


def _data_lengths(attributes: Attributes, spatial: Shape) -> Shape:
    """Lengths of data that follow from the output's: all without `target_shape`."""
    rank = len(spatial)
    if any(attributes.target_shape):
        return (UNKNOWN,) * rank
    windows = windows_of(attributes)
    adj = per_axis("adj", attributes.adj, rank, 0)
    pairs = zip(spatial, adj, strict=True)
    whole = [UNKNOWN if n == UNKNOWN else n - a for n, a in pairs]
    return windows.counts(tuple(whole), of="output")


def _flops(attributes: Attributes, data: Shape, weight: Shape) -> float:
    """Two operations for each weight that an element of data is multiplied with."""
    return 2.0 * size(data) * size(weight[1:])


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = _flops(attributes, inputs[0], inputs[1])
    return OperatorCost(flops, elements_moved(inputs, outputs))


def _backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = 2 * _flops(attributes, inputs[1], inputs[2])
    return OperatorCost(flops, elements_moved(inputs, outputs))


register(
    Operator(
        name="Deconvolution",
        summary="The transpose of Convolution: output[n, f, stride p + dilate k - pad] "
        "= bias[f] + sum over c, p, k of weight[c, f, k] data[n, c, p].",
        inputs=inputs_with_bias,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        cost=_cost,
        gradient=backward(
            "_backward_Deconvolution", "out_grad", "data", "weight", of=(0, 1, 2)
        ),
    )
)

register(
    Operator(
        name="_backward_Deconvolution",
        summary="Gradients of Deconvolution by data, weight and bias.",
        inputs=("out_grad", "data", "weight"),
        outputs=inputs_with_bias,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        cost=_backward_cost,
    )
)
