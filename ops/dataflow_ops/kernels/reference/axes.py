"""Reference kernels that change the order of elements: one copy."""

from __future__ import annotations

from dataflow_ops.axes import permutation, swapped
from dataflow_ops.kernels.requests import bind_copy
from dataflow_ops.kernels.table import Invocation, Thunk, binder


@binder("reference", "transpose")
def transpose(call: Invocation) -> Thunk | None:
    """Copy with axes in another order."""
    data = call.inputs[0]
    return bind_copy(call, data.transpose(permutation(call.attributes.axes, data.ndim)))


@binder("reference", "SwapAxis")
def swap_axes(call: Invocation) -> Thunk | None:
    """Copy with two axes exchanged."""
    data = call.inputs[0]
    return bind_copy(call, data.transpose(swapped(call.attributes, data.ndim)))


@binder("reference", "reverse")
def reverse(call: Invocation) -> Thunk | None:
    """Copy with axes run through backwards."""
    data = call.inputs[0]
    backwards = {axis % data.ndim for axis in call.attributes.axis}
    steps = [slice(None, None, -1 if i in backwards else 1) for i in range(data.ndim)]
    return bind_copy(call, data[tuple(steps)])
