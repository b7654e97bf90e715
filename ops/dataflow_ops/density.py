"""Densities (and probabilities) of distributions, at samples of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attribute, Attributes, boolean
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, Gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    ShapeRule,
    Shapes,
    display,
    size,
    unify,
)

_IS_LOG = Attribute("is_log", boolean, False, "Give the logarithm of the density.")


def _unify_all(shapes: Shapes) -> Shape | None:
    joined: Shape | None = None
    for shape in shapes:
        joined = unify(joined, shape)
    return joined


def _check_rank(sample: Shape, parameters: Shape) -> None:
    if len(sample) < len(parameters):
        raise ShapeError(
            f"sample should have all dimensions of the parameters "
            f"{display(parameters)}, not {display(sample)}"
        )


def _unknown(rank: int) -> Shape:
    return (UNKNOWN,) * rank


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    """Give each element of the parameters the trailing dimensions of the sample."""
    sample = unify(inputs[0], outputs[0])
    parameters = _unify_all(inputs[1:])
    if sample is not None and parameters is not None:
        _check_rank(sample, parameters)
        rank = len(parameters)
        parameters = unify(parameters, sample[:rank])
        assert parameters is not None
        sample = unify(sample, parameters + _unknown(len(sample) - rank))
    return [sample, *[parameters] * (len(inputs) - 1)], [sample]


def _dirichlet_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    """Also take the last axis away: it holds what is one sample."""
    sample, alpha = inputs
    output = outputs[0]
    if alpha is not None and not alpha:
        raise ShapeError("alpha should have at least one dimension, not ()")
    if sample is not None and alpha is not None:
        _check_rank(sample, alpha)
        rank = len(alpha) - 1
        alpha = unify(alpha, (*sample[:rank], sample[-1]))
        assert alpha is not None
        hidden = _unknown(len(sample) - rank - 1)
        sample = unify(sample, (*alpha[:-1], *hidden, alpha[-1]))
    if sample is not None:
        # The density at one sample is an array of one element.
        output = unify(output, sample[:-1] or (1,))
        if output is not None and len(sample) > 1:
            sample = unify(sample, (*output, UNKNOWN))
    return [sample, alpha], [output]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(20.0 * size(inputs[0]), elements_moved(inputs, outputs))


class _Distribution(NamedTuple):
    name: str
    parameters: tuple[str, ...]
    formula: str
    continuous: bool = True  # whether a gradient flows to the sample
    shapes: ShapeRule = _shapes


def _gradient(row: _Distribution) -> Gradient:
    """Scale the gradient of the logarithm by the density."""

    def rule(call: Call) -> Sequence[Entry | None]:
        head = call.out_grad()
        if not call.attributes.is_log:
            (head,) = call.make("elemwise_mul", head, call.outputs[0])
        made = call.make(f"_backward_pdf_{row.name}", head, *call.inputs)
        return made if row.continuous else [None, *made]

    return rule


def _backward_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    return inputs, inputs[len(inputs) - len(outputs) :]


for _row in (
    _Distribution(
        "uniform",
        ("low", "high"),
        "1 / (high - low) from low to high, 0 elsewhere",
        continuous=False,
    ),
    _Distribution(
        "normal",
        ("mu", "sigma"),
        "exp(-(x - mu)^2 / (2 sigma^2)) / (sigma (2 pi)^(1/2))",
    ),
    _Distribution(
        "gamma",
        ("alpha", "beta"),
        "beta^alpha x^(alpha - 1) exp(-beta x) / gamma(alpha), 0 below 0; beta is a "
        "rate here, where random_gamma takes a scale",
    ),
    _Distribution("exponential", ("lam",), "lam exp(-lam x), 0 below 0"),
    _Distribution("poisson", ("lam",), "lam^x exp(-lam) / x!", continuous=False),
    _Distribution(
        "negative_binomial",
        ("k", "p"),
        "gamma(x + k) / (x! gamma(k)) p^k (1 - p)^x",
        continuous=False,
    ),
    _Distribution(
        "generalized_negative_binomial",
        ("mu", "alpha"),
        "that of negative_binomial with k = 1 / alpha and p = 1 / (1 + mu alpha)",
        continuous=False,
    ),
    _Distribution(
        "dirichlet",
        ("alpha",),
        "gamma(sum alpha) prod (x^(alpha - 1) / gamma(alpha)) along the last axis",
        shapes=_dirichlet_shapes,
    ),
):
    register(
        Operator(
            name=f"_random_pdf_{_row.name}",
            aliases=(f"random_pdf_{_row.name}",),
            summary=f"Density at each sample x: {_row.formula}.",
            inputs=("sample", *_row.parameters),
            attributes=(_IS_LOG,),
            shapes=_row.shapes,
            dtypes=same_float,
            cost=_cost,
            gradient=_gradient(_row),
        )
    )
    register(
        Operator(
            name=f"_backward_pdf_{_row.name}",
            summary=f"Gradient of the logarithm of the {_row.name} density.",
            inputs=("out_grad", "sample", *_row.parameters),
            outputs=(*["sample_grad"] * _row.continuous, *_row.parameters),
            shapes=_backward_shapes,
            dtypes=given_dtypes,
            cost=_cost,
        )
    )
