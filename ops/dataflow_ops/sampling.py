"""Random numbers of distributions whose parameters are arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dataflow_ops.attributes import Attribute, Attributes, boolean, integers, positive
from dataflow_ops.dtypes import DType, DTypes, element_type, floating, unify
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import Call, Entry, no_gradient
from dataflow_ops.random import DTYPE
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, Shapes, display
from dataflow_ops.shapes import unify as unify_shapes


def _drawn_shape(value: Any) -> Shape:
    shape = integers(value)
    if any(d <= 0 for d in shape):
        raise ValueError("expected integers above 0")
    return shape


_SHAPE = Attribute(
    "shape", _drawn_shape, (), "Shape of what is drawn for each distribution."
)


def _leading(output: Shape | None, drawn: Shape) -> Shape | None:
    """Return what stands before the drawn dimensions of an output, if it is known."""
    if output is None:
        return None
    rank = len(output) - len(drawn)
    if rank < 0:
        raise ShapeError(
            f"the output {display(output)} has fewer dimensions than the attribute "
            f"'shape' {drawn}"
        )
    return output[:rank]


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    parameters = _leading(outputs[0], attributes.shape)
    for known in inputs:
        parameters = unify_shapes(parameters, known)
    output = None if parameters is None else (*parameters, *attributes.shape)
    return [parameters] * len(inputs), [output]


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    parameters: DType | None = None
    for known in inputs:
        parameters = unify(parameters, known)
    output = attributes.dtype or np.dtype(np.float32)
    return [parameters or output] * len(inputs), [output]


class _Distribution(NamedTuple):
    name: str
    inputs: tuple[str, ...]
    summary: str


for _row in (
    _Distribution("uniform", ("low", "high"), "numbers from [low, high)"),
    _Distribution("normal", ("mu", "sigma"), "numbers of mean mu and deviation sigma"),
    _Distribution("gamma", ("alpha", "beta"), "numbers of shape alpha and scale beta"),
    _Distribution("exponential", ("lam",), "numbers of density lam exp(-lam x)"),
    _Distribution("poisson", ("lam",), "counts of probability lam^x exp(-lam) / x!"),
    _Distribution(
        "negative_binomial",
        ("k", "p"),
        "counts of probability gamma(x + k) / (x! gamma(k)) p^k (1 - p)^x",
    ),
    _Distribution(
        "generalized_negative_binomial",
        ("mu", "alpha"),
        "counts of mean mu and variance mu + alpha mu^2",
    ),
):
    register(
        Operator(
            name=f"_sample_{_row.name}",
            aliases=(f"sample_{_row.name}",),
            summary=f"For each element of the parameters, {_row.summary}.",
            inputs=_row.inputs,
            attributes=(_SHAPE, DTYPE),
            shapes=_shapes,
            dtypes=_dtypes,
            gradient=no_gradient,
            random=True,
        )
    )


def _index_type(value: Any) -> DType:
    dtype = element_type(value)
    if dtype.name not in ("float16", "float32", "float64", "int32", "uint8"):
        raise ValueError("expected float16, float32, float64, int32 or uint8")
    return dtype


# How many indices each type tells apart, where that is few.
_COUNTABLE = {"uint8": 1 << 8, "float16": (1 << 11) + 1}

_CATEGORIES = (
    Attribute("shape", integers, (), "Shape of what is drawn for each distribution."),
    Attribute(
        "get_prob", boolean, False, "Also give the logarithms of the probabilities."
    ),
    Attribute("dtype", _index_type, np.dtype(np.int32), "Type of the indices."),
)


def _multinomial_outputs(attributes: Attributes) -> tuple[str, ...]:
    return ("output0", "output1") if attributes.get_prob else ("output",)


def _multinomial_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, drawn = inputs[0], attributes.shape
    if any(d < 0 for d in drawn):
        raise AttributeValueError(f"attribute 'shape' {drawn} has a negative dimension")
    if data is None:
        return inputs, outputs
    if not data:
        raise ShapeError("data should have at least one dimension, not ()")
    if data[-1] > _COUNTABLE.get(attributes.dtype.name, data[-1]):
        raise ShapeError(
            f"not all indices of {data[-1]} categories are {attributes.dtype} numbers"
        )
    # One number drawn from one distribution is an array of one element.
    output = (*data[:-1], *drawn) or (1,)
    return [data], [output] * len(outputs)


def _multinomial_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    data = floating(inputs[0])
    return [data], [attributes.dtype, data][: len(outputs)]


def _multinomial_gradient(call: Call) -> list[Entry | None]:
    if not call.attributes.get_prob:
        return [None]
    entries = (call.out_grad(1), call.input("data"), call.output("output0"))
    return list(call.make("_backward_sample_multinomial", *entries))


def _like_data(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify_shapes(inputs[1], outputs[0])
    return [inputs[0], data, inputs[2]], [data]


register(
    Operator(
        name="_sample_multinomial",
        aliases=("sample_multinomial",),
        summary="Indices i, each with a probability of data[..., i] / sum data; with "
        "get_prob also ln data[..., i], the gradient of which is that of the score.",
        outputs=_multinomial_outputs,
        attributes=_CATEGORIES,
        shapes=_multinomial_shapes,
        dtypes=_multinomial_dtypes,
        gradient=_multinomial_gradient,
        random=True,
    )
)

register(
    Operator(
        name="_backward_sample_multinomial",
        summary="Gradient of sample_multinomial: out_grad / data where i was drawn.",
        inputs=("out_grad", "data", "sample"),
        shapes=_like_data,
        dtypes=given_dtypes,
    )
)


def _zipfian_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    shape = attributes.shape
    if len(shape) != 2 or min(shape) < 0:
        raise AttributeValueError(f"attribute 'shape' {shape} should be (rows, count)")
    if shape[1] > attributes.range_max:
        raise AttributeValueError(
            f"{shape[1]} different numbers cannot be drawn from {attributes.range_max}"
        )
    return inputs, [shape, shape[:1]]


def _int64(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [np.dtype(np.int64)] * 2


register(
    Operator(
        name="_sample_unique_zipfian",
        summary="Rows of different integers x from 0 to range_max - 1, drawn one by "
        "one with probability ln((x + 2) / (x + 1)) / ln(range_max + 1); and how many "
        "had to be drawn for each row.",
        inputs=(),
        outputs=("output0", "output1"),
        attributes=(
            Attribute("range_max", positive, doc="How many integers there are."),
            Attribute("shape", integers, doc="Rows, and integers in each."),
        ),
        shapes=_zipfian_shapes,
        dtypes=_int64,
        gradient=no_gradient,
        random=True,
    )
)
