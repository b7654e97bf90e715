"""Reference kernels of the first version of pooling, on images with their padding."""

from __future__ import annotations

import math
from functools import partial

from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.reference.pooling import reduce_windows, spread_windows
from dataflow_ops.kernels.reference.sliding import Pool
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder
from dataflow_ops.pooling_v1 import padded_axes
from dataflow_ops.shapes import Shape

_FIRST = 2  # position of the first spatial axis


class _Padded:
    """Images with their padding, in a type that holds sums."""

    def __init__(self, call: Invocation, shape: Shape) -> None:
        pad, axes = padded_axes(call.attributes, shape[_FIRST:])
        self.xp = call.xp
        self.pool = Pool(axes, _FIRST)
        self.shape = (*shape[:_FIRST], *(axis.length for axis in axes))
        lengths = zip(pad, shape[_FIRST:], strict=True)
        inside = [slice(start, start + length) for start, length in lengths]
        self.interior = (slice(None), slice(None), *inside)
        self.share = 1 / math.prod(axis.kernel for axis in axes)

    def zeros(self, like: Array) -> Array:
        """Return padded images of nothing."""
        return self.xp.zeros(self.shape, wide(like.dtype))

    def images(self, data: Array) -> Array:
        """Return the padded images."""
        padded = self.zeros(data)
        padded[self.interior] = data
        return padded


@binder("reference", "Pooling_v1")
def pooling(call: Invocation) -> Thunk | None:
    """Bind the pooling of all windows."""
    if not wanted(call, 0):
        return None
    return partial(_forward, call, _Padded(call, call.inputs[0].shape))


def _forward(call: Invocation, padded: _Padded) -> None:
    kind, xp = call.attributes.pool_type, call.xp
    stages = [padded.images(call.inputs[0])]
    for shape in padded.pool.stages(padded.shape)[1:]:
        stages.append(xp.empty(shape, stages[0].dtype))
    reduce_windows(xp, padded.pool, stages, maximum=kind == "max")
    result = stages[-1] * padded.share if kind == "avg" else stages[-1]
    assign(call, 0, result.astype(call.outputs[0].dtype, copy=False))


@binder("reference", "_backward_Pooling_v1")
def pooling_backward(call: Invocation) -> Thunk | None:
    """Bind the gradient by the data."""
    if not wanted(call, 0):
        return None
    return partial(_backward, call, _Padded(call, call.outputs[0].shape))


def _backward(call: Invocation, padded: _Padded) -> None:
    head = call.inputs[0]
    gradient = padded.zeros(head)
    if call.attributes.pool_type == "max":
        _, data, maxima = call.inputs
        images = padded.images(data)
        for windows, elements, _ in padded.pool.places():
            greatest = images[elements] == maxima[windows]
            gradient[elements] += head[windows] * greatest
    else:
        spread_windows(call.xp, padded.pool, head, gradient)
    if call.attributes.pool_type == "avg":
        gradient *= padded.share
    result = gradient[padded.interior]
    assign(call, 0, result.astype(head.dtype, copy=False))
