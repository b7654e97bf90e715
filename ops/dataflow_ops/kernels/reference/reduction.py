"""Reference kernels of reductions over axes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.dtypes import FLOAT32, FLOAT64, DType
from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import (
    assign,
    bind_all,
    bind_copy,
    bind_function,
    wanted,
)
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder, kernel
from dataflow_ops.reduction import kept_shape, reduced_axes


def _if_wanted(run: Callable[[Invocation], None]) -> Callable[[Invocation], None]:
    """Let a kernel rely on its only output being there."""

    @functools.wraps(run)
    def run_if_wanted(call: Invocation) -> None:
        if wanted(call, 0):
            run(call)

    return run_if_wanted


def _axes(call: Invocation, data: Array) -> tuple[int, ...]:
    return reduced_axes(call.attributes, data.ndim)


def _is_half(dtype: DType) -> bool:
    """Tell whether a running sum would soon be short of digits."""
    return dtype.kind == "f" and dtype.itemsize == 2


def _widened(data: Array) -> Array:
    return data.astype(FLOAT32) if _is_half(data.dtype) else data


def _bind_method(name: str, call: Invocation) -> Thunk | None:
    """Bind a method of arrays that reduces into an output of all dimensions."""
    if call.requests[0] is Request.NULL:
        return None
    data, output = call.inputs[0], call.outputs[0]
    axes = _axes(call, data)
    reduce = partial(getattr(data, name), axis=axes, keepdims=True)
    if _is_half(data.dtype) and name in ("sum", "prod"):
        return partial(_assign_result, call, partial(reduce, dtype=FLOAT32))
    if call.requests[0] is Request.WRITE:
        return partial(reduce, out=output.reshape(kept_shape(axes, data.shape)))
    return partial(_assign_result, call, reduce)


def _assign_result(call: Invocation, reduce: Thunk) -> None:
    _put(call, reduce())


def _put(call: Invocation, value: Array) -> None:
    """Put what was computed, perhaps in a wider type, into the output."""
    output = call.outputs[0]
    assign(call, 0, value.reshape(output.shape).astype(output.dtype, copy=False))


for _name in ("sum", "prod", "max", "min"):
    binder("reference", _name)(partial(_bind_method, _name))


def _mean_type(dtype: DType) -> DType:
    """Return the type to add in: wide enough, and one that has fractions."""
    if dtype.kind != "f":
        return FLOAT64
    return FLOAT32 if _is_half(dtype) else dtype


@binder("reference", "mean")
def mean(call: Invocation) -> Thunk | None:
    """Divide the sum by the number of elements, which may be 0."""
    if call.requests[0] is Request.NULL:
        return None
    data, output = call.inputs[0], call.outputs[0]
    axes, dtype = _axes(call, data), _mean_type(data.dtype)
    count = constant(call.xp, data.size // max(output.size, 1), dtype)
    reduce = partial(data.sum, axis=axes, keepdims=True)
    if call.requests[0] is Request.ADD or output.dtype != dtype:
        reduce = partial(reduce, dtype=dtype)
        return partial(_assign_result, call, lambda: reduce() / count)
    target = output.reshape(kept_shape(axes, data.shape))
    divide = partial(call.xp.true_divide, target, count, target)
    return bind_all((partial(reduce, out=target), divide))


@kernel("reference", "nansum")
@_if_wanted
def nansum(call: Invocation) -> None:
    """Add up the elements, zero in place of NaN."""
    data = _without_nan(call.xp, _widened(call.inputs[0]), 0)
    _put(call, data.sum(axis=_axes(call, data)))


@kernel("reference", "nanprod")
@_if_wanted
def nanprod(call: Invocation) -> None:
    """Multiply the elements, one in place of NaN."""
    data = _without_nan(call.xp, _widened(call.inputs[0]), 1)
    _put(call, data.prod(axis=_axes(call, data)))


def _without_nan(xp: Any, data: Array, neutral: int) -> Array:
    if data.dtype.kind != "f":
        return data
    return xp.where(xp.isnan(data), data.dtype.type(neutral), data)


@kernel("reference", "_square_sum")
@_if_wanted
def square_sum(call: Invocation) -> None:
    """Add up the squares."""
    data = _widened(call.inputs[0])
    _put(call, (data * data).sum(axis=_axes(call, data)))


@kernel("reference", "norm")
@_if_wanted
def norm(call: Invocation) -> None:
    """Sum magnitudes, or take the root of the sum of squares."""
    data = call.inputs[0]
    if data.dtype.kind != "f" or _is_half(data.dtype):
        data = data.astype(call.xp.float32)  # squares would soon overflow
    powers = abs(data) if call.attributes.ord == 1 else data * data
    total = powers.sum(axis=_axes(call, data), keepdims=True)
    if call.attributes.ord == 2:
        call.xp.sqrt(total, total)
    _put(call, total)


def _spread(call: Invocation, reduced: Array) -> Array:
    """Shape an array like the output of the reduction to broadcast over its input."""
    shape = call.outputs[0].shape
    return reduced.reshape(kept_shape(reduced_axes(call.attributes, len(shape)), shape))


@binder("reference", "_backward_sum")
def sum_backward(call: Invocation) -> Thunk | None:
    """Repeat the gradient along the reduced axes."""
    if call.requests[0] is Request.NULL:
        return None
    return bind_copy(call, _spread(call, call.inputs[0]))


@binder("reference", "_backward_mean")
def mean_backward(call: Invocation) -> Thunk | None:
    """Repeat the gradient along the reduced axes, divided among them."""
    if call.requests[0] is Request.NULL:
        return None
    head, output = _spread(call, call.inputs[0]), call.outputs[0]
    share = constant(call.xp, head.size / max(output.size, 1), output.dtype)
    return bind_function(call, partial(_spread_scaled, call.xp), head, share)


def _spread_scaled(xp: Any, head: Array, factor: Array, out: Array) -> None:
    xp.copyto(out, head * factor)  # cheaper than multiplying every element


@kernel("reference", "_backward_nansum")
@_if_wanted
def nansum_backward(call: Invocation) -> None:
    """Give the gradient to every element that is not NaN."""
    out_grad, data = call.inputs
    assign(call, 0, _spread(call, out_grad) * ~call.xp.isnan(data))


@kernel("reference", "_backward_square_sum")
@_if_wanted
def square_sum_backward(call: Invocation) -> None:
    """Multiply the gradient by 2 x."""
    out_grad, data = call.inputs
    assign(call, 0, _spread(call, out_grad) * (data + data))


@kernel("reference", "_backward_prod")
@_if_wanted
def prod_backward(call: Invocation) -> None:
    """Multiply the gradient by the product of the other elements."""
    out_grad, data = call.inputs
    others = _product_of_others(call.xp, _widened(data), _axes(call, data))
    _put(call, others * _spread(call, out_grad))


@kernel("reference", "_backward_nanprod")
@_if_wanted
def nanprod_backward(call: Invocation) -> None:
    """Do as `prod` with one in place of NaN, where the gradient is 0."""
    out_grad, data = call.inputs
    numbers = _without_nan(call.xp, _widened(data), 1)
    others = _product_of_others(call.xp, numbers, _axes(call, data))
    others *= ~call.xp.isnan(data)
    _put(call, others * _spread(call, out_grad))


def _product_of_others(xp: Any, data: Array, axes: tuple[int, ...]) -> Array:
    zero = data == 0
    filled = xp.where(zero, data.dtype.type(1), data)
    # A product with one zero has a slope at that zero only; with two, nowhere.
    others = filled.prod(axis=axes, keepdims=True) / filled
    zeros = zero.sum(axis=axes, keepdims=True)
    others *= (zeros == 0) | ((zeros == 1) & zero)
    return others


@kernel("reference", "_backward_max", "_backward_min")
@_if_wanted
def extreme_backward(call: Invocation) -> None:
    """Give the gradient to every element that equals the extreme one."""
    out_grad, data, output = call.inputs
    assign(call, 0, _spread(call, out_grad) * (data == _spread(call, output)))


@kernel("reference", "_backward_norm")
@_if_wanted
def norm_backward(call: Invocation) -> None:
    """Multiply the gradient by sign(x), or by x / norm."""
    out_grad, data, output = call.inputs
    xp, head = call.xp, _spread(call, out_grad)
    if call.attributes.ord == 1:
        assign(call, 0, head * xp.sign(data))
        return
    length = _spread(call, output)
    scale = xp.where(length == 0, 0 * length, head / length)
    assign(call, 0, data * scale)


def _bind_search(name: str, call: Invocation) -> Thunk | None:
    if not wanted(call, 0):
        return None
    search = getattr(call.inputs[0], name)
    return partial(_assign_result, call, partial(search, axis=call.attributes.axis))


for _name in ("argmax", "argmin"):
    binder("reference", _name)(partial(_bind_search, _name))


@kernel("reference", "argmax_channel")
@_if_wanted
def argmax_channel(call: Invocation) -> None:
    """Find the largest element along axis 1."""
    assign(call, 0, call.inputs[0].argmax(axis=1))


@kernel("reference", "_contrib_allclose")
@_if_wanted
def allclose(call: Invocation) -> None:
    """Tell whether all elements are close to one another."""
    a, b = map(_widened, call.inputs)
    rule = call.attributes
    close = call.xp.isclose(a, b, rule.rtol, rule.atol, rule.equal_nan)
    assign(call, 0, close.all())
