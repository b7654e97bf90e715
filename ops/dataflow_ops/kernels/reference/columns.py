"""Reference kernels of windows as columns: copies, and sums where windows overlap."""

from __future__ import annotations

from functools import partial

from dataflow_ops.kernels.reference.patches import Patches, geometry_of
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder
from dataflow_ops.windows import windows_of


def _patches(call: Invocation, images: Array) -> Patches:
    windows = windows_of(call.attributes)
    geometry = geometry_of(windows, images.shape, images.dtype)
    padded = None
    if geometry.is_padded:  # one block of images, no larger than a cache
        padded = call.xp.empty(geometry.padded, images.dtype)
    return Patches(call.xp, geometry, padded)


@binder("reference", "im2col")
def unfold(call: Invocation) -> Thunk | None:
    """Bind copying the windows of every block of images."""
    return partial(_unfold, call) if wanted(call, 0) else None


def _unfold(call: Invocation) -> None:
    images, output = call.inputs[0], call.outputs[0]
    patches = _patches(call, images)
    columns = output.reshape(len(images), *patches.geometry.columns[1:])
    for block in patches.geometry.blocks():
        windows = patches.view(images[block])
        if call.requests[0] is Request.WRITE:
            columns[block] = windows
        else:
            columns[block] += windows


@binder("reference", "col2im", "_backward_im2col")
def fold(call: Invocation) -> Thunk | None:
    """Bind adding up the columns of every block of images."""
    return partial(_fold, call) if wanted(call, 0) else None


def _fold(call: Invocation) -> None:
    written = call.requests[0] is Request.WRITE
    images = call.outputs[0] if written else call.xp.empty_like(call.outputs[0])
    patches = _patches(call, images)
    columns = call.inputs[0].reshape(len(images), *patches.geometry.columns[1:])
    for block in patches.geometry.blocks():
        patches.fold(columns[block], images[block])
    if not written:
        assign(call, 0, images)
