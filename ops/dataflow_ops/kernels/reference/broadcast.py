"""Reference kernels of binary functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.broadcast import BINARY, backward_name
from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import assign, bind_function, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder, kernel
from dataflow_ops.shapes import Shape

_UFUNCS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "true_divide",
    "lesser": "less",
    "lesser_equal": "less_equal",
}


def _divide_integers(xp: Any, x: Array, y: Array, out: Array) -> None:
    """Divide and cut off the fraction, which floor division does not."""
    down = xp.floor_divide(x, y)
    fix = (down < 0) & (down * y != x)
    xp.add(down, fix, out, casting="unsafe")


def _power_of_integers(xp: Any, x: Array, y: Array, out: Array) -> None:
    xp.power(x.astype(xp.float64), y, out, casting="unsafe")


def _hypot_of_integers(xp: Any, x: Array, y: Array, out: Array) -> None:
    xp.hypot(x.astype(xp.float64), y, out, casting="unsafe")


def _mod(xp: Any, x: Array, y: Array, out: Array) -> None:
    undefined = y == 0  # before out, which may share memory with y, is written
    xp.remainder(x, y, out)
    xp.copyto(out, 0, where=undefined)


# NumPy takes the output of these two by keyword only.
def _maximum(xp: Any, x: Array, y: Array, out: Array) -> None:
    xp.maximum(x, y, out=out)


def _minimum(xp: Any, x: Array, y: Array, out: Array) -> None:
    xp.minimum(x, y, out=out)


_FORMULAS = {"mod": _mod, "maximum": _maximum, "minimum": _minimum}
_INTEGER_FORMULAS = {
    "div": _divide_integers,
    "power": _power_of_integers,
    "hypot": _hypot_of_integers,
}


def _function(key: str, call: Invocation) -> Callable[..., None]:
    """Return the function of x, y and the output."""
    formula = _FORMULAS.get(key)
    if call.outputs[0] is not None and call.outputs[0].dtype.kind in "iu":
        formula = _INTEGER_FORMULAS.get(key, formula)
    if formula is not None:
        return partial(formula, call.xp)
    return getattr(call.xp, _UFUNCS.get(key, key))  # type: ignore[no-any-return]


def _bind_binary(key: str, call: Invocation) -> Thunk | None:
    return bind_function(call, _function(key, call), *call.inputs)


def _scalar(call: Invocation) -> Array:
    data, scalar = call.inputs[0], call.attributes.scalar
    exact = call.attributes.is_int or data.dtype.kind == "f"
    return constant(call.xp, scalar, data.dtype if exact else call.xp.dtype("f8"))


def _bind_scalar(key: str, call: Invocation) -> Thunk | None:
    return bind_function(call, _function(key, call), call.inputs[0], _scalar(call))


def _bind_reverse_scalar(key: str, call: Invocation) -> Thunk | None:
    return bind_function(call, _function(key, call), _scalar(call), call.inputs[0])


# Powers that are far cheaper by a function of their own.
_CHEAP_POWERS = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal"}


def _bind_power(call: Invocation) -> Thunk | None:
    name = _CHEAP_POWERS.get(call.attributes.scalar)
    if name is None or call.inputs[0].dtype.kind != "f":
        return _bind_scalar("power", call)
    return bind_function(call, getattr(call.xp, name), call.inputs[0])


# Derivatives by x and y, times the gradient g.
_Derivative = Callable[[Any, Array, Array, Array], Array]
_DERIVATIVES: dict[str, tuple[_Derivative, _Derivative]] = {
    "mul": (lambda xp, g, x, y: g * y, lambda xp, g, x, y: g * x),
    "div": (lambda xp, g, x, y: g / y, lambda xp, g, x, y: -(g / y) * (x / y)),
    "mod": (lambda xp, g, x, y: g, lambda xp, g, x, y: -g * xp.floor(x / y)),
    "power": (
        lambda xp, g, x, y: g * y * x ** (y - 1),
        lambda xp, g, x, y: g * x**y * xp.log(x),
    ),
    "maximum": (lambda xp, g, x, y: g * (x >= y), lambda xp, g, x, y: g * (x < y)),
    "minimum": (lambda xp, g, x, y: g * (x <= y), lambda xp, g, x, y: g * (x > y)),
    "hypot": (
        lambda xp, g, x, y: g * x / xp.hypot(x, y),
        lambda xp, g, x, y: g * y / xp.hypot(x, y),
    ),
}


def _binary_backward(key: str, call: Invocation) -> None:
    for index, derivative in enumerate(_DERIVATIVES[key]):
        if wanted(call, index):
            put_sum(call, index, derivative(call.xp, *call.inputs))


def _add_backward(call: Invocation) -> None:
    put_sum(call, 0, call.inputs[0])
    put_sum(call, 1, call.inputs[0])


def _sub_backward(call: Invocation) -> None:
    put_sum(call, 0, call.inputs[0])
    if wanted(call, 1):
        put_sum(call, 1, -call.inputs[0])


def put_sum(
    call: Invocation, index: int, value: Array, shape: Shape | None = None
) -> None:
    """Put `value` into output `index`, summed over the axes that were broadcast.

    `shape` is the output's with 1 for each of these axes; where it is not given, those
    that the output lacks are in front.
    """
    if not wanted(call, index):
        return
    output = call.outputs[index]
    short = shape or (1,) * (value.ndim - output.ndim) + output.shape
    axes = tuple(i for i, d in enumerate(short) if d != value.shape[i])
    if not axes:
        assign(call, index, value.reshape(output.shape))
    elif value.dtype == call.xp.float16:  # a running sum would soon be short of digits
        total = value.sum(axis=axes, dtype=call.xp.float32).astype(value.dtype)
        assign(call, index, total.reshape(output.shape))
    elif call.requests[index] is Request.WRITE:
        value.sum(axis=axes, out=output.reshape(short), keepdims=True)
    else:
        output += value.sum(axis=axes, keepdims=True).reshape(output.shape)


def _power_derivative(xp: Any, x: Array, exponent: Array) -> Array:
    if exponent == 2:
        return x + x
    return exponent * x ** (exponent - 1)


_SCALAR_DERIVATIVES: dict[str, Callable[[Any, Array, Array], Array]] = {
    "_rdiv_scalar": lambda xp, x, s: -s / (x * x),
    "_power_scalar": _power_derivative,
    "_rpower_scalar": lambda xp, y, s: y * xp.log(s),
    "_rmod_scalar": lambda xp, x, s: -xp.floor(s / x),
    "_maximum_scalar": lambda xp, x, s: x >= s,
    "_minimum_scalar": lambda xp, x, s: x <= s,
    "_hypot_scalar": lambda xp, x, s: x / xp.hypot(x, s),
}


def _scalar_backward(name: str, call: Invocation) -> None:
    out_grad, needed = call.inputs
    scalar = constant(call.xp, call.attributes.scalar, needed.dtype)
    assign(call, 0, out_grad * _SCALAR_DERIVATIVES[name](call.xp, needed, scalar))


for _key, _row in BINARY.items():
    binder("reference", _row.same[0], _row.broadcast[0])(partial(_bind_binary, _key))
    if _key != "power":
        binder("reference", _row.scalar)(partial(_bind_scalar, _key))
    if _row.reverse:
        binder("reference", _row.reverse)(partial(_bind_reverse_scalar, _key))
for _key in _DERIVATIVES:
    _names = [backward_name(BINARY[_key].broadcast[0])]
    if _key != "mul":  # the gradient of elemwise_mul is a graph
        _names.append(backward_name(BINARY[_key].same[0]))
    kernel("reference", *_names)(partial(_binary_backward, _key))
for _name in _SCALAR_DERIVATIVES:
    kernel("reference", backward_name(_name))(partial(_scalar_backward, _name))
binder("reference", "_power_scalar")(_bind_power)
kernel("reference", "_backward_broadcast_add")(_add_backward)
kernel("reference", "_backward_broadcast_sub")(_sub_backward)
