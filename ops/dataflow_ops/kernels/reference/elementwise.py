"""Reference kernels of unary functions, sums and identities."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.reference.activation import softsign
from dataflow_ops.kernels.requests import (
    assign,
    bind_all,
    bind_copy,
    bind_function,
    bind_relu,
)
from dataflow_ops.kernels.special import special
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder, kernel

_Formula = Callable[[Any, Array, Array], None]


def _sigmoid(xp: Any, x: Array, out: Array) -> None:
    xp.negative(x, out)
    xp.exp(out, out)
    xp.add(out, 1, out)
    xp.reciprocal(out, out)


def _rsqrt(xp: Any, x: Array, out: Array) -> None:
    xp.sqrt(x, out)
    xp.reciprocal(out, out)


def _rcbrt(xp: Any, x: Array, out: Array) -> None:
    xp.cbrt(x, out)
    xp.reciprocal(out, out)


def _special(name: str, xp: Any, x: Array, out: Array) -> None:
    getattr(special(xp), name)(x, out)


def _round(xp: Any, x: Array, out: Array) -> None:
    whole = xp.trunc(x)
    away = abs(x - whole) >= 0.5
    xp.add(whole, xp.copysign(away, x), out)


def _rint(xp: Any, x: Array, out: Array) -> None:
    below = xp.floor(x)
    xp.add(below, x - below > 0.5, out)


# Functions that are one call of the array library under the same name.
_UFUNCS = (
    *("negative", "sign", "exp", "expm1", "log", "log2", "log10", "log1p"),
    *("sqrt", "cbrt", "square", "reciprocal", "sin", "cos", "tan", "arcsin"),
    *("arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh"),
    *("arctanh", "floor", "ceil", "trunc", "logical_not", "degrees", "radians"),
)
# Those that integers need no fractions for.
_EXACT = {
    *("negative", "sign", "square", "floor", "ceil", "trunc", "logical_not"),
    "absolute",
}
_SPECIAL = ("erf", "erfinv", "gamma", "gammaln")
_OTHER_NAMES = {"abs": "absolute", "fix": "trunc", "_contrib_sign_ste": "sign"}
_FORMULAS: dict[str, _Formula] = {
    "sigmoid": _sigmoid,
    "rsqrt": _rsqrt,
    "round": _round,
    "_contrib_round_ste": _round,
    "rint": _rint,
    "rcbrt": _rcbrt,
    "softsign": softsign,
    **{name: partial(_special, name) for name in _SPECIAL},
}

# The derivative, from the input or the output as the declaration says.
_DERIVATIVES: dict[str, Callable[[Any, Array], Array]] = {
    "abs": lambda xp, x: xp.sign(x),
    "exp": lambda xp, y: y,
    "expm1": lambda xp, y: y + 1,
    "log": lambda xp, x: 1 / x,
    "log2": lambda xp, x: 1 / (x * math.log(2)),
    "log10": lambda xp, x: 1 / (x * math.log(10)),
    "log1p": lambda xp, x: 1 / (1 + x),
    "sqrt": lambda xp, y: 0.5 / y,
    "rsqrt": lambda xp, y: -0.5 * y * y * y,
    "cbrt": lambda xp, y: 1 / (3 * y * y),
    "rcbrt": lambda xp, y: -y * y * y * y / 3,
    "square": lambda xp, x: 2 * x,
    "reciprocal": lambda xp, y: -y * y,
    "sigmoid": lambda xp, y: y * (1 - y),
    "relu": lambda xp, y: y > 0,
    "softsign": lambda xp, x: 1 / (1 + abs(x)) ** 2,
    "erf": lambda xp, x: xp.exp(-x * x) * (2 / math.sqrt(math.pi)),
    "erfinv": lambda xp, y: xp.exp(y * y) * (math.sqrt(math.pi) / 2),
    "gamma": lambda xp, x: special(xp).gamma(x) * special(xp).psi(x),
    "gammaln": lambda xp, x: special(xp).psi(x),
    "sin": lambda xp, x: xp.cos(x),
    "cos": lambda xp, x: -xp.sin(x),
    "tan": lambda xp, y: 1 + y * y,
    "arcsin": lambda xp, x: 1 / xp.sqrt(1 - x * x),
    "arccos": lambda xp, x: -1 / xp.sqrt(1 - x * x),
    "arctan": lambda xp, x: 1 / (1 + x * x),
    "sinh": lambda xp, x: xp.cosh(x),
    "cosh": lambda xp, x: xp.sinh(x),
    "tanh": lambda xp, y: 1 - y * y,
    "arcsinh": lambda xp, x: 1 / xp.sqrt(1 + x * x),
    "arccosh": lambda xp, x: 1 / xp.sqrt(x * x - 1),
    "arctanh": lambda xp, x: 1 / (1 - x * x),
}


def _bind_ufunc(name: str, call: Invocation) -> Thunk | None:
    function = getattr(call.xp, name)
    if name not in _EXACT:
        return bind_formula(call, function)
    if call.inputs[0].dtype.kind in "iu":
        function = partial(function, casting="unsafe")
    return bind_function(call, function, call.inputs[0])


def _bind_formula(name: str, call: Invocation) -> Thunk | None:
    return bind_formula(call, partial(_FORMULAS[name], call.xp))


def bind_formula(
    call: Invocation, formula: Callable[[Array, Array], None]
) -> Thunk | None:
    """Bind ``formula(x, out)``, which real numbers are needed for, to any type."""
    if call.inputs[0].dtype.kind in "iu":
        return partial(_through_float, formula, call)
    return bind_function(call, formula, call.inputs[0])


def _through_float(formula: Callable[[Array, Array], None], call: Invocation) -> None:
    value = call.inputs[0].astype(call.xp.float64)
    formula(value, value)
    assign(call, 0, value)


def _unary_backward(name: str, call: Invocation) -> None:
    out_grad, needed = call.inputs
    value = out_grad * _DERIVATIVES[name](call.xp, needed)
    assign(call, 0, value.astype(out_grad.dtype, copy=False))  # SciPy widens halves


for _name in _UFUNCS:
    binder("reference", _name)(partial(_bind_ufunc, _name))
for _name, _ufunc in _OTHER_NAMES.items():
    binder("reference", _name)(partial(_bind_ufunc, _ufunc))
for _name in _FORMULAS:
    binder("reference", _name)(partial(_bind_formula, _name))
binder("reference", "relu")(bind_relu)
for _name in _DERIVATIVES:
    kernel("reference", f"_backward_{_name}")(partial(_unary_backward, _name))


@binder(
    "reference",
    "_copy",
    "_CrossDeviceCopy",
    "_identity_with_attr_like_rhs",
    "_contrib_gradientmultiplier",
)
def copy(call: Invocation) -> Thunk | None:
    """Copy the first input, unless the output is its memory."""
    return bind_copy(call, call.inputs[0])


def _within(bound: float, dtype: DType) -> float:
    """Move a bound that an integer type cannot hold to the type's own bound."""
    if dtype.kind == "f":
        return bound
    limits = np.iinfo(dtype)
    return min(max(bound, limits.min), limits.max)


@binder("reference", "clip")
def clip(call: Invocation) -> Thunk | None:
    """Bound the elements from below and above."""
    data = call.inputs[0]
    low, high = (
        constant(call.xp, _within(bound, data.dtype), data.dtype)
        for bound in (call.attributes.a_min, call.attributes.a_max)
    )
    return bind_function(call, data.clip, low, high)


@kernel("reference", "_backward_clip")
def clip_backward(call: Invocation) -> None:
    """Let the gradient through within the bounds."""
    out_grad, data = call.inputs
    bounds = call.attributes
    assign(call, 0, out_grad * ((data >= bounds.a_min) & (data <= bounds.a_max)))


@binder("reference", "add_n")
def add_n(call: Invocation) -> Thunk | None:
    """Sum all inputs; the output may share memory with the first."""
    first, *rest = call.inputs
    output, add = call.outputs[0], call.xp.add
    if not rest:
        return bind_copy(call, first)
    later = rest[1:]
    if call.requests[0] is not Request.WRITE or any(
        call.xp.may_share_memory(output, term) for term in later
    ):
        return partial(_add_through_temporary, call)
    start = partial(add, first, rest[0], output)
    return bind_all([start, *(partial(add, output, term, output) for term in later)])


def _add_through_temporary(call: Invocation) -> None:
    total = call.xp.add(*call.inputs[:2])
    for term in call.inputs[2:]:
        total += term
    assign(call, 0, total)
