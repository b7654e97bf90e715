"""Reference kernels that replace elements or rows at indices."""

from __future__ import annotations

from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


def _at(call: Invocation, index: Array, length: int) -> Array:
    """Tell for each place of each row whether it is the one at the row's index."""
    return index.astype("int64")[:, None] == call.xp.arange(length)


@kernel("reference", "fill_element_0index")
def fill_elements(call: Invocation) -> None:
    """Copy the first input and put one number into each row."""
    if not wanted(call, 0):
        return
    lhs, mhs, rhs = call.inputs
    places = _at(call, rhs, lhs.shape[1])
    if call.requests[0] is Request.ADD:
        assign(call, 0, call.xp.where(places, mhs[:, None], lhs))
    else:
        call.xp.copyto(call.outputs[0], lhs)
        call.xp.copyto(call.outputs[0], mhs[:, None], where=places)


@kernel("reference", "_backward_fill_element_0index")
def fill_elements_backward(call: Invocation) -> None:
    """Let the gradient through to what each element came from."""
    out_grad, rhs = call.inputs
    places = _at(call, rhs, out_grad.shape[1])
    zero = constant(call.xp, 0, out_grad.dtype)
    if wanted(call, 0):
        assign(call, 0, call.xp.where(places, zero, out_grad))
    if wanted(call, 1):  # of each row's one place, if it has one
        assign(call, 1, call.xp.where(places, out_grad, zero).sum(axis=1))


@kernel("reference", "_onehot_encode")
def encode(call: Invocation) -> None:
    """Put ones at the indices."""
    if wanted(call, 0):
        assign(call, 0, _at(call, call.inputs[0], call.outputs[0].shape[1]))


@kernel("reference", "_contrib_index_copy")
def index_copy(call: Invocation) -> None:
    """Copy the old rows, then put the new ones."""
    old, index, new = call.inputs
    if not wanted(call, 0):
        return
    target = old.copy() if call.requests[0] is Request.ADD else call.outputs[0]
    call.xp.copyto(target, old)
    target[index.astype("int64")] = new
    if target is not call.outputs[0]:
        assign(call, 0, target)
