"""Reference kernels of running sums; half precision is added up in single."""

from __future__ import annotations

from functools import partial

from dataflow_ops.dtypes import FLOAT32, DType
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import (
    Invocation,
    Request,
    Thunk,
    binder,
    kernel,
)


def _sum_type(dtype: DType) -> DType:
    return FLOAT32 if dtype.kind == "f" and dtype.itemsize == 2 else dtype


@binder("reference", "_np_cumsum")
def cumsum(call: Invocation) -> Thunk | None:
    """Add up from the front, straight into the output where that can be."""
    if not wanted(call, 0):
        return None
    output = call.outputs[0]
    dtype = _sum_type(output.dtype)
    add = partial(call.inputs[0].cumsum, axis=call.attributes.axis, dtype=dtype)
    if call.requests[0] is Request.WRITE and dtype == output.dtype:
        return partial(add, out=output)
    return lambda: assign(call, 0, add().astype(output.dtype, copy=False))


@kernel("reference", "_backward_np_cumsum")
def cumsum_backward(call: Invocation) -> None:
    """Add up from the back."""
    if not wanted(call, 0):
        return
    (head,), axis, xp = call.inputs, call.attributes.axis or 0, call.xp
    total = xp.flip(head, axis).cumsum(axis=axis, dtype=_sum_type(head.dtype))
    assign(call, 0, xp.flip(total, axis).reshape(call.outputs[0].shape))
