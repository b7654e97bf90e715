"""Reference kernels of pooling regions: all boxes at once, pixel by pixel."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataflow_ops.kernels.reference.spatial import corners, scatter, wide
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel
from dataflow_ops.shapes import Shape, size


class _Boxes(NamedTuple):
    """Boxes in pixels."""

    image: Array  # (boxes,): a valid number
    exists: Array  # (boxes,): whether there is such an image
    ends: Array  # (4, boxes): x1, y1, x2, y2


def _boxes(call: Invocation, rois: Array, images: int) -> _Boxes:
    xp = call.xp
    rois = wide(xp, rois)
    number = rois[:, 0].astype(xp.int64)
    exists = (number >= 0) & (number < images)
    ends = rois[:, 1:].T * call.attributes.spatial_scale
    return _Boxes(xp.where(exists, number, 0), exists, ends)


def _rows(xp: Any, data: Array, bins: int) -> Array:
    """Lay out images with the channels of a part last: (pixels and parts, channels)."""
    count, channels, height, width = data.shape
    channels //= bins
    parts = data.reshape(count, channels, bins, height * width)
    rows = parts.transpose(0, 3, 2, 1).reshape(count * height * width * bins, channels)
    return wide(xp, rows)


def _unrolled(rows: Array, shape: Shape, bins: int) -> Array:
    """Undo `_rows`."""
    count, channels, height, width = shape
    parts = rows.reshape(count, height * width, bins, channels // bins)
    return parts.transpose(0, 3, 2, 1).reshape(shape)


def _result(call: Invocation, values: Array) -> Array:
    """Bring values (boxes, parts, channels) into the order of the output."""
    boxes, _, channels = values.shape
    target = (boxes, channels, *call.attributes.pooled_size)
    return values.swapaxes(1, 2).reshape(target)


# Maxima


def _round(xp: Any, x: Array) -> Array:
    """Round to integers, halves away from zero."""
    return xp.trunc(x + xp.copysign(0.5, x))


def _parts(xp: Any, first: Array, last: Array, parts: int, length: int) -> Any:
    """Divide ranges of pixels; return where parts begin and end: (boxes, parts)."""
    share = (xp.maximum(last - first + 1, 1) / parts)[:, None]
    number = xp.arange(parts, dtype=share.dtype)
    begin = xp.floor(number * share) + first[:, None]
    end = xp.ceil((number + 1) * share) + first[:, None]
    begin, end = begin.clip(0, length), end.clip(0, length)
    return begin.astype(xp.int64), end.astype(xp.int64)


class _Pixels(NamedTuple):
    """One pixel of each part of the chosen boxes: arrays of (chosen, parts)."""

    chosen: Array  # numbers of boxes
    place: Array  # counted row by row
    has: Array  # whether the part has such a pixel


def _pixels(
    call: Invocation, boxes: _Boxes, height: int, width: int
) -> Iterator[_Pixels]:
    """Go through all parts at once, row by row."""
    xp, (rows, columns) = call.xp, call.attributes.pooled_size
    x1, y1, x2, y2 = _round(xp, boxes.ends)
    left, right = _parts(xp, x1, x2, columns, width)
    top, bottom = _parts(xp, y1, y2, rows, height)
    for down in range(int((bottom - top).max(initial=0))):
        row = top + down
        for along in range(int((right - left).max(initial=0))):
            column = left + along
            has = (row < bottom)[:, :, None] & (column < right)[:, None]
            chosen = xp.flatnonzero(has.any(axis=(1, 2)) & boxes.exists)
            place = row[chosen, :, None] * width + column[chosen, None]
            shape = (len(chosen), rows * columns)
            yield _Pixels(chosen, place.reshape(shape), has[chosen].reshape(shape))


@kernel("reference", "ROIPooling")
def roi_pooling(call: Invocation) -> None:
    """Find the maxima of all parts, and where they are."""
    xp, (data, rois) = call.xp, call.inputs
    count, channels, height, width = data.shape
    boxes, images = _boxes(call, rois, count), _rows(xp, data, 1)
    shape = (len(rois), size(call.attributes.pooled_size), channels)
    maxima = xp.full(shape, -xp.inf, images.dtype)
    place = xp.full(shape, -1, xp.int32)
    first = boxes.image[:, None] * (height * width)
    for chosen, pixel, has in _pixels(call, boxes, height, width):
        row = xp.where(has, first[chosen] + pixel, 0)
        values, before = images.take(row, axis=0), maxima[chosen]
        larger = (values > before) & has[..., None]
        maxima[chosen] = xp.where(larger, values, before)
        place[chosen] = xp.where(larger, pixel[..., None], place[chosen])
    assign(call, 0, _result(call, xp.where(place < 0, 0, maxima)))
    assign(call, 1, _result(call, place))


@kernel("reference", "_backward_ROIPooling")
def roi_pooling_backward(call: Invocation) -> None:
    """Add up the gradients of the maxima where they are."""
    if not wanted(call, 0):
        return
    xp, (head, rois, place) = call.xp, call.inputs
    head, shape = wide(xp, head), call.outputs[0].shape
    boxes = _boxes(call, rois, shape[0])
    planes = boxes.image[:, None] * shape[1] + xp.arange(shape[1])
    indices = planes[..., None, None] * size(shape[2:]) + place.clip(0, None)
    total = xp.zeros(shape, head.dtype)
    scatter(xp, total, indices, head * (place >= 0))
    assign(call, 0, total)


# Means of samples


class _Samples(NamedTuple):
    """How samples lie in the parts of boxes along one axis."""

    begin: Array  # (boxes,)
    part: Array  # (boxes,): length of a part
    count: Array  # (boxes,): samples of a part

    def at(self, xp: Any, chosen: Array, parts: int, number: int) -> Array:
        """Return where sample `number` of each part lies: (chosen, parts)."""
        begin, part, count = (x[chosen, None] for x in self)
        inside = (number + 0.5) * part / count
        return begin + xp.arange(parts, dtype=part.dtype) * part + inside


def _samples(call: Invocation, begin: Array, end: Array, parts: int) -> _Samples:
    xp, ratio = call.xp, call.attributes.sample_ratio
    shift, least = (0.5, 0) if call.attributes.aligned else (0, 1)
    part = xp.maximum(end - begin, least) / parts
    count = xp.full_like(part, ratio) if ratio > 0 else xp.ceil(part)
    return _Samples(begin - shift, part, xp.maximum(count, 1))


class _Sample(NamedTuple):
    """One pixel that counts in each part of the chosen boxes."""

    chosen: Array  # numbers of boxes
    row: Array  # (chosen, parts): into what `_rows` returns
    weight: Array


def _weights(call: Invocation, rois: Array, shape: Shape) -> Iterator[_Sample]:
    """Yield all pixels that count, and with which weights."""
    xp, (rows, columns) = call.xp, call.attributes.pooled_size
    images, _, height, width = shape
    if not height * width:
        return
    boxes = _boxes(call, rois, images)
    x1, y1, x2, y2 = boxes.ends
    along, down = _samples(call, x1, x2, columns), _samples(call, y1, y2, rows)
    bins = _bins(call)
    part = xp.arange(rows * columns) if bins > 1 else 0
    for j, i in itertools.product(_numbers(down), _numbers(along)):
        has = boxes.exists & (j < down.count) & (i < along.count)
        chosen = xp.flatnonzero(has)
        share = (1 / (down.count * along.count))[chosen, None]
        first = boxes.image[chosen, None] * (height * width)
        x, y = along.at(xp, chosen, columns, i), down.at(xp, chosen, rows, j)
        x, y = _places(xp, x, y)
        share = share * ((x >= -1) & (x <= width) & (y >= -1) & (y <= height))
        x, y = x.clip(0, width - 1), y.clip(0, height - 1)
        for corner in corners(xp, x, y, height, width):
            weight = xp.where(corner.inside, share * corner.weight, 0)
            yield _Sample(chosen, (first + corner.index) * bins + part, weight)


def _numbers(samples: _Samples) -> range:
    return range(int(samples.count.max(initial=0)))


def _places(xp: Any, x: Array, y: Array) -> tuple[Array, Array]:
    """Join the columns and rows of samples: (boxes, parts) each."""
    shape = (*y.shape, x.shape[1])
    x, y = xp.broadcast_to(x[:, None], shape), xp.broadcast_to(y[..., None], shape)
    joined = (shape[0], shape[1] * shape[2])
    return x.reshape(joined), y.reshape(joined)


def _bins(call: Invocation) -> int:
    """Count the channels that make one channel of the result."""
    settings = call.attributes
    return size(settings.pooled_size) if settings.position_sensitive else 1


@kernel("reference", "_contrib_ROIAlign")
def roi_align(call: Invocation) -> None:
    """Add up all pixels that count in each part."""
    if not wanted(call, 0):
        return
    data, rois = call.inputs
    bins = _bins(call)
    images = _rows(call.xp, data, bins)
    shape = (len(rois), size(call.attributes.pooled_size), data.shape[1] // bins)
    total = call.xp.zeros(shape, images.dtype)
    for chosen, row, weight in _weights(call, rois, data.shape):
        total[chosen] += images.take(row, axis=0) * weight[..., None]
    assign(call, 0, _result(call, total))


@kernel("reference", "_backward_ROIAlign")
def roi_align_backward(call: Invocation) -> None:
    """Give each pixel its share of the gradients of the parts in which it counts."""
    if not wanted(call, 0):
        return
    xp, (head, rois) = call.xp, call.inputs
    shape = call.outputs[0].shape
    bins, channels = _bins(call), head.shape[1]
    head = head.reshape(len(head), channels, size(head.shape[2:])).swapaxes(1, 2)
    head = wide(xp, head)
    total = xp.zeros((size(shape) // max(channels, 1), channels), head.dtype)
    for chosen, row, weight in _weights(call, rois, shape):
        indices = row[..., None] * channels + xp.arange(channels)
        values = head[chosen] * weight[..., None]
        scatter(xp, total, indices, values)
    assign(call, 0, _unrolled(total, shape, bins))
