"""LeakyReLU: activations that keep something of what is below zero."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, choice, real
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    same_shape,
)

_ATTRIBUTES = (
    Attribute(
        "act_type",
        choice("elu", "gelu", "leaky", "prelu", "rrelu", "selu"),
        "leaky",
        "The function to apply.",
    ),
    Attribute("slope", real, 0.25, "Factor below zero, of leaky and elu."),
    Attribute("lower_bound", real, 0.125, "Least random slope, of rrelu."),
    Attribute("upper_bound", real, 0.334, "Bound above random slopes, of rrelu."),
)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data", "gamma") if attributes.act_type == "prelu" else ("data",)


def _outputs(attributes: Attributes) -> tuple[str, ...]:
    return ("output", "mask") if attributes.act_type == "rrelu" else ("output",)


def slopes_shape(gamma: Shape, data: Shape) -> Shape:
    """Shape in which prelu's slopes broadcast over the data.

    A vector holds one slope for each place along axis 1, or a single one.

    Raises
    ------
    ShapeError
        They do not fit the data.
    """
    if len(gamma) == 1 and len(data) > 1:
        gamma = (1, *gamma, *(1 for _ in data[2:]))
    if len(gamma) != len(data) or any(
        UNKNOWN not in (a, b) and a not in (1, b)
        for a, b in zip(gamma, data, strict=True)
    ):
        raise ShapeError(
            f"gamma {display(gamma)} does not fit data {display(data)}: one slope for "
            "each place along axis 1 is expected"
        )
    return gamma


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    (data,), made = same_shape(attributes, inputs[:1], outputs)
    if len(inputs) == 1 or data is None:
        return [data, *inputs[1:]], made
    gamma = inputs[1]
    if gamma in (None, (UNKNOWN,)):
        return [data, data[1:2] or gamma], made
    slopes_shape(gamma, data)
    return [data, gamma], made


def _gradient(call: Call) -> Sequence[Entry]:
    needed = [call.out_grad(), *call.inputs]
    if call.attributes.act_type == "rrelu":
        needed.append(call.output("mask"))
    return call.make("_backward_LeakyReLU", *needed, **call.attributes)


def _backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    more = {"prelu": ("gamma",), "rrelu": ("mask",)}
    return ("out_grad", "data", *more.get(attributes.act_type, ()))


register(
    Operator(
        name="LeakyReLU",
        aliases=("leaky_relu",),
        summary="x above 0, and below: s x with s the slope (leaky), gamma (prelu) or "
        "random in training (rrelu); slope (exp(x) - 1) (elu, selu, which also scales "
        "both sides). gelu is x times the normal distribution up to x.",
        inputs=_inputs,
        outputs=_outputs,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        inplace=((0, 0),),
        random=True,
        gradient=_gradient,
    )
)

register(
    Operator(
        name="_backward_LeakyReLU",
        summary="Gradient of LeakyReLU.",
        inputs=_backward_inputs,
        outputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0), (1, 0)),
    )
)
