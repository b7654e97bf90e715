"""Images that lie in memory with their channels last, and kernels that take them so.

Such an array is a view: its shape has the channels second as everywhere, its strides
tell how it lies. What computes element by element takes it like any other; another
kernel says in its table which of its arrays may be one. The rest is given contiguous
copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.fused import BROADCAST, ELEMENTWISE
from dataflow_ops.fused import NAME as FUSED
from dataflow_ops.images import Images
from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Kernel,
    Request,
    Specification,
    Thunk,
)
from dataflow_ops.shapes import size

# Operators of which every kernel goes element by element, or moves ranges of channels.
# With mixed orders they are right, but slow.
FOLLOWING = (
    ELEMENTWISE
    | BROADCAST
    | {FUSED, "Concat", "_backward_Concat", "SliceChannel", "_CrossDeviceCopy"}
    | {"LRN", "_backward_LRN"}
)
_AXES = (3, 4, 5)  # of images: batch, channels and what is in the image


def can_lie_last(array: Specification) -> bool:
    """Tell whether an array could be images in single precision."""
    return array.dtype == np.float32 and len(array.shape) in _AXES


def lies_last(array: Array) -> bool:
    """Tell by the strides whether an array's channels lie last in memory."""
    return (
        array.ndim in _AXES
        and not array.flags.c_contiguous
        and bool(as_it_lies(array).flags.c_contiguous)
    )


def as_it_lies(array: Array) -> Array:
    """View images with the channels as the last axis."""
    return np.moveaxis(array, 1, -1)


def channels_second(array: Array) -> Array:
    """View images whose last axis are the channels with these second."""
    return np.moveaxis(array, -1, 1)


def images_of(
    operator: str,
    kernel: Kernel,
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
) -> Images:
    """Return which arrays of a call may lie with the channels last."""
    if operator in FOLLOWING and _follows(attributes, inputs, outputs):
        given, made = (
            frozenset(i for i, x in enumerate(side) if can_lie_last(x))
            for side in (inputs, outputs)
        )
        return Images(given, made, follows=True)
    if kernel.images is None:
        return Images()
    return kernel.images(attributes, inputs, outputs)


def _follows(
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
) -> bool:
    """Tell whether images stay images: only the channels may be split or joined."""
    if attributes.get("squeeze_axis"):
        return False
    ranks = {len(array.shape) for array in (*inputs, *outputs)}
    return len(ranks) == 1


# Kernels that want contiguous arrays


def copy_bytes(
    images: Images, inputs: Sequence[Specification], outputs: Sequence[Specification]
) -> int:
    """Return the bytes of the copies that a call needs."""
    return sum(
        size(array.shape) * array.dtype.itemsize
        for side, taken in ((inputs, images.inputs), (outputs, images.outputs))
        for i, array in enumerate(side)
        if array.channels_last and i not in taken
    )


def bind_contiguous(
    kernel: Kernel, images: Images, call: Invocation, scratch: Array | None = None
) -> Thunk | None:
    """Bind a kernel, to copies of those arrays that it cannot take as they lie.

    Parameters
    ----------
    kernel : Kernel
        What to bind.
    images : Images
        What it takes with the channels last.
    call : Invocation
        With arrays that may lie so.
    scratch : array of bytes, optional
        Memory of the copies; they get their own if it is left out or does not suffice.
    """
    memory = _Memory(scratch)
    before: list[Thunk] = []
    after: list[Thunk] = []
    inputs = list(call.inputs)
    for i, array in enumerate(inputs):
        if i not in images.inputs and lies_last(array):
            inputs[i] = memory.like(array)
            before.append(partial(np.copyto, inputs[i], array))
    outputs = list(call.outputs)
    for i, array in enumerate(outputs):
        if array is None or i in images.outputs or not lies_last(array):
            continue
        outputs[i] = memory.like(array)
        if call.requests[i] is Request.ADD:
            before.append(partial(np.copyto, outputs[i], array))
        after.append(partial(np.copyto, array, outputs[i]))
    if not before and not after:
        return kernel.bind(call)
    run = kernel.bind(replace(call, inputs=tuple(inputs), outputs=tuple(outputs)))
    return bind_all((*before, run, *after)) if run is not None else None


class _Memory:
    """Hands out the parts of some bytes, then memory of its own."""

    def __init__(self, scratch: Array | None) -> None:
        self.rest = np.empty(0, np.uint8) if scratch is None else scratch

    def like(self, array: Array) -> Array:
        """Return a contiguous array of the same shape."""
        if self.rest.nbytes < array.nbytes:
            return np.empty(array.shape, array.dtype)
        part, self.rest = self.rest[: array.nbytes], self.rest[array.nbytes :]
        return part.view(array.dtype).reshape(array.shape)
