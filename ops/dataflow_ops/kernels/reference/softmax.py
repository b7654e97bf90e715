"""Reference kernels of softmax and its relatives, with the maximum taken out first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.precision import wide, widened
from dataflow_ops.kernels.requests import bind_function
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder
from dataflow_ops.softmax import activation_axis


def softmax_into(xp: Any, axis: int, x: Array, out: Array) -> None:
    """Write the softmax of `x`, whose memory `out` may be."""
    if not x.size:
        return  # there is no maximum of nothing
    xp.subtract(x, x.max(axis=axis, keepdims=True), out)
    xp.exp(out, out)
    xp.divide(out, out.sum(axis=axis, keepdims=True), out)


def log_softmax_into(xp: Any, axis: int, x: Array, out: Array) -> None:
    """Write the logarithm of the softmax of `x`, whose memory `out` may be."""
    if not x.size:
        return
    xp.subtract(x, x.max(axis=axis, keepdims=True), out)
    xp.subtract(out, xp.log(xp.exp(out).sum(axis=axis, keepdims=True)), out)


def _masked_softmax_into(
    xp: Any, axis: int, x: Array, lengths: Array, out: Array
) -> None:
    """Write the softmax of the first elements along the axis, and 0 behind them."""
    if not x.size:
        return
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


def in_wide(function: Callable[..., None], call: Invocation) -> Callable[..., None]:
    """Make a function that writes its last array compute in single at least.

    It is left as it is unless the call has arrays of several types, or of half.
    """
    arrays = [x for x in (*call.inputs, *call.outputs) if x is not None]
    types = [x.dtype for x in arrays if x.dtype.kind == "f"]
    dtype = wide(*types)
    if all(one == dtype for one in types):
        return function
    return partial(_in_wide, function, dtype)


def _in_wide(function: Callable[..., None], dtype: DType, *arrays: Array) -> None:
    *inputs, out = arrays
    place = inputs[0].astype(dtype)
    rest = [widened(x, dtype) if x.dtype.kind == "f" else x for x in inputs[1:]]
    function(place, *rest, place)
    out[...] = place


def _bind(
    function: Callable[..., None], axis: int, factor: float, call: Invocation
) -> Thunk | None:
    if len(call.inputs) > 1:
        function = _masked_softmax_into
    run = partial(function, call.xp, axis)
    if factor != 1:
        run = partial(_scaled, run, factor)
    return bind_function(call, in_wide(run, call), *call.inputs)


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
    slope: Callable[..., None], axis: int, factor: float, call: Invocation
) -> Thunk | None:
    run = partial(slope, call.xp, axis, factor)
    return bind_function(call, in_wide(run, call), *call.inputs)


_Bind = Callable[[Callable[..., None], int, float, Invocation], Thunk | None]


def _bind_along(
    bind: _Bind, function: Callable[..., None], sign: int, call: Invocation
) -> Thunk | None:
    """Bind along the axis, at the temperature that the attributes give."""
    attributes = call.attributes
    return bind(function, attributes.axis, sign / (attributes.temperature or 1), call)


def _bind_activation(
    bind: _Bind, function: Callable[..., None], call: Invocation
) -> Thunk | None:
    return bind(function, activation_axis(call.attributes.mode), 1, call)


for _name, _function, _slope, _sign in (
    ("softmax", softmax_into, _softmax_slope, 1),
    ("softmin", softmax_into, _softmax_slope, -1),
    ("log_softmax", log_softmax_into, _log_softmax_slope, 1),
):
    binder("reference", _name)(partial(_bind_along, _bind, _function, _sign))
    binder("reference", f"_backward_{_name}")(
        partial(_bind_along, _bind_backward, _slope, _sign)
    )

binder("reference", "SoftmaxActivation")(partial(_bind_activation, _bind, softmax_into))
binder("reference", "_backward_SoftmaxActivation")(
    partial(_bind_activation, _bind_backward, _softmax_slope)
)
