"""Penalties on activations, which act through the gradient alone."""

from __future__ import annotations

from typing import Any

from dataflow_ops.attributes import Attribute, Attributes, fraction, real
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.gradients import backward
from dataflow_ops.normalization import join_channels
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, Shapes, given, size, unify


def _open_fraction(value: Any) -> float:
    number = fraction(value)
    if number in (0.0, 1.0):
        raise ValueError("expected a number between 0 and 1")
    return number


_SPARSENESS = (
    Attribute(
        "sparseness_target", _open_fraction, 0.1, "The mean r that units should have."
    ),
    Attribute("penalty", real, 1e-3, "Factor of the penalty."),
    Attribute(
        "momentum", fraction, 0.9, "What the moving average keeps of its old value."
    ),
)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify(inputs[0], outputs[0])
    data, units = join_channels(1, data, {"moving_avg": inputs[1]})
    return [data, units], [data]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(2.0 * size(inputs[0]), elements_moved(inputs, outputs))


register(
    Operator(
        name="IdentityAttachKLSparseReg",
        summary="data itself, activations from 0 to 1; the gradient has added penalty "
        "((1 - r) / (1 - avg) - r / avg), which draws the mean of every unit (axis 1) "
        "to r = sparseness_target. The backward pass updates it: avg = momentum avg + "
        "(1 - momentum) mean.",
        auxiliary=("moving_avg",),
        attributes=_SPARSENESS,
        shapes=_shapes,
        dtypes=same_float,
        inplace=((0, 0),),
        view=True,
        gradient=backward(
            "_backward_IdentityAttachKLSparseReg", "out_grad", "data", "moving_avg"
        ),
    )
)

register(
    Operator(
        name="_backward_IdentityAttachKLSparseReg",
        summary="Gradient of IdentityAttachKLSparseReg; also moves the average.",
        inputs=("out_grad", "data"),
        auxiliary=("moving_avg",),
        attributes=_SPARSENESS,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0), (1, 0)),
        cost=_cost,
    )
)
