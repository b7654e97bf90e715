"""Reference kernels of arrays that follow from shapes."""

from __future__ import annotations

from dataflow_ops.kernels.reference.creation import put_range
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Invocation, kernel
from dataflow_ops.shape_values import index_axes


@kernel("reference", "shape_array")
def shape_array(call: Invocation) -> None:
    """Put the lengths."""
    if wanted(call, 0):
        assign(call, 0, call.xp.asarray(call.inputs[0].shape, "int64"))


@kernel("reference", "size_array")
def size_array(call: Invocation) -> None:
    """Put the number of elements."""
    assign(call, 0, call.inputs[0].size)


@kernel("reference", "_contrib_arange_like")
def arange_like(call: Invocation) -> None:
    """Count in steps."""
    put_range(call, call.attributes.start)


@kernel("reference", "_contrib_index_array")
def index_array(call: Invocation) -> None:
    """Put the places along one axis after the other."""
    if not wanted(call, 0):
        return
    output = call.outputs[0]
    result = call.xp.empty(output.shape, output.dtype)
    shape = call.inputs[0].shape
    for number, axis in enumerate(index_axes(call.attributes, len(shape))):
        after = (1,) * (len(shape) - axis - 1)
        result[..., number] = call.xp.arange(shape[axis]).reshape(-1, *after)
    assign(call, 0, result)
