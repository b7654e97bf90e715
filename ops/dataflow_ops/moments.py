"""Mean and variance over axes, in one operator."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, Attributes, boolean, integers, optional
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import backward
from dataflow_ops.reduction import reduced_shapes
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, Shapes, given, size, unify

_ATTRIBUTES = (
    Attribute(
        "axes", optional(integers), None, "Axes to reduce; all of them when left out."
    ),
    Attribute("keepdims", boolean, False, "Keep reduced axes, with length 1."),
)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    told, (reduced,) = reduced_shapes(attributes, inputs, [unify(*outputs)])
    return told, [reduced, reduced]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(4.0 * size(inputs[0]), elements_moved(inputs, outputs))


register(
    Operator(
        name="moments",
        summary="Mean over axes, and variance: the mean of (x - mean)^2.",
        outputs=("output0", "output1"),
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        cost=_cost,
        gradient=backward(
            "_backward_moments", "out_grad", "out_grad1", "data", "output0"
        ),
    )
)

register(
    Operator(
        name="_backward_moments",
        summary="Gradient of moments, by the number n of elements: "
        "(grad0 + 2 (x - mean) grad1) / n.",
        inputs=("out_grad0", "out_grad1", "data", "output0"),
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
    )
)
