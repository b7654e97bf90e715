"""Windows of images laid out as the columns of matrices, and folded back.

The batch is worked through in blocks of images whose windows fit into the cache: laid
out in the workspace, multiplied, overwritten by the next block's. Arrays are seen with
the channel axis second and the channels divided into groups.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.scratch import carve
from dataflow_ops.kernels.table import Array, Invocation
from dataflow_ops.shapes import Shape, size
from dataflow_ops.windows import is_channels_last, per_axis, read

_BLOCK_BYTES = 1 << 20  # of columns: about half of a core's second-level cache


class Geometry(NamedTuple):
    """The numbers of one convolution."""

    batch: int
    channels: int
    spatial: Shape
    groups: int
    kernel: Shape
    stride: Shape
    dilate: Shape
    pad: Shape
    result: Shape  # spatial lengths of the output
    block: int  # images worked on at a time

    @property
    def padded(self) -> Shape:
        """Shape of a block of padded images."""
        around = (s + 2 * p for s, p in zip(self.spatial, self.pad, strict=True))
        return (self.block, self.channels, *around)

    @property
    def columns(self) -> Shape:
        """Shape of the windows of a block of images."""
        return (self.block, self.channels, *self.kernel, *self.result)

    @property
    def is_pointwise(self) -> bool:
        """Whether every window is one element and all are taken: nothing to lay out."""
        ones = (1,) * len(self.kernel)
        return self.kernel == ones == self.stride and not any(self.pad)

    def scratch(self) -> tuple[Shape, ...]:
        """Shapes of the arrays in the workspace."""
        columns = () if self.is_pointwise else (self.columns,)
        return (*columns, self.padded) if any(self.pad) else columns


def geometry_of(attributes: Attributes, shape: Shape, itemsize: int) -> Geometry:
    """Return the numbers of a convolution over data of this shape."""
    kernel = attributes.kernel
    rank = len(kernel)
    stride = per_axis("stride", attributes.stride, rank, 1)
    dilate = per_axis("dilate", attributes.dilate, rank, 1)
    pad = per_axis("pad", attributes.pad, rank, 0)
    data = read("data", shape, rank, attributes.layout)
    result = tuple(
        (length + 2 * p - d * (k - 1) - 1) // s + 1
        for length, k, s, d, p in zip(
            data.spatial, kernel, stride, dilate, pad, strict=True
        )
    )
    per_image = data.channels * size(kernel) * size(result) * itemsize
    block = max(1, min(data.batch, _BLOCK_BYTES // max(1, per_image)))
    return Geometry(
        *data, attributes.num_group, kernel, stride, dilate, pad, result, block
    )


class Columns:
    """One convolution over bound arrays: what forward and backward share."""

    def __init__(self, call: Invocation, data: Array) -> None:
        self.xp = call.xp
        self.last = is_channels_last(call.attributes.layout)
        self.geometry = geometry_of(call.attributes, data.shape, data.dtype.itemsize)
        shapes = self.geometry.scratch()
        parts = carve(call.workspace, shapes, data.dtype) if shapes else []
        self.columns = None if self.geometry.is_pointwise else parts[0]
        self.padded = parts[1] if any(self.geometry.pad) else None

    def channels_second(self, array: Array) -> Array:
        """View images or weights with the channel axis second."""
        return self.xp.moveaxis(array, -1, 1) if self.last else array

    def weights(self, weight: Array) -> Array:
        """See weights as a matrix (filters, elements of a window) for each group."""
        groups = self.geometry.groups
        return self.channels_second(weight).reshape(
            groups, weight.shape[0] // groups, -1
        )

    def results(self, array: Array) -> Array:
        """View an output as a matrix (filters, places) for each image and group."""
        images = self.channels_second(array)
        batch, filters = images.shape[:2]
        groups = self.geometry.groups
        return images.reshape(
            batch, groups, filters // groups, size(self.geometry.result)
        )

    def blocks(self) -> Iterator[slice]:
        """Divide the batch."""
        batch, step = self.geometry.batch, self.geometry.block
        for start in range(0, batch, step):
            yield slice(start, min(start + step, batch))

    def matrices(self, columns: Array) -> Array:
        """View columns as a matrix (elements of a window, places) per image, group."""
        count = columns.shape[0]
        return columns.reshape(
            count, self.geometry.groups, -1, size(self.geometry.result)
        )

    def lay_out(self, images: Array) -> Array:
        """Return the columns of a block of images."""
        if self.columns is None:
            return self.matrices(images)
        columns = self.columns[: len(images)]
        columns[...] = self._windows(self._pad(images))
        return self.matrices(columns)

    def _pad(self, images: Array) -> Array:
        if self.padded is None:
            return images
        padded = self.padded[: len(images)]
        padded[...] = 0
        self.interior(padded)[...] = images
        return padded

    def interior(self, padded: Array) -> Array:
        """View the images inside their padding."""
        margins = zip(self.geometry.pad, self.geometry.spatial, strict=True)
        inside = (slice(pad, pad + length) for pad, length in margins)
        return padded[(slice(None), slice(None), *inside)]

    def _windows(self, padded: Array) -> Array:
        """View all windows: image, channel, place in window, place of window."""
        at = padded.strides
        inside = zip(self.geometry.dilate, at[2:], strict=True)
        between = zip(self.geometry.stride, at[2:], strict=True)
        return self.xp.lib.stride_tricks.as_strided(
            padded,
            (*padded.shape[:2], *self.geometry.kernel, *self.geometry.result),
            (*at[:2], *(d * step for d, step in inside), *(s * a for s, a in between)),
        )

    def fold(self, columns: Array, images: Array) -> None:
        """Add up columns where windows overlap, into a block of images."""
        target = images if self.padded is None else self.padded[: len(images)]
        target[...] = 0
        for place in self.places():
            target[place.covered] += columns[place.column]
        if self.padded is not None:
            images[...] = self.interior(target)

    def places(self) -> Iterator[_Place]:
        """Every place in the window."""
        geometry = self.geometry
        everything = slice(None)
        for offsets in itertools.product(*map(range, geometry.kernel)):
            steps = zip(
                offsets, geometry.dilate, geometry.stride, geometry.result, strict=True
            )
            covered = [
                slice(o * d, o * d + s * (count - 1) + 1, s) for o, d, s, count in steps
            ]
            yield _Place(
                (everything, everything, *covered), (everything, everything, *offsets)
            )


class _Place(NamedTuple):
    """One place in the window, as indices."""

    covered: tuple[Any, ...]  # what it covers of padded images as the window moves
    column: tuple[Any, ...]  # its part of the columns
