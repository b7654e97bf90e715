"""Reference kernels of deformable convolution: sampled columns and matrix products."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataflow_ops.kernels.precision import wide, widened
from dataflow_ops.kernels.reference.convolution import bias_gradient
from dataflow_ops.kernels.reference.patches import Geometry, geometry_of
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel
from dataflow_ops.shapes import size
from dataflow_ops.windows import windows_of


class _Corner(NamedTuple):
    """One of the four elements around every place; arrays (image, place)."""

    index: Array  # into the elements of a channel
    weight: Array
    slope_y: Array  # change of the weight with the place
    slope_x: Array


class _Neighbours(NamedTuple):
    """The two elements around a place along one axis."""

    low: Array
    high: Array
    part: Array  # how far the place is beyond the lower one


def _neighbours(xp: Any, places: Array, inside: Array, length: int) -> _Neighbours:
    """Find neighbours; beyond the last element there is but that one."""
    places = xp.where(inside, places, 0)
    low = xp.minimum(places.astype(xp.int64), length - 1)
    part = xp.where(low == length - 1, 0, places - low)
    return _Neighbours(low, xp.minimum(low + 1, length - 1), part)


class _Sampling:
    """The columns of a block of images, sampled where the offsets say.

    A group of channels that shares offsets counts as an image.
    """

    def __init__(
        self, xp: Any, geometry: Geometry, groups: int, data: Array, offset: Array
    ) -> None:
        self.xp = xp
        self.geometry = geometry
        height, width = geometry.spatial
        data, offset = widened(data), widened(offset)
        images = len(data) * groups
        self.images = data.reshape(images, data.shape[1] // groups, height * width)
        elements, places = size(geometry.windows.kernel), size(geometry.result)
        shifts = offset.reshape(images, elements, 2, places)
        y, x = self._regular_places(offset.dtype)
        y = (shifts[:, :, 0] + y).reshape(images, -1)
        x = (shifts[:, :, 1] + x).reshape(images, -1)
        self.inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        self.rows = _neighbours(xp, y, self.inside, height)
        self.columns = _neighbours(xp, x, self.inside, width)

    def _regular_places(self, dtype: Any) -> list[Array]:
        """Return y and x of (element of the window, window) without offsets."""
        windows, xp = self.geometry.windows, self.xp
        axes = []
        for axis in (0, 1):
            inner = xp.arange(windows.kernel[axis], dtype=dtype) * windows.dilate[axis]
            outer = xp.arange(self.geometry.result[axis], dtype=dtype)
            outer = outer * windows.stride[axis] - windows.pad[axis]
            axes.append(inner[:, None] + outer)
        shape = (*windows.kernel, *self.geometry.result)
        matrix = (size(windows.kernel), size(self.geometry.result))
        y = xp.broadcast_to(axes[0][:, None, :, None], shape)
        x = xp.broadcast_to(axes[1][None, :, None, :], shape)
        return [y.reshape(matrix), x.reshape(matrix)]

    def corners(self) -> Iterator[_Corner]:
        """Return the elements around the places."""
        width, xp = self.geometry.spatial[1], self.xp
        rows, columns = self.rows, self.columns
        for down, right in itertools.product((False, True), (False, True)):
            along_y = xp.where(self.inside, rows.part if down else 1 - rows.part, 0)
            along_x = xp.where(
                self.inside, columns.part if right else 1 - columns.part, 0
            )
            row = rows.high if down else rows.low
            column = columns.high if right else columns.low
            yield _Corner(
                row * width + column,
                along_y * along_x,
                along_x if down else -along_x,
                along_y if right else -along_y,
            )

    def read(self, corner: _Corner) -> Array:
        """Return the elements of all channels: (image, channel, place)."""
        index = corner.index[:, None]
        taken = self.xp.take_along_axis(self.images, index, axis=2)
        return self.xp.where(self.inside[:, None], taken, 0)

    def matrices(self) -> Array:
        """Return the columns, a matrix for each image and group of the convolution."""
        total: Any = 0
        for corner in self.corners():
            total = total + self.read(corner) * corner.weight[:, None]
        places = size(self.geometry.result)
        rows = self.geometry.channels * size(self.geometry.windows.kernel)
        groups = self.geometry.groups
        return total.reshape(-1, groups, rows // groups, places)

    def data_gradient(self, columns: Array) -> Array:
        """Return the gradient by the images: (image, channel, element)."""
        xp, (images, channels, elements) = self.xp, self.images.shape
        total = xp.zeros(self.images.size, columns.dtype)
        first = xp.arange(images * channels).reshape(images, channels, 1) * elements
        for corner in self.corners():
            targets = corner.index[:, None] + first
            values = columns * corner.weight[:, None]
            xp.add.at(total, targets.ravel(), values.ravel())
        return total

    def offset_gradient(self, columns: Array) -> Array:
        """Return the gradient by the offsets: (image, element, (y, x), window)."""
        y: Any = 0
        x: Any = 0
        for corner in self.corners():
            along = (columns * self.read(corner)).sum(axis=1)
            y, x = y + along * corner.slope_y, x + along * corner.slope_x
        places = size(self.geometry.result)
        pair = [axis.reshape(len(columns), -1, places) for axis in (y, x)]
        return self.xp.stack(pair, axis=2)


class _Deformed:
    """One deformable convolution: what forward and backward share."""

    def __init__(
        self, call: Invocation, data: Array, offset: Array, weight: Array
    ) -> None:
        self.xp = call.xp
        self.data, self.offset = data, offset
        self.deformable_groups = call.attributes.num_deformable_group
        groups = call.attributes.num_group
        windows = windows_of(call.attributes)
        dtype = wide(data.dtype)
        self.geometry = geometry_of(windows, data.shape, dtype, groups=groups)
        self.weight = widened(weight).reshape(groups, len(weight) // groups, -1)

    def results(self, output: Array) -> Array:
        """View an output as a matrix (filters, places) for each image and group."""
        filters = self.weight.shape[:2]
        return output.reshape(len(output), *filters, size(self.geometry.result))

    def samplings(self) -> Iterator[tuple[slice, _Sampling]]:
        """Return the samplings of all blocks of images."""
        for block in self.geometry.blocks():
            data, offset = self.data[block], self.offset[block]
            yield (
                block,
                _Sampling(self.xp, self.geometry, self.deformable_groups, data, offset),
            )


@kernel("reference", "_contrib_DeformableConvolution")
def deformable_convolution(call: Invocation) -> None:
    """Compute weight . sampled columns + bias."""
    if not wanted(call, 0):
        return
    deformed = _Deformed(call, *call.inputs[:3])
    result = call.xp.empty(call.outputs[0].shape, deformed.weight.dtype)
    matrices = deformed.results(result)
    for block, sampling in deformed.samplings():
        call.xp.matmul(deformed.weight, sampling.matrices(), out=matrices[block])
    if not call.attributes.no_bias:
        result += call.inputs[3].reshape(-1, 1, 1)
    assign(call, 0, result.astype(call.outputs[0].dtype, copy=False))


@kernel("reference", "_backward__contrib_DeformableConvolution")
def deformable_convolution_backward(call: Invocation) -> None:
    """Compute the gradients by data, offset, weight and bias, those that are wanted."""
    xp, (out_grad, data, offset, weight) = call.xp, call.inputs
    deformed = _Deformed(call, data, offset, weight)
    head = deformed.results(widened(out_grad))
    totals = [xp.zeros(x.shape, head.dtype) for x in (data, offset, deformed.weight)]
    for block, sampling in deformed.samplings():
        if wanted(call, 2):
            products = head[block] @ sampling.matrices().swapaxes(-1, -2)
            totals[2] += products.sum(axis=0)
        columns = deformed.weight.swapaxes(-1, -2) @ head[block]
        columns = columns.reshape(*sampling.images.shape[:2], -1)
        if wanted(call, 0):
            part = sampling.data_gradient(columns)
            totals[0][block] = part.reshape(totals[0][block].shape)
        if wanted(call, 1):
            part = sampling.offset_gradient(columns)
            totals[1][block] = part.reshape(totals[1][block].shape)
    for i, total in enumerate(totals):
        if wanted(call, i):
            result = total.reshape(call.outputs[i].shape)
            assign(call, i, result.astype(data.dtype, copy=False))
    if not call.attributes.no_bias and wanted(call, 3):
        assign(call, 3, bias_gradient(xp, head).astype(data.dtype, copy=False))
