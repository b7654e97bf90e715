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


binder("reference", "_zeros", "_zeros_without_dtype", "zeros_like", "_backward_zeros")(
    partial(bind_fill, 0)
)
binder("reference", "_ones", "ones_like")(partial(bind_fill, 1))


@binder("reference", "_full")
def full(call: Invocation) -> Thunk | None:
    """Fill with the given value."""
    return bind_fill(call.attributes.value, call)


def put_range(call: Invocation, start: float) -> None:
    """Count in steps; in float64, so that late values are exact in the others."""
    if wanted(call, 0):
        output, settings = call.outputs[0], call.attributes
        steps = call.xp.arange(output.size) // settings.repeat
        assign(call, 0, (start + settings.step * steps).reshape(output.shape))


@kernel("reference", "_arange")
def arange(call: Invocation) -> None:
    """Count in steps."""
    put_range(call, arange_bounds(call.attributes)[0])


@kernel("reference", "_linspace")
def linspace(call: Invocation) -> None:
    """Divide the way from start to stop, in float64."""
    if wanted(call, 0):
        start, stop = call.attributes.start, call.attributes.stop
        count, endpoint = call.attributes.num, call.attributes.endpoint
        assign(call, 0, call.xp.linspace(start, stop, count, endpoint=endpoint))


@kernel("reference", "_eye")
def eye(call: Invocation) -> None:
    """Put ones on a diagonal."""
    if wanted(call, 0):
        rows, columns = call.outputs[0].shape
        diagonal = call.attributes.k
        assign(call, 0, call.xp.eye(rows, columns, diagonal, call.outputs[0].dtype))
