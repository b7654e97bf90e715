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
from dataflow_ops.errors import AttributeValueError
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
    axis = attributes.get("axis", 1) % data.ndim
    return _Channels(
        xp, size(data.shape[:axis]), data.shape[axis], size(data.shape[axis + 1 :])
    )


def _uses_batch(call: Invocation) -> bool:
    return call.is_train and not call.attributes.use_global_stats


class _Variant(NamedTuple):
    """How the operators of this family differ."""

    name: str
    keeps_variance: bool = False  # output var holds it, and not 1 / sqrt(var + eps)
    rectifies: bool = False


def _normalize(variant: _Variant, call: Invocation) -> None:
    """Normalize every channel, by the batch or by the moving averages."""
    _refuse_several_devices(call)
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
    if variant.rectifies:
        call.xp.maximum(centred, 0, out=centred)
    if not _is_direct(call, beta.dtype):
        assign(call, 0, centred.reshape(data.shape))
    assign(call, 1, mean)
    assign(call, 2, variance if variant.keeps_variance else inverse)


def _refuse_several_devices(call: Invocation) -> None:
    devices = call.attributes.get("ndev", 1)
    if devices > 1 and _uses_batch(call):
        raise AttributeValueError(
            f"'ndev' is {devices}, but the statistics of a batch are not shared "
            "between devices; train with ndev=1"
        )


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


def _bind_backward(variant: _Variant, call: Invocation) -> Thunk:
    """Bind the gradients by data, gamma and beta, and the moving averages' update."""
    data, gamma = call.inputs[1:3]
    (centred,) = carve(call.workspace, [data.shape], gamma.dtype)
    seen = _channels(call.xp, call.attributes, data)
    return partial(_backward, variant, call, seen, centred)


def _backward(
    variant: _Variant, call: Invocation, seen: _Channels, centred: Array
) -> None:
    head, data, gamma, mean = call.inputs[:4]
    inverse, variance = _spread(variant, call)
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
        _move_averages(call, variance)


def _spread(variant: _Variant, call: Invocation) -> tuple[Array, Array]:
    """Return 1 / sqrt(var + eps) and var of each channel."""
    kept, eps = call.inputs[4], call.attributes.eps
    if variant.keeps_variance:
        return 1 / call.xp.sqrt(kept + eps), kept
    return kept, 1 / (kept * kept) - eps


def _move_averages(call: Invocation, variance: Array) -> None:
    mean, _, moving_mean, moving_var = call.inputs[3:]
    momentum = call.attributes.momentum
    for moving, batch in ((moving_mean, mean), (moving_var, variance)):
        kept = momentum * moving
        call.xp.add(kept, (1 - momentum) * batch, moving)


for _row in (
    _Variant("BatchNorm"),
    _Variant("BatchNorm_v1", keeps_variance=True),
    _Variant("_contrib_SyncBatchNorm", keeps_variance=True),
    _Variant("_contrib_BatchNormWithReLU", rectifies=True),
):
    kernel("reference", _row.name)(partial(_normalize, _row))
    if not _row.rectifies:  # it shares the gradient of BatchNorm
        binder("reference", f"_backward_{_row.name}", workspace=_workspace)(
            partial(_bind_backward, _row)
        )
