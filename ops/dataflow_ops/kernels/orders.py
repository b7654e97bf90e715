"""Arrays that do not lie in order without gaps, and kernels that take them so.

Images may have their channels last in memory, and an array may be a *part* of a larger
one, with gaps between its elements. Such an array is a view: its shape is the usual
one, its strides tell how it lies. What computes element by element takes it like any
other; another kernel says in its table which of its arrays may be one. The rest is
given contiguous copies.
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
# Those whose kernels go by strides alone, so that parts of arrays are as good. Compiled
# loops are right, but do not use vectors where rows have gaps between them.
PARTING = (FOLLOWING - {FUSED, "LRN", "_backward_LRN"}) | {
    *("stack", "_split_v2", "slice", "slice_axis"),
}
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


def is_part(array: Array) -> bool:
    """Tell by the strides whether there are gaps between an array's elements."""
    return not array.flags.c_contiguous and not lies_last(array)


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
    """Return which arrays of a call may lie with the channels last, or be parts."""
    found = _images_of(operator, kernel, attributes, inputs, outputs)
    if operator not in PARTING or kernel.images is not None:
        return found
    read, written = (frozenset(range(len(side))) for side in (inputs, outputs))
    return found._replace(apart_inputs=read, apart_outputs=written)


def _images_of(
    operator: str,
    kernel: Kernel,
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
) -> Images:
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
        for side, last, apart in (
            (inputs, images.inputs, images.apart_inputs),
            (outputs, images.outputs, images.apart_outputs),
        )
        for i, array in enumerate(side)
        if (array.channels_last and i not in last) or (array.is_part and i not in apart)
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
        What it takes with the channels last, and as parts.
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
        last, apart = i in images.inputs, i in images.apart_inputs
        if not _is_taken(array, last, apart):
            inputs[i] = memory.like(array, last)
            before.append(partial(np.copyto, inputs[i], array))
    outputs = list(call.outputs)
    for i, array in enumerate(outputs):
        last, apart = i in images.outputs, i in images.apart_outputs
        if array is None or _is_taken(array, last, apart):
            continue
        outputs[i] = memory.like(array, last)
        if call.requests[i] is Request.ADD:
            before.append(partial(np.copyto, outputs[i], array))
        after.append(partial(np.copyto, array, outputs[i]))
    if not before and not after:
        return kernel.bind(call)
    run = kernel.bind(replace(call, inputs=tuple(inputs), outputs=tuple(outputs)))
    return bind_all((*before, run, *after)) if run is not None else None


def _is_taken(array: Array, last: bool, apart: bool) -> bool:
    """Tell whether a kernel can take an array as it lies."""
    if array.flags.c_contiguous:
        return True
    return (last or not is_last(array)) and (apart or lies_last(array))


def is_last(array: Array) -> bool:
    """Tell whether an array's channels lie last, in a part of a larger one, too."""
    if array.ndim not in _AXES:
        return False
    steps = zip(array.shape[2:], array.strides[2:], strict=True)
    inside = [abs(stride) for length, stride in steps if length > 1]
    return bool(array.shape[1] > 1 and inside and abs(array.strides[1]) < min(inside))


class _Memory:
    """Hands out the parts of some bytes, then memory of its own."""

    def __init__(self, scratch: Array | None) -> None:
        self.rest = np.empty(0, np.uint8) if scratch is None else scratch

    def like(self, array: Array, last: bool = False) -> Array:
        """Return an array of the same shape, without gaps.

        If the channels of images may lie last, they do so where they did.
        """
        if last and is_last(array):
            return channels_second(self._like(as_it_lies(array)))
        return self._like(array)

    def _like(self, array: Array) -> Array:
        if self.rest.nbytes < array.nbytes:
            return np.empty(array.shape, array.dtype)
        part, self.rest = self.rest[: array.nbytes], self.rest[array.nbytes :]
        return part.view(array.dtype).reshape(array.shape)
