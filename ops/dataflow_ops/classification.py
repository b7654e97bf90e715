"""Losses that compare scores with classes: margins and the cross entropy."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, Attributes, boolean, real
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    size,
    unify,
)


def _join_labels(data: Shape, label: Shape | None) -> Shape:
    """Return the shape of data, all axes of which but the last are the label's."""
    try:
        batch = unify(data[:-1], label) or data[:-1]
    except ShapeError:
        raise ShapeError(
            f"label should be {display(data[:-1])}, not {display(label)}"
        ) from None
    return (*batch, data[-1])


# SVMOutput

_MARGIN = (
    Attribute("margin", real, 1.0, "Distance from 0 that scores should have."),
    Attribute("regularization_coefficient", real, 1.0, "Factor of the gradient."),
    Attribute("use_linear", boolean, False, "Do not square the distances in the loss."),
)


def _margin_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, label = unify(inputs[0], outputs[0]), inputs[1]
    if data is None:
        if label is not None:
            data = (*label, UNKNOWN)
        return [data, label], [data]
    if not data:
        raise ShapeError("data should have at least one dimension")
    data = _join_labels(data, label)
    return [data, data[:-1]], [data]


register(
    Operator(
        name="SVMOutput",
        summary="data itself; its gradient is that of sum max(0, margin - t data)^2, "
        "or of the sum without squares; t is 1 for the class that label names along "
        "the last axis and -1 for the others.",
        inputs=("data", "label"),
        attributes=_MARGIN,
        shapes=_margin_shapes,
        dtypes=same_float,
        inplace=((0, 0),),
        view=True,
        gradient=backward("_backward_SVMOutput", "output", "label"),
    )
)

register(
    Operator(
        name="_backward_SVMOutput",
        summary="Gradient of SVMOutput by the data: -2 c t max(0, margin - t data), or "
        "-c t where margin > t data.",
        inputs=("output", "label"),
        attributes=_MARGIN,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0),),
    )
)


# softmax_cross_entropy


def _entropy_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, label = inputs
    if data is not None and len(data) != 2:
        raise ShapeError(
            f"data should have 2 dimensions (samples, classes), not {display(data)}"
        )
    data = _join_labels(data or (UNKNOWN, UNKNOWN), label)
    return [data, data[:1]], [(1,)]


def _entropy_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    elements = max(size(inputs[0]), size(outputs[0]))
    return OperatorCost(6.0 * elements, elements_moved(inputs, outputs))


register(
    Operator(
        name="softmax_cross_entropy",
        summary="-sum ln max(softmax(data)[label], 1e-8) over the samples; a label "
        "that is no class counts nothing.",
        inputs=("data", "label"),
        shapes=_entropy_shapes,
        dtypes=same_float,
        cost=_entropy_cost,
        gradient=backward(
            "_backward_softmax_cross_entropy", "out_grad", "data", "label"
        ),
    )
)

register(
    Operator(
        name="_backward_softmax_cross_entropy",
        summary="Gradient of softmax_cross_entropy: g (softmax(data) - onehot(label)).",
        inputs=("out_grad", "data", "label"),
        shapes=given,
        dtypes=given_dtypes,
        inplace=((1, 0),),
        cost=_entropy_cost,
    )
)
