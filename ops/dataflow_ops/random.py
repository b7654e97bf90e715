"""Random numbers of distributions whose parameters are attributes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    choice,
    integer,
    optional,
    real,
)
from dataflow_ops.creation import CTX, SHAPE, from_shape
from dataflow_ops.dtypes import DTypes, element_type, from_attribute, same_float
from dataflow_ops.errors import AttributeValueError
from dataflow_ops.gradients import no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, ShapeRule, Shapes, same_shape

_floating = choice("float16", "float32", "float64")


def _float_type(value: Any) -> Any:
    return element_type(_floating(str(element_type(value))))


DTYPE = Attribute(
    "dtype", optional(_float_type), None, "Element type; float32 when left out."
)


def _above_zero(value: Any) -> float:
    number = real(value)
    if not number > 0:
        raise ValueError("expected a number above 0")
    return number


def _from_zero(value: Any) -> float:
    number = real(value)
    if not number >= 0:
        raise ValueError("expected a number from 0 on")
    return number


def _count(value: Any) -> int:
    number = integer(value)
    if number < 0:
        raise ValueError("expected an integer from 0 on")
    return number


def _chance(value: Any) -> float:
    number = real(value)
    if not 0 < number <= 1:
        raise ValueError("expected a number above 0, and 1 at most")
    return number


class _Distribution(NamedTuple):
    name: str
    summary: str
    parameters: tuple[Attribute, ...]
    aliases: tuple[str, ...] = ()


_DISTRIBUTIONS = (
    _Distribution(
        "uniform",
        "Numbers from [low, high), each as likely as the others",
        (
            Attribute("low", real, 0.0, "Lower bound, inclusive."),
            Attribute("high", real, 1.0, "Upper bound, exclusive."),
        ),
        aliases=("uniform",),
    ),
    _Distribution(
        "normal",
        "Numbers of the normal distribution with mean loc and deviation scale",
        (
            Attribute("loc", real, 0.0, "Mean."),
            Attribute("scale", _above_zero, 1.0, "Standard deviation."),
        ),
        aliases=("normal",),
    ),
    _Distribution(
        "gamma",
        "Numbers of density x^(alpha - 1) exp(-x / beta) / (gamma(alpha) beta^alpha)",
        (
            Attribute("alpha", _above_zero, 1.0, "Shape."),
            Attribute("beta", _above_zero, 1.0, "Scale."),
        ),
    ),
    _Distribution(
        "exponential",
        "Numbers of density lam exp(-lam x)",
        (Attribute("lam", _above_zero, 1.0, "Rate: one over the mean."),),
    ),
    _Distribution(
        "poisson",
        "Counts of probability lam^x exp(-lam) / x!",
        (Attribute("lam", _from_zero, 1.0, "Mean."),),
    ),
    _Distribution(
        "negative_binomial",
        "How many trials go wrong before the k-th that does not, each right with "
        "probability p: counts of probability C(x + k - 1, x) p^k (1 - p)^x",
        (
            Attribute("k", _count, 1, "How many trials must go right."),
            Attribute("p", _chance, 1.0, "Probability that one goes right."),
        ),
    ),
    _Distribution(
        "generalized_negative_binomial",
        "Counts of mean mu and variance mu + alpha mu^2: Poisson ones, the means of "
        "which are gamma distributed",
        (
            Attribute("mu", _from_zero, 1.0, "Mean."),
            Attribute("alpha", _from_zero, 1.0, "Dispersion; 0 makes it Poisson."),
        ),
    ),
)


def _in_order(attributes: Attributes) -> None:
    if attributes.low > attributes.high:
        raise AttributeValueError(
            f"attribute 'low' {attributes.low} is above 'high' {attributes.high}"
        )


def _ordered(rule: ShapeRule) -> ShapeRule:
    """Check the bounds of a uniform distribution with its shapes."""

    def checked(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
        _in_order(attributes)
        return rule(attributes, inputs, outputs)

    return checked


for _row in _DISTRIBUTIONS:
    _is_uniform = _row.name == "uniform"
    register(
        Operator(
            name=f"_random_{_row.name}",
            aliases=(*_row.aliases, f"random_{_row.name}"),
            summary=f"{_row.summary}.",
            inputs=(),
            attributes=(*_row.parameters, SHAPE, CTX, DTYPE),
            shapes=_ordered(from_shape) if _is_uniform else from_shape,
            dtypes=from_attribute,
            gradient=no_gradient,
            random=True,
        )
    )
    register(
        Operator(
            name=f"_random_{_row.name}_like",
            summary=f"{_row.summary}; shape and type are those of the data.",
            attributes=_row.parameters,
            shapes=_ordered(same_shape) if _is_uniform else same_shape,
            dtypes=same_float,
            gradient=no_gradient,
            inplace=((0, 0),),
            random=True,
        )
    )

_INT32 = np.dtype(np.int32)


def _integer_type(value: Any) -> Any:
    return element_type(choice("int32", "int64")(str(element_type(value))))


def _integer_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [attributes.dtype or _INT32]


def _randint_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    low, high = attributes.low, attributes.high
    if low >= high:
        raise AttributeValueError(f"attribute 'low' {low} is not below 'high' {high}")
    dtype = attributes.dtype or _INT32
    bounds = np.iinfo(dtype)
    if low < bounds.min or high - 1 > bounds.max:
        raise AttributeValueError(f"not all integers from {low} to {high} are {dtype}")
    return from_shape(attributes, inputs, outputs)


register(
    Operator(
        name="_random_randint",
        aliases=("random_randint",),
        summary="Integers from low to high - 1, each as likely as the others.",
        inputs=(),
        attributes=(
            Attribute("low", integer, doc="Smallest integer."),
            Attribute("high", integer, doc="The integer after the largest."),
            SHAPE,
            CTX,
            Attribute(
                "dtype",
                optional(_integer_type),
                None,
                "Element type, int32 or int64; int32 when left out.",
            ),
        ),
        shapes=_randint_shapes,
        dtypes=_integer_dtypes,
        gradient=no_gradient,
        random=True,
    )
)
