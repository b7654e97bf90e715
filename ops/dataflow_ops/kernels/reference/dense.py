"""Reference kernels of fully connected layers: one matrix product each."""

from __future__ import annotations

from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


def _matrix(array: Array, flatten: bool) -> Array:
    if flatten:
        return array.reshape(array.shape[0], -1)
    return array.reshape(-1, array.shape[-1])


def _product(call: Invocation, index: int, left: Array, right: Array) -> None:
    """Put left . right into output `index`, straight into its memory if written."""
    if not wanted(call, index):
        return
    output = call.outputs[index]
    target = output.reshape(left.shape[0], right.shape[1])
    if call.requests[index] is Request.WRITE:
        call.xp.matmul(left, right, out=target)
    else:
        target += left @ right


@kernel("reference", "FullyConnected")
def fully_connected(call: Invocation) -> None:
    """Compute data . weight^T + bias."""
    data, weight = call.inputs[:2]
    _product(call, 0, _matrix(data, call.attributes.flatten), weight.T)
    if not call.attributes.no_bias and wanted(call, 0):
        call.outputs[0][...] += call.inputs[2]


@kernel("reference", "_backward_FullyConnected")
def fully_connected_backward(call: Invocation) -> None:
    """Compute the gradients by data, weight and bias."""
    out_grad, data, weight = call.inputs
    flatten = call.attributes.flatten
    head = out_grad.reshape(-1, weight.shape[0])
    _product(call, 0, head, weight)
    _product(call, 1, head.T, _matrix(data, flatten))
    if not call.attributes.no_bias and wanted(call, 2):
        assign(call, 2, head.sum(axis=0))
