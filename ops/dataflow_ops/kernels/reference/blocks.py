"""Reference kernels between channels and blocks: one copy between views."""

from __future__ import annotations

from dataflow_ops.kernels.requests import bind_move, viewing
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder


def _wide(array: Array, block: int) -> Array:
    """View an image with (batch, channel, block, row in it, block, column in it)."""
    batch, channels, height, width = array.shape
    return array.reshape(batch, channels, height // block, block, width // block, block)


def _deep(array: Array, block: int) -> Array:
    """View a deep image likewise."""
    batch, channels, height, width = array.shape
    split = array.reshape(batch, block, block, channels // block**2, height, width)
    return split.transpose(0, 3, 4, 1, 5, 2)


@binder("reference", "depth_to_space")
@viewing
def depth_to_space(call: Invocation) -> Thunk | None:
    """Copy channels to their places in blocks."""
    if call.requests[0] is Request.NULL:
        return None
    block = call.attributes.block_size
    target, source = _wide(call.outputs[0], block), _deep(call.inputs[0], block)
    return bind_move(call.xp, call.requests[0], target, source)


@binder("reference", "space_to_depth")
@viewing
def space_to_depth(call: Invocation) -> Thunk | None:
    """Copy places in blocks to their channels."""
    if call.requests[0] is Request.NULL:
        return None
    block = call.attributes.block_size
    target, source = _deep(call.outputs[0], block), _wide(call.inputs[0], block)
    return bind_move(call.xp, call.requests[0], target, source)
