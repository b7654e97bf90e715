"""The first version of pooling, to which padding is a part of the image."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, boolean, choice
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.pooling import (
    Axis,
    pooled_shapes,
    pooling_axes,
    pooling_cost,
)
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, Shapes, given
from dataflow_ops.windows import lengths, margins

_ATTRIBUTES = (
    Attribute("kernel", lengths, (), "Lengths of the window: (h, w) or (d, h, w)."),
    Attribute(
        "pool_type", choice("avg", "max", "sum"), "max", "What is taken of a window."
    ),
    Attribute("global_pool", boolean, False, "One window over the whole image."),
    Attribute(
        "pooling_convention",
        choice("full", "valid"),
        "valid",
        "valid: only whole windows; full: one more where elements would be left over.",
    ),
    Attribute("stride", lengths, (), "Steps between windows; 1 when left out."),
    Attribute("pad", margins, (), "Zeros added at both ends; none when left out."),
)


def padded_axes(attributes: Attributes, spatial: Shape) -> tuple[Shape, list[Axis]]:
    """Return the padding of each axis, and how windows lie along the padded axes."""
    axes = pooling_axes(attributes, spatial)
    padded = [axis._replace(length=axis.length + 2 * axis.pad, pad=0) for axis in axes]
    return tuple(axis.pad for axis in axes), padded


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    return pooled_shapes(attributes, inputs, outputs)


def _backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    values = ("data", "output") if attributes.pool_type == "max" else ()
    return ("out_grad", *values)


def _gradient(call: Call) -> Sequence[Entry]:
    needed = [call.out_grad()]
    if call.attributes.pool_type == "max":
        needed += [call.input("data"), call.output("output")]
    return call.make("_backward_Pooling_v1", *needed, **call.attributes)


register(
    Operator(
        name="Pooling_v1",
        summary="Maximum, sum, or sum / size(kernel) of each window of every channel; "
        "the zeros of the padding count like other elements.",
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        cost=pooling_cost,
        gradient=_gradient,
    )
)

register(
    Operator(
        name="_backward_Pooling_v1",
        summary="Gradient of Pooling_v1; all of equal maxima receive it.",
        inputs=_backward_inputs,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
    )
)
