"""Reference kernels that change shapes: one copy, or none."""

from __future__ import annotations

from dataflow_ops.kernels.requests import bind_copy, viewing
from dataflow_ops.kernels.table import Invocation, Thunk, binder


@binder(
    "reference",
    "Reshape",
    "reshape_like",
    "Flatten",
    "expand_dims",
    "squeeze",
    "cast_storage",
    "_backward_Reshape",
)
@viewing
def reshape(call: Invocation) -> Thunk | None:
    """Copy the elements in order, unless the output is the input's memory."""
    if call.outputs[0] is None:
        return None
    return bind_copy(call, call.inputs[0].reshape(call.outputs[0].shape))
