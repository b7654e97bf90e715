"""Reference kernels of reductions over axes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import (
    assign,
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


def _bind_method(name: str, call: Invocation) -> Thunk | None:
    """Bind a method of arrays that reduces into an output of all dimensions."""
    if call.requests[0] is Request.NULL:
        return None
    data, output = call.inputs[0], call.outputs[0]
    axes = _axes(call, data)
    reduce = partial(getattr(data, name), axis=axes, keepdims=True)
    target = output.reshape(kept_shape(axes, data.shape))
    if call.requests[0] is Request.WRITE and (
        name != "mean" or output.dtype.kind == "f"
    ):
        return partial(reduce, out=target)
    return partial(_assign_result, call, reduce)


def _assign_result(call: Invocation, reduce: Thunk) -> None:
    assign(call, 0, reduce().reshape(call.outputs[0].shape))


for _name in ("sum", "mean", "prod", "max", "min"):
    binder("reference", _name)(partial(_bind_method, _name))


@kernel("reference", "norm")
@_if_wanted
def norm(call: Invocation) -> None:
    """Sum magnitudes, or take the root of the sum of squares."""
    data = call.inputs[0]
    if data.dtype.kind != "f" or data.dtype.itemsize == 2:
        data = data.astype(call.xp.float32)  # squares would soon overflow
    powers = abs(data) if call.attributes.ord == 1 else data * data
    total = powers.sum(axis=_axes(call, data), keepdims=True)
    if call.attributes.ord == 2:
        call.xp.sqrt(total, total)
    assign(call, 0, total.reshape(call.outputs[0].shape))


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


@kernel("reference", "_backward_prod")
@_if_wanted
def prod_backward(call: Invocation) -> None:
    """Multiply the gradient by the product of the other elements."""
    out_grad, data = call.inputs
    xp, axes = call.xp, _axes(call, data)
    zero = data == 0
    filled = xp.where(zero, data.dtype.type(1), data)
    # A product with one zero has a slope at that zero only; with two, nowhere.
    others = filled.prod(axis=axes, keepdims=True) / filled
    zeros = zero.sum(axis=axes, keepdims=True)
    others *= (zeros == 0) | ((zeros == 1) & zero)
    assign(call, 0, others * _spread(call, out_grad))


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
