"""Where the windows of a pooling lie in arrays, as slices.

Padding is never laid out: each place in the window covers a strided slice of the images
for a range of windows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.table import Array
from dataflow_ops.pooling import Axis, pooling_axes
from dataflow_ops.shapes import Shape
from dataflow_ops.windows import is_channels_last, read

Index = tuple[Any, ...]


class Place(NamedTuple):
    """One place in the window: which windows have it, and which elements it is."""

    windows: Index
    elements: Index
    is_whole: bool  # whether all windows have it


class Pool(NamedTuple):
    """One pooling: its axes, and where they lie in the arrays."""

    axes: Sequence[Axis]
    first: int  # position of the first spatial axis

    @property
    def is_global(self) -> bool:
        """Whether there is one window, which holds each element once."""
        return all(
            axis.windows == 1 and axis.kernel == axis.length and not axis.pad
            for axis in self.axes
        )

    @property
    def is_disjoint(self) -> bool:
        """Whether no element lies in two windows."""
        return all(axis.stride >= axis.kernel for axis in self.axes)

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of the spatial axes."""
        return tuple(range(self.first, self.first + len(self.axes)))

    def stages(self, shape: Shape) -> list[Shape]:
        """Shapes from that of images to that of the result, one axis at a time."""
        shapes = [shape]
        for position, axis in zip(self.positions, self.axes, strict=True):
            shape = (*shape[:position], axis.windows, *shape[position + 1 :])
            shapes.append(shape)
        return shapes

    def places_along(self, number: int) -> list[Place]:
        """Places in the window along one axis alone."""
        before = (slice(None),) * self.positions[number]
        axis = self.axes[number]
        return [
            Place((*before, windows), (*before, elements), _is_whole(axis, windows))
            for windows, elements in _covered(axis)
        ]

    def places(self) -> list[Place]:
        """Places in the window, row by row."""
        before = (slice(None),) * self.first
        places = []
        for covered in itertools.product(*map(_covered, self.axes)):
            windows, elements = zip(*covered, strict=True)
            whole = all(map(_is_whole, self.axes, windows))
            places.append(Place((*before, *windows), (*before, *elements), whole))
        return places


def pool_of(attributes: Attributes, shape: Shape) -> Pool:
    """Return the pooling of images of this shape."""
    images = read("data", shape, len(shape) - 2, attributes.layout)
    first = 1 if is_channels_last(attributes.layout) else 2
    return Pool(pooling_axes(attributes, images.spatial), first)


def _is_whole(axis: Axis, windows: slice) -> bool:
    return (windows.start, windows.stop) == (0, axis.windows)


def _covered(axis: Axis) -> Iterator[tuple[slice, slice]]:
    """For each place in the window: which windows have it, and which elements it is."""
    for offset in range(axis.kernel):
        missing = axis.pad - offset  # elements by which the first window sticks out
        start = max(0, -(-missing // axis.stride))
        stop = min(axis.windows, (axis.length - 1 + missing) // axis.stride + 1)
        if start < stop:
            begin = start * axis.stride - missing
            end = (stop - 1) * axis.stride - missing + 1
            yield slice(start, stop), slice(begin, end, axis.stride)


def shares(xp: Any, pool: Pool, like: Array, count_padding: bool) -> Any:
    """Return what an element adds to its window's mean: a number, or one per window."""
    sizes = [_sizes(axis, count_padding) for axis in pool.axes]
    if all(len(set(each)) == 1 for each in sizes):
        return 1 / math.prod(each[0] for each in sizes)
    product: Any = 1
    for position, each in zip(pool.positions, sizes, strict=True):
        shape = [1] * like.ndim
        shape[position] = len(each)
        product = product / xp.array(each, dtype=wide(like.dtype)).reshape(shape)
    return product


def _sizes(axis: Axis, count_padding: bool) -> list[int]:
    """Count the elements of each window, at least one."""
    margin = axis.pad if count_padding else 0
    starts = [i * axis.stride - axis.pad for i in range(axis.windows)]
    return [
        max(1, min(start + axis.kernel, axis.length + margin) - max(start, -margin))
        for start in starts
    ]
