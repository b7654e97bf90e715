"""Arrays of random numbers."""

from __future__ import annotations

from typing import Any

from dataflow_ops.attributes import Attribute, Attributes, choice, optional, real
from dataflow_ops.creation import CTX, SHAPE, from_shape
from dataflow_ops.dtypes import element_type, from_attribute
from dataflow_ops.errors import AttributeValueError
from dataflow_ops.gradients import no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shapes

_floating = choice("float16", "float32", "float64")


def _float_type(value: Any) -> Any:
    return element_type(_floating(str(element_type(value))))


_DTYPE = Attribute(
    "dtype", optional(_float_type), None, "Element type; float32 when left out."
)


def _uniform_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    if attributes.low > attributes.high:
        raise AttributeValueError(
            f"attribute 'low' {attributes.low} is above 'high' {attributes.high}"
        )
    return from_shape(attributes, inputs, outputs)


def _spread(value: Any) -> float:
    number = real(value)
    if number <= 0:
        raise ValueError("expected a number above 0")
    return number


register(
    Operator(
        name="_random_uniform",
        aliases=("uniform", "random_uniform"),
        summary="Numbers from [low, high), each as likely as the others.",
        inputs=(),
        attributes=(
            Attribute("low", real, 0.0, "Lower bound, inclusive."),
            Attribute("high", real, 1.0, "Upper bound, exclusive."),
            SHAPE,
            CTX,
            _DTYPE,
        ),
        shapes=_uniform_shapes,
        dtypes=from_attribute,
        gradient=no_gradient,
        random=True,
    )
)

register(
    Operator(
        name="_random_normal",
        aliases=("normal", "random_normal"),
        summary="Numbers of the normal distribution with mean loc and deviation scale.",
        inputs=(),
        attributes=(
            Attribute("loc", real, 0.0, "Mean."),
            Attribute("scale", _spread, 1.0, "Standard deviation."),
            SHAPE,
            CTX,
            _DTYPE,
        ),
        shapes=from_shape,
        dtypes=from_attribute,
        gradient=no_gradient,
        random=True,
    )
)
