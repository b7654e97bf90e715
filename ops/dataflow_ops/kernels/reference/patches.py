"""Windows of images laid out as the columns of matrices, and folded back.

The batch is worked through in blocks of images whose windows fit into the cache: laid
out in the workspace, multiplied, overwritten by the next block's. Arrays are seen with
the channel axis second and the channels divided into groups.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.scratch import carve
from dataflow_ops.kernels.table import Array
from dataflow_ops.shapes import Shape, size
from dataflow_ops.windows import Windows, is_channels_last, read

_BLOCK_BYTES = 1 << 20  # of columns: about half of a core's second-level cache


class Geometry(NamedTuple):
    """The numbers of the windows over a batch of images."""

    batch: int
    channels: int
    spatial: Shape
    windows: Windows
    result: Shape  # windows along each axis
    block: int  # images worked on at a time
    groups: int
    last: bool  # whether arrays have the channel axis last

    @property
    def padded(self) -> Shape:
        """Shape of a block of padded images."""
        margins = zip(self.spatial, self.windows.pad, strict=True)
        return (self.block, self.channels, *(s + 2 * p for s, p in margins))

    @property
    def columns(self) -> Shape:
        """Shape of the windows of a block of images."""
        return (self.block, self.channels, *self.windows.kernel, *self.result)

    @property
    def is_padded(self) -> bool:
        """Whether there is any padding."""
        return any(self.windows.pad)

    @property
    def is_pointwise(self) -> bool:
        """Whether every window is one element and all are taken: nothing to lay out."""
        ones = (1,) * len(self.spatial)
        return self.windows.kernel == ones == self.windows.stride and not self.is_padded

    def scratch(self) -> tuple[Shape, ...]:
        """Shapes of the arrays in the workspace of `Columns`."""
        columns = () if self.is_pointwise else (self.columns,)
        return (*columns, self.padded) if self.is_padded else columns

    def blocks(self) -> Iterator[slice]:
        """Divide the batch."""
        for start in range(0, self.batch, self.block):
            yield slice(start, min(start + self.block, self.batch))


def geometry_of(
    windows: Windows,
    shape: Shape,
    dtype: DType,
    *,
    groups: int = 1,
    layout: str | None = None,
) -> Geometry:
    """Return the numbers of windows over images of this shape."""
    images = read("data", shape, len(windows.kernel), layout)
    result = windows.counts(images.spatial)
    per_image = images.channels * size(windows.kernel) * size(result) * dtype.itemsize
    block = max(1, min(images.batch, _BLOCK_BYTES // max(1, per_image)))
    return Geometry(*images, windows, result, block, groups, is_channels_last(layout))


class Patches:
    """The windows of images as a view, and their sum back into images."""

    def __init__(self, xp: Any, geometry: Geometry, padded: Array | None) -> None:
        self.xp = xp
        self.geometry = geometry
        self.padded = padded  # scratch for a block of images with their padding

    def view(self, images: Array) -> Array:
        """View all windows: image, channel, place in window, place of window."""
        geometry = self.geometry
        padded = self._pad(images)
        at = padded.strides
        inside = zip(geometry.windows.dilate, at[2:], strict=True)
        between = zip(geometry.windows.stride, at[2:], strict=True)
        return self.xp.lib.stride_tricks.as_strided(
            padded,
            (*padded.shape[:2], *geometry.windows.kernel, *geometry.result),
            (*at[:2], *(d * step for d, step in inside), *(s * a for s, a in between)),
        )

    def _pad(self, images: Array) -> Array:
        if self.padded is None:
            return images
        padded = self.padded[: len(images)]
        padded[...] = 0
        self._interior(padded)[...] = images
        return padded

    def _interior(self, padded: Array) -> Array:
        """View the images inside their padding."""
        margins = zip(self.geometry.windows.pad, self.geometry.spatial, strict=True)
        inside = (slice(pad, pad + length) for pad, length in margins)
        return padded[(slice(None), slice(None), *inside)]

    def fold(self, columns: Array, images: Array) -> None:
        """Add up windows where they overlap, into a block of images."""
        target = images if self.padded is None else self.padded[: len(images)]
        target[...] = 0
        for place in self._places():
            target[place.covered] += columns[place.column]
        if self.padded is not None:
            images[...] = self._interior(target)

    def _places(self) -> Iterator[_Place]:
        """Every place in the window."""
        windows = self.geometry.windows
        everything = slice(None)
        for offsets in itertools.product(*map(range, windows.kernel)):
            steps = zip(
                offsets,
                windows.dilate,
                windows.stride,
                self.geometry.result,
                strict=True,
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


class Columns(Patches):
    """Windows as matrices, to be multiplied with those of weights."""

    def __init__(
        self, xp: Any, geometry: Geometry, workspace: Array, dtype: DType
    ) -> None:
        shapes = geometry.scratch()
        parts = carve(workspace, shapes, dtype) if shapes else []
        super().__init__(xp, geometry, parts[-1] if geometry.is_padded else None)
        self.columns = None if geometry.is_pointwise else parts[0]

    def channels_second(self, array: Array) -> Array:
        """View images or weights with the channel axis second."""
        return self.xp.moveaxis(array, -1, 1) if self.geometry.last else array

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

    def lay_out(self, images: Array) -> Array:
        """Return the columns of a block of images."""
        if self.columns is None:
            return self._matrices(images)
        columns = self.columns[: len(images)]
        columns[...] = self.view(images)
        return self._matrices(columns)

    def fold_product(self, weight: Array, head: Array, images: Array) -> None:
        """Write the windows weight @ head, folded, into a block of images."""
        if self.columns is None:
            self.xp.matmul(weight, head, out=self._matrices(images))
            return
        columns = self.columns[: len(images)]
        self.xp.matmul(weight, head, out=self._matrices(columns))
        self.fold(columns, images)

    def _matrices(self, columns: Array) -> Array:
        """View columns as a matrix (elements of a window, places) per image, group."""
        places = size(self.geometry.result)
        groups = self.geometry.groups
        rows = size(columns.shape[1:]) // groups // places
        return columns.reshape(len(columns), groups, rows, places)
