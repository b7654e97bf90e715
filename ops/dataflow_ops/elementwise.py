"""Unary functions, sums of equals, and identities: one output element per input one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attribute, Attributes, positive, real
from dataflow_ops.dtypes import DTypes, element_type
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import Call, Entry, Gradient, backward, no_gradient
from dataflow_ops.registry import Operator, register


class _Unary(NamedTuple):
    name: str
    formula: str
    needs: str | None  # what the derivative is computed from; None: gradient is zero


# The derivatives themselves stand in kernels/reference/elementwise.py.
_UNARY = (
    _Unary("abs", "|x|", "data"),
    _Unary("sign", "-1, 0 or 1 as x is below, at or above 0", None),
    _Unary("exp", "exp(x)", "output"),
    _Unary("expm1", "exp(x) - 1", "output"),
    _Unary("log", "ln(x)", "data"),
    _Unary("log2", "log_2(x)", "data"),
    _Unary("log10", "log_10(x)", "data"),
    _Unary("log1p", "ln(1 + x)", "data"),
    _Unary("sqrt", "x^(1/2)", "output"),
    _Unary("rsqrt", "x^(-1/2)", "output"),
    _Unary("cbrt", "x^(1/3)", "output"),
    _Unary("square", "x^2", "data"),
    _Unary("reciprocal", "1 / x", "output"),
    _Unary("sigmoid", "1 / (1 + exp(-x))", "output"),
    _Unary("relu", "max(x, 0)", "output"),
    _Unary("sin", "sin(x)", "data"),
    _Unary("cos", "cos(x)", "data"),
    _Unary("tan", "tan(x)", "output"),
    _Unary("arcsin", "the angle of sine x", "data"),
    _Unary("arccos", "the angle of cosine x", "data"),
    _Unary("arctan", "the angle of tangent x", "data"),
    _Unary("sinh", "sinh(x)", "data"),
    _Unary("cosh", "cosh(x)", "data"),
    _Unary("tanh", "tanh(x)", "output"),
    _Unary("arcsinh", "the inverse of sinh", "data"),
    _Unary("arccosh", "the inverse of cosh", "data"),
    _Unary("arctanh", "the inverse of tanh", "data"),
    _Unary("floor", "greatest integer up to x", None),
    _Unary("ceil", "smallest integer from x on", None),
    _Unary("trunc", "x without its fraction", None),
    _Unary("fix", "x without its fraction", None),
    _Unary("round", "nearest integer, halves away from 0", None),
    _Unary("rint", "nearest integer, halves down", None),
    _Unary("logical_not", "1 where x is 0, else 0", None),
    _Unary("zeros_like", "0 for every element", None),
    _Unary("ones_like", "1 for every element", None),
)


def _unary_gradient(row: _Unary) -> Gradient:
    if row.needs is None:
        return no_gradient
    return backward(f"_backward_{row.name}", "out_grad", row.needs)


for _row in _UNARY:
    register(
        Operator(
            name=_row.name,
            summary=f"Elementwise {_row.formula}.",
            inplace=((0, 0),),
            gradient=_unary_gradient(_row),
        )
    )
    if _row.needs is not None:
        register(
            Operator(
                name=f"_backward_{_row.name}",
                summary=f"Gradient of {_row.name}.",
                inputs=("out_grad", _row.needs),
                inplace=((0, 0), (1, 0)),
            )
        )


def _passed_on(call: Call) -> list[Entry]:
    return [call.out_grad()] * len(call.inputs)


def _negated(call: Call) -> Sequence[Entry]:
    return call.make("negative", call.out_grad())


register(
    Operator(
        name="negative",
        summary="Elementwise -x.",
        inplace=((0, 0),),
        gradient=_negated,
    )
)

register(
    Operator(
        name="_copy",
        aliases=("identity",),
        summary="The input itself: output = data.",
        inplace=((0, 0),),
        view=True,
        gradient=_passed_on,
    )
)

_BOUNDS = (
    Attribute("a_min", real, doc="Smallest value of the output."),
    Attribute("a_max", real, doc="Largest value of the output."),
)

register(
    Operator(
        name="clip",
        summary="Elementwise min(max(x, a_min), a_max).",
        attributes=_BOUNDS,
        inplace=((0, 0),),
        gradient=backward("_backward_clip", "out_grad", "data"),
    )
)

register(
    Operator(
        name="_backward_clip",
        summary="Gradient of clip: 1 where a_min <= x <= a_max, else 0.",
        inputs=("out_grad", "data"),
        attributes=_BOUNDS,
        inplace=((0, 0),),
    )
)

_DTYPE = (Attribute("dtype", element_type, doc="Element type of the output."),)


def _cast_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [attributes.dtype]


register(
    Operator(
        name="Cast",
        aliases=("cast",),
        summary="The input in another element type, fractions dropped for integers.",
        attributes=_DTYPE,
        dtypes=_cast_dtypes,
        gradient=backward("_backward_Cast", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_Cast",
        summary="Gradient of Cast: the gradient in the type of the input.",
        inputs=("out_grad",),
        attributes=_DTYPE,
        dtypes=given_dtypes,
    )
)


def _numbered(attributes: Attributes) -> tuple[str, ...]:
    return tuple(f"arg{i}" for i in range(attributes.num_args))


register(
    Operator(
        name="add_n",
        aliases=("ElementWiseSum",),
        summary="Sum of any number of arrays of one shape.",
        inputs=_numbered,
        variadic="num_args",
        attributes=(Attribute("num_args", positive, doc="Number of inputs."),),
        inplace=((0, 0),),
        gradient=_passed_on,
    )
)
