"""Reference kernels of activations: a few array calls each, straight into the output.

Every formula may write over its operands, and none overflows for large arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.kernels.requests import bind_function
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder

# Below this no exp(-x) fits the type; sigmoid is zero there to every digit it has.
_SMALLEST = {"e": -11.0, "f": -88.0, "d": -709.0}


def relu(xp: Any, x: Array, out: Array) -> None:
    """Write max(x, 0)."""
    xp.maximum(x, 0, out=out)


def sigmoid(xp: Any, x: Array, out: Array) -> None:
    """Write 1 / (1 + exp(-x))."""
    xp.maximum(x, _SMALLEST[out.dtype.char], out=out)
    xp.negative(out, out)
    xp.exp(out, out)
    xp.add(out, 1, out)
    xp.reciprocal(out, out)


def softrelu(xp: Any, x: Array, out: Array) -> None:
    """Write ln(1 + exp(x)), as max(x, 0) + ln(1 + exp(-|x|))."""
    positive = xp.maximum(x, 0)
    xp.abs(x, out)
    xp.negative(out, out)
    xp.exp(out, out)
    xp.log1p(out, out)
    xp.add(out, positive, out)


def softsign(xp: Any, x: Array, out: Array) -> None:
    """Write x / (1 + |x|)."""
    divisor = xp.abs(x)
    divisor += 1
    xp.divide(x, divisor, out)


def tanh(xp: Any, x: Array, out: Array) -> None:
    """Write tanh(x)."""
    xp.tanh(x, out)


def _relu_backward(xp: Any, grad: Array, y: Array, out: Array) -> None:
    xp.multiply(grad, y > 0, out)


def _sigmoid_backward(xp: Any, grad: Array, y: Array, out: Array) -> None:
    slope = 1 - y
    slope *= y
    xp.multiply(grad, slope, out)


def _softrelu_backward(xp: Any, grad: Array, y: Array, out: Array) -> None:
    slope = xp.negative(y)
    xp.expm1(slope, slope)
    xp.negative(slope, slope)
    xp.multiply(grad, slope, out)


def _softsign_backward(xp: Any, grad: Array, x: Array, out: Array) -> None:
    divisor = xp.abs(x)
    divisor += 1
    slope = xp.reciprocal(divisor, divisor)
    slope *= slope  # squared after the division: a square could overflow
    xp.multiply(grad, slope, out)


def _tanh_backward(xp: Any, grad: Array, y: Array, out: Array) -> None:
    slope = xp.square(y)
    xp.subtract(1, slope, slope)
    xp.multiply(grad, slope, out)


Formula = Callable[..., None]
_FUNCTIONS: dict[str, tuple[Formula, Formula]] = {
    "relu": (relu, _relu_backward),
    "sigmoid": (sigmoid, _sigmoid_backward),
    "softrelu": (softrelu, _softrelu_backward),
    "softsign": (softsign, _softsign_backward),
    "tanh": (tanh, _tanh_backward),
}


@binder("reference", "Activation")
def activation(call: Invocation) -> Thunk | None:
    """Bind the function that `act_type` names."""
    function = _FUNCTIONS[call.attributes.act_type][0]
    return bind_function(call, partial(function, call.xp), *call.inputs)


@binder("reference", "_backward_Activation")
def activation_backward(call: Invocation) -> Thunk | None:
    """Bind the product of the output's gradient and the derivative."""
    derivative = _FUNCTIONS[call.attributes.act_type][1]
    return bind_function(call, partial(derivative, call.xp), *call.inputs)
