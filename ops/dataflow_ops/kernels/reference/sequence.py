"""Reference kernels of sequences of several lengths."""

from __future__ import annotations

from typing import Any

from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


def _steps_first(call: Invocation, array: Array) -> Array:
    """View an array with the axis of steps first and that of the batch second."""
    return array.swapaxes(0, call.attributes.axis)


def _lengths(call: Invocation, steps: int, batch: int) -> Array:
    """Return the steps of each sequence, from 0 to all; fractions are dropped."""
    if not call.attributes.use_sequence_length:
        return call.xp.full(batch, steps)
    return call.inputs[1].astype(call.xp.int64).clip(0, steps)


@kernel("reference", "SequenceMask")
def sequence_mask(call: Invocation) -> None:
    """Copy data and overwrite what is after the end; both may be the same memory."""
    if not wanted(call, 0):
        return
    xp, data = call.xp, call.inputs[0]
    written = call.requests[0] is Request.WRITE
    output = call.outputs[0] if written else xp.empty_like(data)
    xp.copyto(output, data)
    if call.attributes.use_sequence_length:
        shown = _steps_first(call, output)
        ended = xp.arange(len(shown))[:, None] >= _lengths(call, *shown.shape[:2])
        ended = ended.reshape(ended.shape + (1,) * (shown.ndim - 2))
        value = constant(xp, call.attributes.value, data.dtype)
        xp.copyto(shown, value, where=ended)
    if not written:
        assign(call, 0, output)


@kernel("reference", "SequenceReverse")
def sequence_reverse(call: Invocation) -> None:
    """Copy each step from where it stands in the input."""
    if not wanted(call, 0):
        return
    xp, data = call.xp, _steps_first(call, call.inputs[0])
    steps, batch = data.shape[:2]
    lengths, here = _lengths(call, steps, batch), xp.arange(steps)[:, None]
    source = xp.where(here < lengths, lengths - 1 - here, here)
    assign(call, 0, _steps_first(call, data[source, xp.arange(batch)]))


def _last(call: Invocation, array: Array) -> tuple[Any, Any]:
    """Index the last step of each sequence."""
    steps, batch = array.shape[:2]
    lengths = _lengths(call, steps, batch)
    return lengths.clip(1, None) - 1, call.xp.arange(batch)


@kernel("reference", "SequenceLast")
def sequence_last(call: Invocation) -> None:
    """Copy the last step of each sequence."""
    if wanted(call, 0):
        data = _steps_first(call, call.inputs[0])
        assign(call, 0, data[_last(call, data)])


@kernel("reference", "_backward_SequenceLast")
def sequence_last_backward(call: Invocation) -> None:
    """Put the gradient where the last steps are."""
    if not wanted(call, 0):
        return
    gradient = _steps_first(call, call.outputs[0])
    if call.requests[0] is Request.WRITE:
        gradient[...] = 0
    gradient[_last(call, gradient)] += call.inputs[0]
