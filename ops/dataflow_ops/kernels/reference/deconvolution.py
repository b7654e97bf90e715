"""Reference kernels of deconvolution: those of convolution, the other way round.

Its output takes the place of the data of a convolution, its data that of the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dataflow_ops.attributes import Attributes
from dataflow_ops.deconvolution import transposed_windows
from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.reference.convolution import (
    bias_gradient,
    weight_gradient,
    write_folded,
    write_products,
)
from dataflow_ops.kernels.reference.patches import Columns, Geometry, geometry_of
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import scratch_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Specification,
    Thunk,
    binder,
)
from dataflow_ops.shapes import Shape, size
from dataflow_ops.windows import Images, read, write


def _geometry(attributes: Attributes, shape: Shape, dtype: DType) -> Geometry:
    """Return the numbers of the convolution whose output is data of this shape."""
    layout, filters = attributes.layout, attributes.num_filter
    data = read("data", shape, len(attributes.kernel), layout)
    windows, lengths = transposed_windows(attributes, data.spatial)
    images = write(Images(data.batch, filters, lengths), layout)
    return geometry_of(
        windows, images, dtype, groups=attributes.num_group, layout=layout
    )


def deconvolution_workspace(
    position: int,
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
) -> int:
    """Return the bytes of scratch; data is the input of this position."""
    data = inputs[position]
    geometry = _geometry(attributes, data.shape, data.dtype)
    return scratch_bytes(geometry.scratch(), data.dtype)


def _columns(call: Invocation, data: Array) -> Columns:
    geometry = _geometry(call.attributes, data.shape, data.dtype)
    return Columns(call.xp, geometry, call.workspace, data.dtype)


@binder("reference", "Deconvolution", workspace=partial(deconvolution_workspace, 0))
def deconvolution(call: Invocation) -> Thunk | None:
    """Bind the folded columns weight . data, and the bias."""
    if not wanted(call, 0):
        return None
    return partial(_forward, call, _columns(call, call.inputs[0]))


def _forward(call: Invocation, shared: Columns) -> None:
    write_folded(call, shared, shared.results(call.inputs[0]), call.inputs[1])
    if not call.attributes.no_bias:
        images = shared.channels_second(call.outputs[0])
        images += call.inputs[2].reshape(-1, *[1] * (images.ndim - 2))


@binder(
    "reference",
    "_backward_Deconvolution",
    workspace=partial(deconvolution_workspace, 1),
)
def deconvolution_backward(call: Invocation) -> Thunk | None:
    """Bind the gradients by data, weight and bias, those that are wanted."""
    return partial(_backward, call, _columns(call, call.inputs[1]))


def _backward(call: Invocation, shared: Columns) -> None:
    out_grad, data, weight = call.inputs
    if wanted(call, 0):
        write_products(call, shared, out_grad, weight)
    if wanted(call, 1):
        head = shared.results(data)
        assign(call, 1, weight_gradient(shared, head, out_grad, weight.shape))
    if not call.attributes.no_bias and wanted(call, 2):
        images = shared.channels_second(out_grad)
        rows = images.reshape(*images.shape[:2], size(images.shape[2:]))
        assign(call, 2, bias_gradient(call.xp, rows))
