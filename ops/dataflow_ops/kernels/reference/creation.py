"""Reference kernels of arrays from nothing."""

from __future__ import annotations

from functools import partial

from dataflow_ops.creation import arange_bounds
from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Invocation, Request, Thunk, binder, kernel


def bind_fill(value: float, call: Invocation) -> Thunk | None:
    """Bind filling output 0 with a value, or adding the value to it."""
    request, output = call.requests[0], call.outputs[0]
    if request is Request.NULL or (request is Request.ADD and value == 0):
        return None
    filling = constant(call.xp, value, output.dtype)
    if request is Request.WRITE:
        return partial(output.fill, filling)
    return partial(call.xp.add, output, filling, output)


binder("reference", "_zeros", "zeros_like", "_backward_zeros")(partial(bind_fill, 0))
binder("reference", "_ones", "ones_like")(partial(bind_fill, 1))


@binder("reference", "_full")
def full(call: Invocation) -> Thunk | None:
    """Fill with the given value."""
    return bind_fill(call.attributes.value, call)


@kernel("reference", "_arange")
def arange(call: Invocation) -> None:
    """Count in steps; in float64, so that late values are exact in the others."""
    if not wanted(call, 0):
        return
    steps = call.xp.arange(call.outputs[0].size) // call.attributes.repeat
    assign(call, 0, arange_bounds(call.attributes)[0] + call.attributes.step * steps)


@kernel("reference", "_eye")
def eye(call: Invocation) -> None:
    """Put ones on a diagonal."""
    if wanted(call, 0):
        rows, columns = call.outputs[0].shape
        diagonal = call.attributes.k
        assign(call, 0, call.xp.eye(rows, columns, diagonal, call.outputs[0].dtype))
