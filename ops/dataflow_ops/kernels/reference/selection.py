"""Reference kernels of Python's indexing."""

from __future__ import annotations

from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel


def _unbroadcast(array: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes along which something of `shape` was broadcast."""
    array = array.sum(axis=tuple(range(array.ndim - len(shape))))
    axes = [i for i, d in enumerate(shape) if d == 1 and array.shape[i] != 1]
    return array.sum(axis=tuple(axes), keepdims=True)


@kernel("reference", "_get_item")
def get_item(call: Invocation) -> None:
    """Copy the part that an index selects."""
    assign(call, 0, call.inputs[0][call.attributes.key])


@kernel("reference", "_backward_get_item")
def get_item_backward(call: Invocation) -> None:
    """Add the gradient to zeros at the selected places, repeated ones included."""
    if not wanted(call, 0):
        return
    (out_grad,), key = call.inputs, call.attributes.key
    gradient = call.xp.zeros_like(call.outputs[0])
    part = gradient[key]
    call.xp.add.at(gradient, key, out_grad.reshape(part.shape))
    assign(call, 0, gradient)


@kernel("reference", "_set_item")
def set_item(call: Invocation) -> None:
    """Copy the input and replace the selected part."""
    data, value = call.inputs
    if not wanted(call, 0):
        return
    result = data.copy()
    result[call.attributes.key] = value
    assign(call, 0, result)


@kernel("reference", "_backward_set_item")
def set_item_backward(call: Invocation) -> None:
    """Copy the gradient, with zeros where data was replaced."""
    result = call.inputs[0].copy()
    result[call.attributes.key] = 0
    assign(call, 0, result)


@kernel("reference", "_backward_set_value")
def set_value_backward(call: Invocation) -> None:
    """Sum the selected part of the gradient to the shape of the value."""
    if wanted(call, 0):
        part = call.inputs[0][call.attributes.key]
        shape = call.shapes[0]
        if part.ndim < len(shape):
            part = part.reshape((1,) * (len(shape) - part.ndim) + part.shape)
        assign(call, 0, _unbroadcast(part, shape))
