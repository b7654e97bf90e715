"""Reference kernels of resizing, which work on one axis after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder, kernel
from dataflow_ops.shapes import Shape

_AXES = (2, 3)


def _at(axis: int, part: Any) -> tuple[Any, ...]:
    return (*[slice(None)] * axis, part)


def _with_length(shape: Shape, axis: int, length: int) -> Shape:
    return (*shape[:axis], length, *shape[axis + 1 :])


def _assign(call: Invocation, result: Array) -> None:
    assign(call, 0, result.astype(call.outputs[0].dtype, copy=False))


# Means


def _windows(length: int, count: int) -> list[slice]:
    """Return the elements that each of `count` means is taken of."""
    return [
        slice(i * length // count, -(-(i + 1) * length // count)) for i in range(count)
    ]


@kernel("reference", "_contrib_AdaptiveAvgPooling2D")
def adaptive_mean(call: Invocation) -> None:
    """Take means of rows, then of columns."""
    if not wanted(call, 0):
        return
    array = call.inputs[0]
    dtype = wide(array.dtype)
    for axis in _AXES:
        windows = _windows(array.shape[axis], call.outputs[0].shape[axis])
        means = call.xp.empty(_with_length(array.shape, axis, len(windows)), dtype)
        for i, window in enumerate(windows):
            means[_at(axis, i)] = array[_at(axis, window)].mean(axis=axis, dtype=dtype)
        array = means
    _assign(call, array)


@kernel("reference", "_backward_contrib_AdaptiveAvgPooling2D")
def adaptive_mean_backward(call: Invocation) -> None:
    """Give each element its share of the means that it is in."""
    if not wanted(call, 0):
        return
    head, shape = call.inputs[0], call.outputs[0].shape
    dtype = wide(head.dtype)
    for axis in reversed(_AXES):
        windows = _windows(shape[axis], head.shape[axis])
        spread = call.xp.zeros(_with_length(head.shape, axis, shape[axis]), dtype)
        for i, window in enumerate(windows):
            share = head[_at(axis, slice(i, i + 1))] / (window.stop - window.start)
            spread[_at(axis, window)] += share
        head = spread
    _assign(call, head)


# Interpolation


class _Samples(NamedTuple):
    """What each element of the output takes along one axis."""

    low: Array  # one neighbour, and what it is multiplied with
    low_weight: Array
    high: Array  # the other one
    high_weight: Array


def _samples(length: int, count: int, align_corners: bool) -> _Samples:
    places: Array = np.arange(count)
    if align_corners:
        places = places * ((length - 1) / max(count - 1, 1))
    else:
        places = np.maximum((places + 0.5) * (length / count) - 0.5, 0)
    low = np.minimum(places.astype(np.int64), length - 1)
    weight = places - low
    return _Samples(low, 1 - weight, np.minimum(low + 1, length - 1), weight)


def _steps(call: Invocation, data: Shape, output: Shape) -> list[tuple[int, _Samples]]:
    """Return the axes that change, each with its samples."""
    align = call.attributes.align_corners
    return [
        (axis, _samples(data[axis], output[axis], align))
        for axis in _AXES
        if data[axis] != output[axis]
    ]


def _along(xp: Any, weights: Array, axis: int, dtype: Any) -> Array:
    return xp.asarray(weights, dtype).reshape(-1, *[1] * (3 - axis))


@binder("reference", "_contrib_BilinearResize2D")
def interpolate(call: Invocation) -> Thunk | None:
    """Bind interpolating between rows, then between columns."""
    if not wanted(call, 0):
        return None
    data = call.inputs[0]
    dtype = wide(data.dtype)
    steps = [
        _interpolation(call.xp, axis, samples, dtype)
        for axis, samples in _steps(call, data.shape, call.outputs[0].shape)
    ]
    return partial(_apply, call, steps)


def _apply(call: Invocation, steps: list[Callable[[Array], Array]]) -> None:
    array = call.inputs[0]
    for step in steps:
        array = step(array)
    _assign(call, array)


def _interpolation(
    xp: Any, axis: int, samples: _Samples, dtype: Any
) -> Callable[[Array], Array]:
    low, high = xp.asarray(samples.low), xp.asarray(samples.high)
    low_weight = _along(xp, samples.low_weight, axis, dtype)
    high_weight = _along(xp, samples.high_weight, axis, dtype)

    def run(array: Array) -> Array:
        result = array.take(low, axis=axis) * low_weight
        result += array.take(high, axis=axis) * high_weight
        return result

    return run


@binder("reference", "_backward_contrib_BilinearResize2D")
def interpolate_backward(call: Invocation) -> Thunk | None:
    """Bind adding up what columns, then rows, have given."""
    if not wanted(call, 0):
        return None
    head, shape = call.inputs[0], call.outputs[0].shape
    dtype = wide(head.dtype)
    steps = [
        _spreading(call.xp, axis, samples, shape[axis], dtype)
        for axis, samples in reversed(_steps(call, shape, head.shape))
    ]
    return partial(_apply, call, steps)


def _spreading(
    xp: Any, axis: int, samples: _Samples, length: int, dtype: Any
) -> Callable[[Array], Array]:
    rounds = []
    for targets, weights in (samples[:2], samples[2:]):
        for chosen in _rounds(targets):
            weight = _along(xp, weights[chosen], 0, dtype)
            rounds.append((xp.asarray(targets[chosen]), xp.asarray(chosen), weight))

    def run(head: Array) -> Array:
        rows = xp.ascontiguousarray(xp.moveaxis(head, axis, 0))
        result = xp.zeros((length, *rows.shape[1:]), dtype)
        for targets, chosen, weight in rounds:
            result[targets] += rows[chosen] * weight
        return xp.moveaxis(result, 0, axis)

    return run


def _rounds(targets: Array) -> list[Array]:
    """Divide positions into groups in which no target occurs twice.

    Adding to indices that repeat would lose all but one of the additions.
    """
    occurrence = np.arange(len(targets)) - np.searchsorted(targets, targets)
    return [np.flatnonzero(occurrence == n) for n in range(occurrence.max() + 1)]
