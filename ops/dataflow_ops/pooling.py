"""Pooling over one to three spatial axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    optional,
    positive,
)
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, given, size
from dataflow_ops.windows import (
    LAYOUTS,
    Images,
    known_or,
    lengths,
    margins,
    per_axis,
    read,
    write,
)

_ATTRIBUTES = (
    Attribute("kernel", lengths, (), "Lengths of the window: (w,), (h, w), (d, h, w)."),
    Attribute(
        "pool_type",
        choice("avg", "lp", "max", "sum"),
        "max",
        "What is taken of a window; lp is (sum x^p)^(1/p).",
    ),
    Attribute("global_pool", boolean, False, "One window over the whole image."),
    Attribute("cudnn_off", boolean, False, "Accepted for MXNet's sake; has no effect."),
    Attribute(
        "pooling_convention",
        choice("full", "same", "valid"),
        "valid",
        "valid: only whole windows; full: one more where elements would be left over; "
        "same: one per step, without padding.",
    ),
    Attribute("stride", lengths, (), "Steps between windows; 1 when left out."),
    Attribute("pad", margins, (), "Elements added at both ends; none when left out."),
    Attribute("p_value", optional(positive), None, "The p of lp."),
    Attribute(
        "count_include_pad",
        optional(boolean),
        None,
        "Whether the padding counts in the mean; it does when left out.",
    ),
    Attribute(
        "layout",
        optional(choice(*LAYOUTS)),
        None,
        "Order of the axes; NCW, NCHW or NCDHW when left out.",
    ),
)


class Axis(NamedTuple):
    """How windows lie along one spatial axis."""

    length: int
    kernel: int
    stride: int
    pad: int
    windows: int  # how many


def pooling_axes(attributes: Attributes, spatial: Shape) -> list[Axis]:
    """Return how windows lie along each axis; raises ShapeError where none fits."""
    if attributes.global_pool:
        return [Axis(n, n, 1, 0, 1) for n in spatial]
    rank = len(spatial)
    stride = per_axis("stride", attributes.stride, rank, 1)
    pad = per_axis("pad", attributes.pad, rank, 0)
    count = {"valid": _valid, "full": _full, "same": _same}[
        attributes.pooling_convention
    ]
    return [
        Axis(*numbers, count(*numbers))
        for numbers in zip(spatial, attributes.kernel, stride, pad, strict=True)
    ]


def _valid(length: int, kernel: int, stride: int, pad: int) -> int:
    if length == UNKNOWN:
        return UNKNOWN
    if pad >= kernel:
        raise AttributeValueError(f"pad {pad} is not smaller than the kernel {kernel}")
    left_over = length + 2 * pad - kernel
    if left_over < 0:
        raise ShapeError(
            f"data is {length} long, {length + 2 * pad} with padding: "
            f"too short for a window of {kernel}"
        )
    return left_over // stride + 1


def _full(length: int, kernel: int, stride: int, pad: int) -> int:
    if length == UNKNOWN:
        return UNKNOWN
    whole = _valid(length, kernel, stride, pad)
    return whole + bool((length + 2 * pad - kernel) % stride)


def _same(length: int, kernel: int, stride: int, pad: int) -> int:
    if pad:
        raise AttributeValueError("pooling_convention 'same' does not go with 'pad'")
    return UNKNOWN if length == UNKNOWN else -(-length // stride)


def _lengths(attributes: Attributes, windows: Shape) -> Shape:
    """Lengths of images that follow from windows: all those with stride 1."""
    if attributes.global_pool:
        return (UNKNOWN,) * len(windows)
    axes = pooling_axes(attributes, (UNKNOWN,) * len(windows))
    ends = attributes.pooling_convention != "same"  # windows do not stick out there
    return tuple(
        n + ends * (axis.kernel - 1 - 2 * axis.pad)
        if n != UNKNOWN and axis.stride == 1
        else UNKNOWN
        for n, axis in zip(windows, axes, strict=True)
    )


def _rank(attributes: Attributes, shapes: Shapes) -> int | None:
    """Count the spatial axes: by the kernel, or where it is not used by the shapes."""
    if attributes.kernel and not attributes.global_pool:
        return len(attributes.kernel)
    if not attributes.global_pool:
        raise AttributeValueError("'kernel' is needed unless global_pool is set")
    known = [len(shape) - 2 for shape in shapes if shape is not None]
    if known and not 1 <= known[0] <= 3:
        raise ShapeError(
            f"data should have 3 to 5 dimensions, one to three of them spatial, "
            f"not {known[0] + 2}"
        )
    return known[0] if known else None


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    if attributes.pool_type == "lp" and attributes.p_value is None:
        raise AttributeValueError("'p_value' is needed for pool_type 'lp'")
    return pooled_shapes(attributes, inputs, outputs, attributes.layout)


def pooled_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes, layout: str | None = None
) -> Inferred:
    """Infer shapes of images in this layout, and of what their windows give."""
    rank = _rank(attributes, (*inputs, *outputs))
    if rank is None:
        return inputs, outputs
    data = read("data", inputs[0], rank, layout)
    output = read("output", outputs[0], rank, layout)
    batch = known_or(data.batch, output.batch)
    channels = known_or(data.channels, output.channels)
    before = _lengths(attributes, output.spatial)
    spatial = tuple(map(known_or, data.spatial, before))
    after = tuple(axis.windows for axis in pooling_axes(attributes, spatial))
    return (
        [write(Images(batch, channels, spatial), layout)],
        [write(Images(batch, channels, after), layout)],
    )


def _needs_values(attributes: Attributes) -> bool:
    """Tell whether the gradient depends on the data and not on its shape alone."""
    return attributes.pool_type in ("max", "lp")


def _backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    values = ("data", "output") if _needs_values(attributes) else ()
    return ("out_grad", *values)


def _gradient(call: Call) -> Sequence[Entry]:
    needed = [call.out_grad()]
    if _needs_values(call.attributes):
        needed += [call.input("data"), call.output("output")]
    return call.make("_backward_Pooling", *needed, **call.attributes)


def pooling_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    """One operation for each element of a window."""
    moved = elements_moved(inputs, outputs)
    window = 1 if attributes.global_pool else size(attributes.kernel)
    return OperatorCost(float(size(outputs[0]) * window), moved)


register(
    Operator(
        name="Pooling",
        aliases=("pooling",),
        summary="Maximum, mean, sum or (sum x^p)^(1/p) of each window of every "
        "channel. NaN is the maximum of a window that holds it.",
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        cost=pooling_cost,
        gradient=_gradient,
    )
)

register(
    Operator(
        name="_backward_Pooling",
        summary="Gradient of Pooling; of equal maxima the first one receives it.",
        inputs=_backward_inputs,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
    )
)
