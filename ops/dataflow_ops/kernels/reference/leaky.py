"""Reference kernels of activations that keep something of what is below zero.

Every formula may write over the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.reference.broadcast import put_sum
from dataflow_ops.kernels.requests import assign, bind_function, wanted
from dataflow_ops.kernels.special import special
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder, kernel
from dataflow_ops.leaky import slopes_shape

# With these, normally distributed data keep mean 0 and variance 1.
_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SLOPE = 1.6732632423543772848170429916717


def _factor(xp: Any, x: Array, slope: Array) -> Array:
    """Return 1 above 0 and the slope elsewhere."""
    return xp.where(x > 0, constant(xp, 1, x.dtype), slope)


def _leaky(xp: Any, rule: Attributes, x: Array, out: Array) -> None:
    slope = constant(xp, rule.slope, x.dtype)
    xp.multiply(x, _factor(xp, x, slope), out)


def _prelu(xp: Any, rule: Attributes, x: Array, gamma: Array, out: Array) -> None:
    slopes = gamma.reshape(slopes_shape(gamma.shape, x.shape))
    xp.multiply(x, _factor(xp, x, slopes), out)


def _elu(xp: Any, rule: Attributes, x: Array, out: Array) -> None:
    _elu_into(xp, 1.0, rule.slope, x, out)


def _selu(xp: Any, rule: Attributes, x: Array, out: Array) -> None:
    _elu_into(xp, _SELU_SCALE, _SELU_SLOPE, x, out)


def _elu_into(xp: Any, scale: float, slope: float, x: Array, out: Array) -> None:
    below = xp.minimum(x, 0)
    xp.expm1(below, below)
    below *= slope * scale
    xp.maximum(x, 0, out=out)
    xp.multiply(out, scale, out)
    xp.add(out, below, out)


def _gelu(xp: Any, rule: Attributes, x: Array, out: Array) -> None:
    xp.multiply(x, special(xp).ndtr(x), out)


_FUNCTIONS: dict[str, Callable[..., None]] = {
    "leaky": _leaky,
    "prelu": _prelu,
    "elu": _elu,
    "selu": _selu,
    "gelu": _gelu,
}


@binder("reference", "LeakyReLU")
def leaky_relu(call: Invocation) -> Thunk | None:
    """Bind the function that `act_type` names."""
    rule = call.attributes
    if rule.act_type == "rrelu":
        return partial(_rrelu, call)
    function = partial(_FUNCTIONS[rule.act_type], call.xp, rule)
    return bind_function(call, function, *call.inputs)


def _rrelu(call: Invocation) -> None:
    data = call.inputs[0]
    slopes = _random_slopes(call)
    assign(call, 1, slopes)
    assign(call, 0, data * _factor(call.xp, data, slopes))


def _random_slopes(call: Invocation) -> Array:
    """Draw a slope for each element; take the middle one in prediction."""
    low, high = call.attributes.lower_bound, call.attributes.upper_bound
    dtype = call.inputs[0].dtype
    if not call.is_train:
        return constant(call.xp, (low + high) / 2, dtype)
    assert call.random is not None
    drawn = call.xp.promote_types(dtype, call.xp.float32)  # what generators know
    slopes = call.random.generator.random(call.inputs[0].shape, dtype=drawn)
    slopes *= high - low
    slopes += low
    return slopes.astype(dtype, copy=False)


def _elu_slope(xp: Any, scale: float, slope: float, x: Array) -> Array:
    below = xp.exp(xp.minimum(x, 0))
    below *= slope * scale
    return xp.where(x > 0, constant(xp, scale, x.dtype), below)


def _gelu_slope(xp: Any, x: Array) -> Array:
    slope = xp.exp(x * x * -0.5)
    slope *= x
    slope *= 1 / math.sqrt(2 * math.pi)
    slope += special(xp).ndtr(x)
    return slope


def _slope(call: Invocation) -> Array:
    """Return the derivative by the data."""
    xp, data, rule = call.xp, call.inputs[1], call.attributes
    if rule.act_type == "gelu":
        return _gelu_slope(xp, data)
    if rule.act_type == "elu":
        return _elu_slope(xp, 1.0, rule.slope, data)
    if rule.act_type == "selu":
        return _elu_slope(xp, _SELU_SCALE, _SELU_SLOPE, data)
    if rule.act_type == "leaky":
        return _factor(xp, data, constant(xp, rule.slope, data.dtype))
    slopes = call.inputs[2]
    return _factor(xp, data, slopes.reshape(slopes_shape(slopes.shape, data.shape)))


@kernel("reference", "_backward_LeakyReLU")
def leaky_relu_backward(call: Invocation) -> None:
    """Multiply by the derivatives; sum over what shares a slope that is learnt."""
    head, data = call.inputs[:2]
    if len(call.outputs) == 2 and wanted(call, 1):
        shape = slopes_shape(call.outputs[1].shape, data.shape)
        put_sum(call, 1, head * call.xp.minimum(data, 0), shape)
    if wanted(call, 0):
        assign(call, 0, head * _slope(call))
