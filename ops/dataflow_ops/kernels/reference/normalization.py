"""Reference kernels of batch normalization.

The variance is taken of centred values, with a correction for what rounding leaves of
their mean, so that a mean much larger than the spread costs no digits. Half precision
is computed in single, the type of its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import carve, scratch_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
    kernel,
)
from dataflow_ops.shapes import size


class _Channels(NamedTuple):
    """Sees arrays as (axes before the channels, channels, axes after them)."""

    xp: Any
    before: int
    channels: int
    after: int

    @property
    def elements(self) -> int:
        """Elements of each channel."""
        return self.before * self.after

    def view(self, array: Array) -> Array:
        """View the elements, without an axis of length one at the end."""
        if self.after == 1:
            return array.reshape(self.before, self.channels)
        return array.reshape(self.before, self.channels, self.after)

    def spread(self, values: Array) -> Array:
        """View one value per channel so that it meets the channel's elements."""
        return values if self.after == 1 else values[:, None]

    def total(self, array: Array, dtype: Any) -> Array:
        """Sum each channel; as a product with ones, which is the fastest way."""
        if array.dtype != dtype:
            return array.sum(axis=(0, 2)[: array.ndim - 1], dtype=dtype)
        if self.after == 1:
            return self.xp.ones(self.before, dtype) @ array
        return (array @ self.xp.ones(self.after, dtype)).sum(axis=0)

    def product(self, first: Array, second: Array) -> Array:
        """Sum the products of each channel."""
        indices = "ac,ac->c" if self.after == 1 else "acb,acb->c"
        return self.xp.einsum(indices, first, second)


def _channels(xp: Any, attributes: Attributes, data: Array) -> _Channels:
    axis = attributes.axis % data.ndim
    return _Channels(
        xp, size(data.shape[:axis]), data.shape[axis], size(data.shape[axis + 1 :])
    )


def _uses_batch(call: Invocation) -> bool:
    return call.is_train and not call.attributes.use_global_stats


@kernel("reference", "BatchNorm")
def batch_norm(call: Invocation) -> None:
    """Normalize every channel, by the batch or by the moving averages."""
    data, gamma, beta, moving_mean, moving_var = call.inputs
    seen = _channels(call.xp, call.attributes, data)
    centred = seen.view(_result(call, beta.dtype))
    if _uses_batch(call):
        mean, rest, variance = _centre(seen, seen.view(data), centred)
    else:
        mean, rest, variance = moving_mean, 0, moving_var
        call.xp.subtract(seen.view(data), seen.spread(mean), centred)
    inverse = 1 / call.xp.sqrt(variance + call.attributes.eps)
    scale = inverse if call.attributes.fix_gamma else inverse * gamma
    centred *= seen.spread(scale)
    centred += seen.spread(beta - rest * scale)
    if not _is_direct(call, beta.dtype):
        assign(call, 0, centred.reshape(data.shape))
    assign(call, 1, mean)
    assign(call, 2, inverse)


def _is_direct(call: Invocation, dtype: Any) -> bool:
    """Tell whether the output itself can serve as the place to compute in."""
    return call.requests[0] is Request.WRITE and call.outputs[0].dtype == dtype


def _result(call: Invocation, dtype: Any) -> Array:
    if _is_direct(call, dtype):
        return call.outputs[0]
    return call.xp.empty(call.inputs[0].shape, dtype)


def _centre(seen: _Channels, data: Array, centred: Array) -> tuple[Array, Array, Array]:
    """Write data - mean; return the mean, what centring left of it, and the variance.

    `centred` may be the memory of `data`.
    """
    rough = seen.total(data, centred.dtype) / seen.elements
    seen.xp.subtract(data, seen.spread(rough), centred)
    rest = seen.total(centred, centred.dtype) / seen.elements
    variance = seen.product(centred, centred) / seen.elements - rest * rest
    return rough + rest, rest, seen.xp.maximum(variance, 0)


def _workspace(
    attributes: Attributes, inputs: Sequence[Specification], outputs: Any
) -> int:
    _, data, gamma, *_ = inputs
    return scratch_bytes([data.shape], gamma.dtype)


@binder("reference", "_backward_BatchNorm", workspace=_workspace)
def batch_norm_backward(call: Invocation) -> Thunk:
    """Bind the gradients by data, gamma and beta, and the moving averages' update."""
    data, gamma = call.inputs[1:3]
    (centred,) = carve(call.workspace, [data.shape], gamma.dtype)
    return partial(_backward, call, _channels(call.xp, call.attributes, data), centred)


def _backward(call: Invocation, seen: _Channels, centred: Array) -> None:
    head, data, gamma, mean, inverse = call.inputs[:5]
    head, centred = seen.view(head), seen.view(centred)
    call.xp.subtract(seen.view(data), seen.spread(mean), centred)
    slope = seen.product(head, centred)
    total = seen.total(head, gamma.dtype)
    if wanted(call, 0):
        scale = inverse if call.attributes.fix_gamma else inverse * gamma
        if _uses_batch(call):
            centred *= seen.spread(inverse * inverse * slope / -seen.elements)
            centred -= seen.spread(total / seen.elements)
            centred += head
            centred *= seen.spread(scale)
        else:
            call.xp.multiply(head, seen.spread(scale), centred)
        assign(call, 0, centred.reshape(data.shape))
    assign(call, 1, 0 if call.attributes.fix_gamma else slope * inverse)
    assign(call, 2, total)
    if _uses_batch(call):
        _move_averages(call)


def _move_averages(call: Invocation) -> None:
    mean, inverse, moving_mean, moving_var = call.inputs[3:]
    momentum = call.attributes.momentum
    variance = 1 / (inverse * inverse) - call.attributes.eps
    for moving, batch in ((moving_mean, mean), (moving_var, variance)):
        kept = momentum * moving
        call.xp.add(kept, (1 - momentum) * batch, moving)
