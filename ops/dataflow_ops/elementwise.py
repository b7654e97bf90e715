"""Unary functions, sums of equals, and identities: one output element per input one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attribute, Attributes, boolean, positive, real
from dataflow_ops.gradients import Call, Entry, Gradient, backward, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.second_order import BENDS, bent, straight


class _Unary(NamedTuple):
    name: str
    formula: str
    needs: str | None  # what the derivative is computed from; None: gradient is zero


# The derivatives themselves stand in kernels/reference/elementwise.py, the second
# ones in second_order.py.
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
    _Unary("rcbrt", "x^(-1/3)", "output"),
    _Unary("square", "x^2", "data"),
    _Unary("reciprocal", "1 / x", "output"),
    _Unary("sigmoid", "1 / (1 + exp(-x))", "output"),
    _Unary("relu", "max(x, 0)", "output"),
    _Unary("softsign", "x / (1 + |x|)", "data"),
    _Unary("erf", "2 / pi^(1/2) times the integral of exp(-t^2) from 0 to x", "data"),
    _Unary("erfinv", "the inverse of erf", "output"),
    _Unary("gamma", "the gamma function, which is (x - 1)! of integers", "data"),
    _Unary("gammaln", "ln |gamma(x)|", "data"),
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


def _second_gradient(name: str) -> Gradient | None:
    if name not in BENDS:
        return None
    return bent(f"_backward_{name}", lambda point, _: BENDS[name](point))


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
                gradient=_second_gradient(_row.name),
            )
        )


def _passed_on(call: Call) -> list[Entry]:
    return [call.out_grad()] * len(call.inputs)


def _linear_gradient(name: str) -> Gradient:
    """Gradient of a linear function: the same function of the gradient."""
    return lambda call: call.make(name, call.out_grad())


for _name, _formula in (
    ("negative", "-x"),
    ("degrees", "180 x / pi"),
    ("radians", "pi x / 180"),
):
    register(
        Operator(
            name=_name,
            summary=f"Elementwise {_formula}.",
            inplace=((0, 0),),
            gradient=_linear_gradient(_name),
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

register(
    Operator(
        name="_identity_with_attr_like_rhs",
        summary="lhs itself; shape and type are also those of rhs, which is not read.",
        inputs=("lhs", "rhs"),
        inplace=((0, 0),),
        view=True,
        gradient=lambda call: [call.out_grad(), None],
    )
)


def _multiplied(call: Call) -> Sequence[Entry]:
    return call.make("_mul_scalar", call.out_grad(), scalar=call.attributes.scalar)


register(
    Operator(
        name="_contrib_gradientmultiplier",
        summary="The input itself; its gradient is multiplied by a number.",
        attributes=(
            Attribute("scalar", real, 1.0, "The number."),
            Attribute("is_int", boolean, True, "Accepted for MXNet's sake."),
        ),
        inplace=((0, 0),),
        view=True,
        gradient=_multiplied,
    )
)

# Straight-through estimators: the gradient is that of the identity.
for _name in ("round", "sign"):
    register(
        Operator(
            name=f"_contrib_{_name}_ste",
            summary=f"Elementwise {_name}, through which gradients pass unchanged.",
            inplace=((0, 0),),
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
        gradient=bent("_backward_clip", straight),
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
