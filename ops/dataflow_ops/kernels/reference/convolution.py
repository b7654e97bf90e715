"""Reference kernels of convolution: a matrix product per group and image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.reference.patches import Columns, Geometry, geometry_of
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
from dataflow_ops.shapes import Shape, size
from dataflow_ops.windows import windows_of


def _geometry(attributes: Attributes, shape: Shape, dtype: DType) -> Geometry:
    groups, layout = attributes.num_group, attributes.layout
    windows = windows_of(attributes)
    return geometry_of(windows, shape, dtype, groups=groups, layout=layout)


def _workspace(
    position: int, attributes: Attributes, inputs: Sequence[Specification], outputs: Any
) -> int:
    data = inputs[position]
    geometry = _geometry(attributes, data.shape, data.dtype)
    return scratch_bytes(geometry.scratch(), data.dtype)


def _columns(call: Invocation, data: Array) -> Columns:
    geometry = _geometry(call.attributes, data.shape, data.dtype)
    return Columns(call.xp, geometry, call.workspace, data.dtype)


@binder("reference", "Convolution", workspace=partial(_workspace, 0))
def convolution(call: Invocation) -> Thunk | None:
    """Bind weight . columns + bias."""
    if not wanted(call, 0):
        return None
    return partial(_forward, call, _columns(call, call.inputs[0]))


def _forward(call: Invocation, shared: Columns) -> None:
    data, weight = call.inputs[:2]
    write_products(call, shared, data, weight)
    if not call.attributes.no_bias:
        output = shared.results(call.outputs[0])
        output += call.inputs[2].reshape(*output.shape[1:3], 1)


def write_products(
    call: Invocation, shared: Columns, data: Array, weight: Array
) -> None:
    """Put the matrices weight . columns of data into output 0."""
    data, weight = shared.channels_second(data), shared.weights(weight)
    output = shared.results(call.outputs[0])
    for block in shared.geometry.blocks():
        columns = shared.lay_out(data[block])
        if call.requests[0] is Request.WRITE:
            call.xp.matmul(weight, columns, out=output[block])
        else:
            output[block] += weight @ columns


@binder("reference", "_backward_Convolution", workspace=partial(_workspace, 1))
def convolution_backward(call: Invocation) -> Thunk | None:
    """Bind the gradients by data, weight and bias, those that are wanted."""
    return partial(_backward, call, _columns(call, call.inputs[1]))


def _backward(call: Invocation, shared: Columns) -> None:
    head = shared.results(call.inputs[0])
    _, data, weight = call.inputs
    if wanted(call, 1):
        assign(call, 1, weight_gradient(shared, head, data, weight.shape))
    if wanted(call, 0):
        write_folded(call, shared, head, weight)
    if not call.attributes.no_bias and wanted(call, 2):
        assign(call, 2, bias_gradient(call.xp, head))


def weight_gradient(shared: Columns, head: Array, data: Array, shape: Shape) -> Array:
    """Return the sum over images of head . columns of data, in the weight's shape.

    `head` holds a matrix for each image and group, as `results` views them.
    """
    data = shared.channels_second(data)
    groups, filters = head.shape[1:3]
    total = shared.xp.zeros((groups, filters, size(shape[1:])), wide(head.dtype))
    for block in shared.geometry.blocks():
        columns = shared.lay_out(data[block])
        products = head[block] @ columns.swapaxes(-1, -2)
        total += products.sum(axis=0, dtype=total.dtype)
    total = total.astype(head.dtype, copy=False)
    if not shared.geometry.last:
        return total.reshape(shape)
    return shared.xp.moveaxis(total.reshape(shape[0], shape[-1], *shape[1:-1]), 1, -1)


def bias_gradient(xp: Any, head: Array) -> Array:
    """Return the sum over images and places of a matrix for each image and group."""
    sums = head @ xp.ones(head.shape[-1], head.dtype)
    total = sums.sum(axis=0, dtype=wide(head.dtype)).reshape(-1)
    return total.astype(head.dtype, copy=False)


def write_folded(call: Invocation, shared: Columns, head: Array, weight: Array) -> None:
    """Put the columns weight . head, transposed and folded, into output 0."""
    transposed = shared.weights(weight).swapaxes(-1, -2)
    written = call.requests[0] is Request.WRITE
    output = call.outputs[0] if written else call.xp.empty_like(call.outputs[0])
    images = shared.channels_second(output)
    for block in shared.geometry.blocks():
        shared.fold_product(transposed, head[block], images[block])
    if not written:
        assign(call, 0, output)
