"""Reference kernels of L2Normalization and LRN; half precision computes in single."""

from __future__ import annotations

from dataflow_ops.kernels.precision import widened
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel
from dataflow_ops.response_normalization import vector_axes


def _total(call: Invocation, products: Array) -> Array:
    """Sum along the vectors."""
    axes = vector_axes(call.attributes.mode, products.ndim)
    return products.sum(axis=axes, keepdims=True)


@kernel("reference", "L2Normalization")
def l2_normalization(call: Invocation) -> None:
    """Divide every vector by its length."""
    data = widened(call.inputs[0])
    length = call.xp.sqrt(_total(call, data * data) + call.attributes.eps)
    assign(call, 0, data / length)
    assign(call, 1, length)


@kernel("reference", "_backward_L2Normalization")
def l2_normalization_backward(call: Invocation) -> None:
    """Leave of the gradient what is at right angles to the output, by the length."""
    if not wanted(call, 0):
        return
    head, output, length = map(widened, call.inputs)
    slope = output * _total(call, head * output)
    call.xp.subtract(head, slope, slope)
    slope /= length
    assign(call, 0, slope)


def _windows(call: Invocation, array: Array) -> Array:
    """Sum each channel (axis 1) and its neighbours."""
    total = array.copy()
    reach = (call.attributes.nsize - 1) // 2
    for step in range(1, min(reach + 1, array.shape[1])):
        total[:, step:] += array[:, :-step]
        total[:, :-step] += array[:, step:]
    return total


def _norm(call: Invocation, data: Array) -> Array:
    """Return what responses are divided by a power of."""
    attributes = call.attributes
    norm = _windows(call, data * data)
    norm *= attributes.alpha / attributes.nsize
    norm += attributes.knorm
    return norm


@kernel("reference", "LRN")
def lrn(call: Invocation) -> None:
    """Divide by a power of what the neighbouring channels have."""
    data = widened(call.inputs[0])
    norm = _norm(call, data)
    assign(call, 1, norm)
    if wanted(call, 0):
        norm **= -call.attributes.beta
        norm *= data
        assign(call, 0, norm)


@kernel("reference", "_backward_LRN")
def lrn_backward(call: Invocation) -> None:
    """Compute the gradient by the data; the norm again, lest it take memory."""
    if not wanted(call, 0):
        return
    attributes = call.attributes
    head, data = map(widened, call.inputs)
    norm = _norm(call, data)
    direct = norm**-attributes.beta
    direct *= head
    around = _windows(call, direct * data / norm)
    around *= -2 * attributes.alpha * attributes.beta / attributes.nsize
    around *= data
    direct += around
    assign(call, 0, direct)
