"""Reference kernels of mean and variance; half precision is added up in single."""

from __future__ import annotations

from dataflow_ops.kernels.precision import widened
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel
from dataflow_ops.reduction import kept_shape, reduced_axes


@kernel("reference", "moments")
def moments(call: Invocation) -> None:
    """Take the mean, and the mean square of what is left without it."""
    data = widened(call.inputs[0])
    axes = reduced_axes(call.attributes, data.ndim)
    mean = _mean(data, axes)
    if wanted(call, 0):
        _assign_rounded(call, 0, mean)
    if wanted(call, 1):
        _assign_rounded(call, 1, _mean((data - mean) ** 2, axes))


def _assign_rounded(call: Invocation, index: int, value: Array) -> None:
    output = call.outputs[index]
    assign(call, index, value.reshape(output.shape).astype(output.dtype, copy=False))


def _mean(data: Array, axes: tuple[int, ...]) -> Array:
    total = data.sum(axis=axes, keepdims=True)
    total /= data.size // max(total.size, 1)
    return total


@kernel("reference", "_backward_moments")
def moments_backward(call: Invocation) -> None:
    """Put (grad0 + 2 (x - mean) grad1) / n."""
    if not wanted(call, 0):
        return
    data = call.inputs[2]
    shape = kept_shape(reduced_axes(call.attributes, data.ndim), data.shape)
    head, head1, mean = (call.inputs[i].reshape(shape) for i in (0, 1, 3))
    slope = (data - mean) * (2 * head1)
    slope += head
    count = data.size // max(head.size, 1)
    assign(call, 0, slope / count if count else slope)
