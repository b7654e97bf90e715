"""Reference kernels of softmax and its relatives, with the maximum taken out first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.kernels.requests import bind_function
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder


def softmax_into(xp: Any, axis: int, x: Array, out: Array) -> None:
    """Write the softmax of `x`, whose memory `out` may be."""
    xp.subtract(x, x.max(axis=axis, keepdims=True), out)
    xp.exp(out, out)
    xp.divide(out, out.sum(axis=axis, keepdims=True), out)


def _log_softmax_into(xp: Any, axis: int, x: Array, out: Array) -> None:
    xp.subtract(x, x.max(axis=axis, keepdims=True), out)
    xp.subtract(out, xp.log(xp.exp(out).sum(axis=axis, keepdims=True)), out)


def _masked_softmax_into(
    xp: Any, axis: int, x: Array, lengths: Array, out: Array
) -> None:
    """Write the softmax of the first elements along the axis, and 0 behind them."""
    axis %= x.ndim
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    position = xp.arange(x.shape[axis]).reshape(shape)
    counted = position < xp.expand_dims(lengths, axis)
    top = xp.where(counted, x, -xp.inf).max(axis=axis, keepdims=True)
    top[top == -xp.inf] = 0
    xp.subtract(x, top, out)
    out[~counted] = -xp.inf
    xp.exp(out, out)
    total = out.sum(axis=axis, keepdims=True)
    total[total == 0] = 1
    xp.divide(out, total, out)


def _scaled(
    function: Callable[..., None], factor: float, x: Array, *rest: Array
) -> None:
    """Apply `function` to x * factor."""
    function(x * factor, *rest)


def _bind(function: Callable[..., None], sign: int, call: Invocation) -> Thunk | None:
    attributes = call.attributes
    if len(call.inputs) > 1:
        function = _masked_softmax_into
    run = partial(function, call.xp, attributes.axis)
    factor = sign / (attributes.temperature or 1)
    if factor != 1:
        run = partial(_scaled, run, factor)
    return bind_function(call, run, *call.inputs)


def _softmax_slope(
    xp: Any, axis: int, factor: float, head: Array, y: Array, out: Array
) -> None:
    """Write y (head - sum head y)."""
    slope = head - (head * y).sum(axis=axis, keepdims=True)
    slope *= factor
    xp.multiply(slope, y, out)


def _log_softmax_slope(
    xp: Any, axis: int, factor: float, head: Array, y: Array, out: Array
) -> None:
    """Write head - exp(y) sum head."""
    slope = xp.exp(y)
    slope *= head.sum(axis=axis, keepdims=True)
    xp.subtract(head, slope, slope)
    xp.multiply(slope, factor, out)


def _bind_backward(
    slope: Callable[..., None], sign: int, call: Invocation
) -> Thunk | None:
    factor = sign / (call.attributes.temperature or 1)
    run = partial(slope, call.xp, call.attributes.axis, factor)
    return bind_function(call, run, *call.inputs)


for _name, _function, _slope, _sign in (
    ("softmax", softmax_into, _softmax_slope, 1),
    ("softmin", softmax_into, _softmax_slope, -1),
    ("log_softmax", _log_softmax_into, _log_softmax_slope, 1),
):
    binder("reference", _name)(partial(_bind, _function, _sign))
    binder("reference", f"_backward_{_name}")(partial(_bind_backward, _slope, _sign))
