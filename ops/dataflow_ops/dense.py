"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, boolean, positive
from dataflow_ops.costs import weighted_backward_cost, weighted_cost
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, fill, size

_ATTRIBUTES = (
    Attribute("num_hidden", positive, doc="Number of output features."),
    Attribute("no_bias", boolean, False, "Leave the bias out."),
    Attribute(
        "flatten",
        boolean,
        True,
        "Join all axes but the first; otherwise only the last axis is transformed.",
    ),
)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data", "weight") if attributes.no_bias else ("data", "weight", "bias")


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    hidden = attributes.num_hidden
    data = _data(attributes, inputs, outputs[0])
    weight: Shape = (hidden, UNKNOWN)
    output = outputs[0]
    if data is not None:
        batch, joined = _divide(attributes, data)
        if UNKNOWN not in joined:
            weight = (hidden, size(joined))
        output = (*batch, hidden)
    known = [data, weight] if attributes.no_bias else [data, weight, (hidden,)]
    return known, [output]


def _divide(attributes: Attributes, data: Shape) -> tuple[Shape, Shape]:
    """Divide the shape of data into the axes that stay and those that are mapped."""
    if not data:
        raise ShapeError("data should have at least one dimension")
    place = 1 if attributes.flatten else len(data) - 1
    return data[:place], data[place:]


def _data(attributes: Attributes, inputs: Shapes, output: Shape | None) -> Shape | None:
    """Return what data's, the weight's and the output's shapes tell of data's."""
    data, weight = inputs[:2]
    if data is None:
        keeps_axes = output is not None and not attributes.flatten
        data = (*(output or ())[:-1], UNKNOWN) if keeps_axes else None
    if data is None:
        return None
    batch, joined = _divide(attributes, data)
    batch = fill(batch, output[:-1] if output else None)
    joined = fill(joined, weight[1:] if weight else None)
    return (*batch, *joined)


register(
    Operator(
        name="FullyConnected",
        aliases=("fully_connected",),
        summary="Affine map: output = data . weight^T + bias.",
        inputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        cost=weighted_cost,
        gradient=backward(
            "_backward_FullyConnected", "out_grad", "data", "weight", of=(0, 1, 2)
        ),
    )
)


def _backward_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    return inputs, [*inputs[1:], (attributes.num_hidden,)][: len(outputs)]


def _second_gradient(call: Call) -> list[Entry]:
    """Differentiate products of the output's gradient with weight and data."""
    grad, data, weight = call.inputs
    for_data, *for_weights = map(call.out_grad, range(len(call.outputs)))
    settings = {**call.attributes, "no_bias": True}

    def again(data: Entry, weight: Entry) -> Sequence[Entry]:
        return call.make("_backward_FullyConnected", grad, data, weight, **settings)

    parts = [
        call.make("FullyConnected", for_data, weight, **settings)[0],
        call.make("FullyConnected", data, *for_weights, **call.attributes)[0],
    ]
    return [
        call.make("elemwise_add", *parts)[0],
        again(data, for_weights[0])[0],
        again(for_data, weight)[1],
    ]


register(
    Operator(
        name="_backward_FullyConnected",
        summary="Gradients of FullyConnected by data, weight and bias.",
        inputs=("out_grad", "data", "weight"),
        outputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=_backward_shapes,
        cost=weighted_backward_cost,
        gradient=_second_gradient,
    )
)
