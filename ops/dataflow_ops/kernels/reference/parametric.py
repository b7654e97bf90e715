"""Reference kernels of functions whose curve is set by numbers."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.reference.elementwise import bind_formula
from dataflow_ops.kernels.requests import assign, bind_function
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder, kernel


def _hard_sigmoid(xp: Any, alpha: float, beta: float, x: Array, out: Array) -> None:
    xp.multiply(x, alpha, out)
    xp.add(out, beta, out)
    out.clip(0, 1, out)


@binder("reference", "hard_sigmoid")
def hard_sigmoid(call: Invocation) -> Thunk | None:
    """Bind the bounded line."""
    line = call.attributes
    function = partial(_hard_sigmoid, call.xp, line.alpha, line.beta)
    return bind_function(call, function, call.inputs[0])


@kernel("reference", "_backward_hard_sigmoid")
def hard_sigmoid_backward(call: Invocation) -> None:
    """Multiply by alpha between the bounds."""
    out_grad, output = call.inputs
    inside = (output > 0) & (output < 1)
    assign(call, 0, out_grad * inside * call.attributes.alpha)


def _smooth_l1(xp: Any, scalar: float, x: Array, out: Array) -> None:
    square = scalar * scalar
    end = 1 / square if square else math.inf
    size = abs(x)
    parabola = size * size * (square / 2)
    xp.copyto(out, xp.where(size > end, size - end / 2, parabola))


@binder("reference", "smooth_l1")
def smooth_l1(call: Invocation) -> Thunk | None:
    """Bind the parabola that goes over into lines."""
    return bind_formula(call, partial(_smooth_l1, call.xp, call.attributes.scalar))


@kernel("reference", "_backward_smooth_l1")
def smooth_l1_backward(call: Invocation) -> None:
    """Multiply by s^2 x within -1 and 1."""
    out_grad, data = call.inputs
    slope = data * call.attributes.scalar**2
    assign(call, 0, out_grad * slope.clip(-1, 1))


def _quadratic(a: float, b: float, c: float, xp: Any, x: Array, out: Array) -> None:
    value = x * a
    value += b
    xp.multiply(value, x, out)
    xp.add(out, c, out)


@binder("reference", "_contrib_quadratic")
def quadratic(call: Invocation) -> Thunk | None:
    """Bind (a x + b) x + c."""
    factors = call.attributes
    function = partial(_quadratic, factors.a, factors.b, factors.c, call.xp)
    return bind_formula(call, function)


@kernel("reference", "_backward_quadratic")
def quadratic_backward(call: Invocation) -> None:
    """Multiply by 2 a x + b."""
    out_grad, data = call.inputs
    factors = call.attributes
    assign(call, 0, out_grad * (data * (2 * factors.a) + factors.b))


@binder("reference", "_contrib_div_sqrt_dim")
def div_sqrt_dim(call: Invocation) -> Thunk | None:
    """Bind the division by the root of the last axis' length."""
    data = call.inputs[0]
    root = constant(call.xp, math.sqrt(data.shape[-1]), data.dtype)
    divide = partial(call.xp.true_divide, casting="unsafe")
    return bind_function(call, divide, data, root)
