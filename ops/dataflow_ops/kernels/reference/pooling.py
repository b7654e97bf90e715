"""Reference kernels of pooling: one array call per place in the window.

Maxima and sums are taken along one axis after the other, which costs the sum of the
window's lengths and not their product.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.precision import wide, widened
from dataflow_ops.kernels.reference.sliding import Place, Pool, pool_of, shares
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import carve, scratch_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)
from dataflow_ops.shapes import Shape

_BLOCK_ELEMENTS = 1 << 18  # of images worked on at a time, for the cache's sake
Specifications = Sequence[Specification]


def _between(pool: Pool, shape: Shape) -> list[Shape]:
    """Shapes between those of images and result."""
    return [] if pool.is_global else pool.stages(shape)[1:-1]


def _workspace(
    attributes: Attributes, inputs: Specifications, outputs: Specifications
) -> int:
    data = inputs[0]
    shapes = _between(pool_of(attributes, data.shape), data.shape)
    return scratch_bytes(shapes, _precision(attributes, data.dtype))


def _precision(attributes: Attributes, dtype: DType) -> DType:
    """Return the type to compute in; sums of half precision need a wider one."""
    return dtype if attributes.pool_type == "max" else wide(dtype)


@binder("reference", "Pooling", workspace=_workspace)
def pooling(call: Invocation) -> Thunk | None:
    """Bind the pooling of all windows."""
    if not wanted(call, 0):
        return None
    data = call.inputs[0]
    pool = pool_of(call.attributes, data.shape)
    shapes = _between(pool, data.shape)
    dtype = _precision(call.attributes, data.dtype)
    between = carve(call.workspace, shapes, dtype) if shapes else []
    return partial(_forward, call, pool, between, _share(call, pool))


def _share(call: Invocation, pool: Pool) -> Any:
    if call.attributes.pool_type != "avg":
        return None
    count_padding = call.attributes.count_include_pad in (None, True)
    return shares(call.xp, pool, call.inputs[0], count_padding)


def _forward(call: Invocation, pool: Pool, between: list[Array], share: Any) -> None:
    data = call.inputs[0]
    data = data.astype(_precision(call.attributes, data.dtype), copy=False)
    run = partial(_pool, call, pool, [data, *between], share)
    _into_output(call, data.dtype, run)


def _pool(
    call: Invocation, pool: Pool, stages: list[Array], share: Any, output: Array
) -> None:
    xp, kind, power = call.xp, call.attributes.pool_type, call.attributes.p_value
    if kind == "lp":
        stages = [stages[0] ** power, *stages[1:]]
    reduce_windows(xp, pool, [*stages, output], maximum=kind == "max")
    if kind == "lp":
        _take_root(xp, output, power)
    if share is not None:
        xp.multiply(output, share, output)


def _take_root(xp: Any, array: Array, power: int) -> None:
    """Take roots in place; those of odd powers keep the sign."""
    if power % 2:
        xp.copysign(xp.abs(array) ** (1 / power), array, out=array)
    else:
        xp.power(array, 1 / power, array)


def _into_output(call: Invocation, dtype: DType, run: Any) -> None:
    """Let `run` write the output, or an array of the type that replaces or joins it."""
    output = call.outputs[0]
    if call.requests[0] is Request.WRITE and output.dtype == dtype:
        run(output)
        return
    result = call.xp.empty(output.shape, dtype)
    run(result)
    assign(call, 0, result.astype(output.dtype, copy=False))


def reduce_windows(
    xp: Any, pool: Pool, stages: Sequence[Array], *, maximum: bool
) -> None:
    """Take the maxima or the sums of all windows, from the first to the last stage."""
    if pool.is_global:
        reduce = xp.max if maximum else xp.sum
        reduce(stages[0], axis=pool.positions, keepdims=True, out=stages[-1])
        return
    combine, neutral = (xp.maximum, -xp.inf) if maximum else (xp.add, 0)
    for number, source in enumerate(stages[:-1]):
        places = pool.places_along(number)
        _reduce_axis(combine, neutral, places, source, stages[number + 1])


def _reduce_axis(
    combine: Any, neutral: float, places: list[Place], source: Array, target: Array
) -> None:
    whole = [place for place in places if place.is_whole]
    rest = [place for place in places if not place.is_whole]
    if len(whole) >= 2:
        first, second = source[whole[0].elements], source[whole[1].elements]
        combine(first, second, out=target)
    elif whole:
        target[...] = source[whole[0].elements]
    else:
        target[...] = neutral
    for place in (*whole[2:], *rest):
        part = target[place.windows]
        combine(part, source[place.elements], out=part)


# Gradients


@binder("reference", "_backward_Pooling")
def pooling_backward(call: Invocation) -> Thunk | None:
    """Bind the gradient by the data."""
    if not wanted(call, 0):
        return None
    pool = pool_of(call.attributes, call.outputs[0].shape)
    if call.attributes.pool_type != "max":
        run = partial(_sum_backward, call, pool, _share(call, pool))
    elif pool.is_global:
        run = partial(_global_maximum_backward, call, pool)
    else:
        run = partial(_maximum_backward, call, pool)
    dtype = _precision(call.attributes, call.outputs[0].dtype)
    return partial(_into_output, call, dtype, run)


def _maximum_backward(call: Invocation, pool: Pool, gradient: Array) -> None:
    images = max(1, _BLOCK_ELEMENTS * len(gradient) // max(1, gradient.size))
    for start in range(0, len(gradient), images):
        block = [x[start : start + images] for x in (*call.inputs, gradient)]
        _first_maxima(call.xp, pool, *block)


def _first_maxima(
    xp: Any, pool: Pool, head: Array, data: Array, maxima: Array, out: Array
) -> None:
    """Give each window's gradient to the first of its elements that is the maximum."""
    out[...] = 0
    unclaimed = xp.ones(maxima.shape, bool)
    for windows, elements, _ in pool.places():
        first = data[elements] == maxima[windows]
        first &= unclaimed[windows]
        unclaimed[windows] ^= first
        if pool.is_disjoint:
            xp.multiply(head[windows], first, out[elements])
        else:
            out[elements] += head[windows] * first


def _global_maximum_backward(call: Invocation, pool: Pool, gradient: Array) -> None:
    head, data, _ = call.inputs
    gradient[...] = 0
    if not data.size:
        return
    last = pool.first == 1
    images = data.reshape(
        (len(data), -1, data.shape[-1]) if last else (*data.shape[:2], -1)
    )
    place = images.argmax(axis=pool.first, keepdims=True)
    call.xp.put_along_axis(
        gradient.reshape(images.shape), place, head.reshape(place.shape), pool.first
    )


def _sum_backward(call: Invocation, pool: Pool, share: Any, gradient: Array) -> None:
    head, power = call.inputs[0], call.attributes.p_value
    if share is not None:
        head = head * share
    if call.attributes.pool_type == "lp":
        head = _norm_slope(call)
    spread_windows(call.xp, pool, head, gradient)
    if call.attributes.pool_type == "lp":
        gradient *= widened(call.inputs[1]) ** (power - 1)


def _norm_slope(call: Invocation) -> Array:
    """Return head / norm^(p - 1), zero where the norm is."""
    head, _, norm = call.inputs
    power = widened(norm) ** (call.attributes.p_value - 1)
    power[power == 0] = call.xp.inf
    return head / power


def spread_windows(xp: Any, pool: Pool, head: Array, gradient: Array) -> None:
    """Give every element the sum of what its windows have."""
    if pool.is_global:
        gradient[...] = head
        return
    shapes = pool.stages(gradient.shape)
    source = head
    for number in reversed(range(len(pool.axes))):
        target = gradient if number == 0 else xp.empty(shapes[number], gradient.dtype)
        target[...] = 0
        for windows, elements, _ in pool.places_along(number):
            target[elements] += source[windows]
        source = target
