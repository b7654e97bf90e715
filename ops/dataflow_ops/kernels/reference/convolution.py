"""Reference kernels of convolution: a matrix product per group and image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.reference.columns import Columns, geometry_of
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import scratch_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)


def _workspace(
    position: int, attributes: Attributes, inputs: Sequence[Specification], outputs: Any
) -> int:
    data = inputs[position]
    geometry = geometry_of(attributes, data.shape, data.dtype.itemsize)
    return scratch_bytes(geometry.scratch(), data.dtype)


@binder("reference", "Convolution", workspace=partial(_workspace, 0))
def convolution(call: Invocation) -> Thunk | None:
    """Bind weight . columns + bias."""
    if not wanted(call, 0):
        return None
    shared = Columns(call, call.inputs[0])
    return partial(_forward, call, shared)


def _forward(call: Invocation, shared: Columns) -> None:
    data = shared.channels_second(call.inputs[0])
    weight = shared.weights(call.inputs[1])
    output = shared.results(call.outputs[0])
    for block in shared.blocks():
        columns = shared.lay_out(data[block])
        if call.requests[0] is Request.WRITE:
            call.xp.matmul(weight, columns, out=output[block])
        else:
            output[block] += weight @ columns
        if not call.attributes.no_bias:
            output[block] += call.inputs[2].reshape(weight.shape[0], -1, 1)


@binder("reference", "_backward_Convolution", workspace=partial(_workspace, 1))
def convolution_backward(call: Invocation) -> Thunk | None:
    """Bind the gradients by data, weight and bias, those that are wanted."""
    shared = Columns(call, call.inputs[1])
    return partial(_backward, call, shared)


def _backward(call: Invocation, shared: Columns) -> None:
    head = shared.results(call.inputs[0])
    if wanted(call, 1):
        _weight_gradient(call, shared, head)
    if wanted(call, 0):
        _data_gradient(call, shared, head)
    if not call.attributes.no_bias and wanted(call, 2):
        places = call.xp.ones(head.shape[-1], head.dtype)
        assign(call, 2, (head @ places).sum(axis=0).reshape(-1))


def _weight_gradient(call: Invocation, shared: Columns, head: Array) -> None:
    data = shared.channels_second(call.inputs[1])
    total: Any = 0
    for block in shared.blocks():
        columns = shared.lay_out(data[block])
        total = total + (head[block] @ columns.swapaxes(-1, -2)).sum(axis=0)
    target = shared.channels_second(call.inputs[2])
    total = total.reshape(target.shape)
    assign(call, 1, call.xp.moveaxis(total, 1, -1) if shared.last else total)


def _data_gradient(call: Invocation, shared: Columns, head: Array) -> None:
    transposed = shared.weights(call.inputs[2]).swapaxes(-1, -2)
    written = call.requests[0] is Request.WRITE
    gradient = call.outputs[0] if written else call.xp.empty_like(call.outputs[0])
    images = shared.channels_second(gradient)
    for block in shared.blocks():
        if shared.columns is None:
            call.xp.matmul(transposed, head[block], out=shared.matrices(images[block]))
            continue
        columns = shared.columns[: block.stop - block.start]
        call.xp.matmul(transposed, head[block], out=shared.matrices(columns))
        shared.fold(columns, images[block])
    if not written:
        assign(call, 0, gradient)
