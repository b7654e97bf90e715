"""Reference kernels of boxes."""

from __future__ import annotations

from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.reference.spatial import wide
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel
from dataflow_ops.shapes import size

# Proposing


def _halves(attributes: Attributes, height: int, width: int) -> list[list[float]]:
    """Return half of the width and height of every kind of box."""
    first_size, first_ratio = attributes.sizes[0], attributes.ratios[0]
    kinds = [(length, first_ratio) for length in attributes.sizes]
    kinds += [(first_size, ratio) for ratio in attributes.ratios[1:]]
    return [
        [length * height / width * ratio**0.5 / 2, length / ratio**0.5 / 2]
        for length, ratio in kinds
    ]


@kernel("reference", "_contrib_MultiBoxPrior")
def multi_box_prior(call: Invocation) -> None:
    """Lay all kinds of boxes around all pixels."""
    if not wanted(call, 0):
        return
    xp, settings, output = call.xp, call.attributes, call.outputs[0]
    height, width = call.inputs[0].shape[2:]
    halves = xp.array(_halves(settings, height, width or 1))
    step_y, step_x = settings.steps
    if step_y <= 0:
        step_y, step_x = 1 / max(height, 1), 1 / max(width, 1)
    centres = xp.empty((height, width, 1, 2))
    centres[..., 0] = ((xp.arange(width) + settings.offsets[1]) * step_x)[:, None]
    centres[..., 1] = ((xp.arange(height) + settings.offsets[0]) * step_y)[
        :, None, None
    ]
    boxes = xp.concatenate([centres - halves, centres + halves], axis=-1)
    if settings.clip:
        boxes = boxes.clip(0, 1)
    assign(call, 0, boxes.reshape(output.shape))


# Comparing


def _to_corners(xp: Any, boxes: Array, coding: str) -> Array:
    if coding == "corner":
        return boxes
    half = boxes[..., 2:] / 2
    return xp.concatenate([boxes[..., :2] - half, boxes[..., :2] + half], axis=-1)


def _to_centres(xp: Any, corners: Array) -> Array:
    low, high = corners[..., :2], corners[..., 2:]
    return xp.concatenate([(low + high) / 2, high - low], axis=-1)


def _area(xp: Any, low: Array, high: Array) -> Array:
    """Return areas; a box that is turned inside out has none."""
    return xp.maximum(high - low, 0).prod(axis=-1)


def _overlap(xp: Any, first: Array, second: Array) -> Array:
    """Return intersection over union of boxes given by their corners."""
    low = xp.maximum(first[..., :2], second[..., :2])
    high = xp.minimum(first[..., 2:], second[..., 2:])
    shared = _area(xp, low, high)
    both = _area(xp, first[..., :2], first[..., 2:]) + _area(
        xp, second[..., :2], second[..., 2:]
    )
    return xp.where(shared > 0, shared / (both - shared), 0)


@kernel("reference", "_contrib_box_iou")
def box_iou(call: Invocation) -> None:
    """Compare all boxes of two arrays."""
    if not wanted(call, 0):
        return
    xp, coding = call.xp, call.attributes.format
    lhs, rhs = (
        _to_corners(xp, wide(xp, x).reshape(size(x.shape[:-1]), 4), coding)
        for x in call.inputs
    )
    overlaps = _overlap(xp, lhs[:, None], rhs)
    assign(call, 0, overlaps.reshape(call.outputs[0].shape))


# Choosing


class _Ranked(NamedTuple):
    """Batches of boxes by falling score: arrays of (batch, boxes, ...)."""

    order: Array  # number of each box in the data
    corners: Array
    classes: Array | None  # where boxes of different classes are not compared
    alive: Array  # whether it can be chosen


def _classes(xp: Any, attributes: Attributes, data: Array) -> Array:
    """Return the classes of boxes; fractions are dropped."""
    return data[..., attributes.id_index].astype(xp.int64)


def _rank(xp: Any, attributes: Attributes, data: Array) -> _Ranked:
    score = data[..., attributes.score_index]
    valid = score > attributes.valid_thresh
    has_class = attributes.id_index >= 0
    if has_class and attributes.background_id >= 0:
        valid &= _classes(xp, attributes, data) != attributes.background_id
    order = xp.where(valid, -score, xp.inf).argsort(axis=1, kind="stable")
    ranked = xp.take_along_axis(data, order[..., None], axis=1)
    alive = xp.take_along_axis(valid, order, axis=1)
    if attributes.topk > 0:
        alive[:, attributes.topk :] = False
    start = attributes.coord_start
    corners = _to_corners(xp, ranked[..., start : start + 4], attributes.in_format)
    compares_all = attributes.force_suppress or not has_class
    classes = None if compares_all else _classes(xp, attributes, ranked)
    return _Ranked(order, corners, classes, alive)


def _choose(xp: Any, ranked: _Ranked, most: float) -> Array:
    """Take the best box that is left, in all batches at once, as long as there is one.

    Each box taken removes those that overlap it too much. There is a step for each box
    that is chosen, not for each there is.
    """
    alive, batch = ranked.alive, xp.arange(len(ranked.alive))
    chosen = xp.zeros_like(alive)
    while bool((some := alive.any(axis=1)).any()):
        best = alive.argmax(axis=1)
        chosen[batch, best] |= some
        box = ranked.corners[batch, best][:, None]
        removed = _overlap(xp, box, ranked.corners) > most
        if ranked.classes is not None:
            removed &= ranked.classes == ranked.classes[batch, best][:, None]
        removed[batch, best] = True
        alive &= ~removed
    return chosen


def _recoded(xp: Any, attributes: Attributes, data: Array) -> Array:
    """Return boxes with their coordinates in the format of the output."""
    if attributes.in_format == attributes.out_format:
        return data
    start = attributes.coord_start
    boxes = data[..., start : start + 4]
    if attributes.in_format == "center":
        boxes = _to_corners(xp, boxes, "center")
    else:
        boxes = _to_centres(xp, boxes)
    data = data.copy()
    data[..., start : start + 4] = boxes
    return data


@kernel("reference", "_contrib_box_nms")
def box_nms(call: Invocation) -> None:
    """Choose boxes and put them in front."""
    xp, settings, data = call.xp, call.attributes, call.inputs[0]
    count, width = data.shape[-2:]
    batches = wide(xp, data).reshape(size(data.shape[:-2]), count, width)
    if settings.topk == 0:
        assign(call, 0, data)
        assign(call, 1, xp.arange(count)[:, None])
        return
    ranked = _rank(xp, settings, batches)
    chosen = _choose(xp, ranked, settings.overlap_thresh)
    front = (~chosen).argsort(axis=1, kind="stable")
    source = xp.take_along_axis(ranked.order, front, axis=1)
    filled = xp.arange(count) < chosen.sum(axis=1)[:, None]
    result = xp.take_along_axis(batches, source[..., None], axis=1)
    result = xp.where(filled[..., None], _recoded(xp, settings, result), -1)
    assign(call, 0, result.reshape(data.shape))
    place = xp.empty_like(source)
    xp.put_along_axis(place, source, xp.where(filled, xp.arange(count), -1), axis=1)
    assign(call, 1, place.reshape(*data.shape[:-1], 1))


@kernel("reference", "_backward_contrib_box_nms")
def box_nms_backward(call: Invocation) -> None:
    """Fetch each box's gradient from its place in the output."""
    if not wanted(call, 0):
        return
    xp, (head, place) = call.xp, call.inputs
    fetched = xp.take_along_axis(head, place.clip(0, None).astype(xp.int64), axis=-2)
    assign(call, 0, xp.where(place >= 0, fetched, 0))
