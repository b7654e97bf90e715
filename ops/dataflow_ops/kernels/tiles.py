"""Cutting elementwise work into tiles that stay in the cache.

Arrays of one iteration shape, or broadcasting to it, are first seen with as few axes as
possible: in the order of memory, and with those merged that all of them run through in
one go. Work on contiguous arrays of one shape thus has one axis.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from dataflow_ops.kernels.table import Array
from dataflow_ops.shapes import Shape

Tile = tuple[slice, ...]


def collapsed(shape: Shape, arrays: Sequence[Array]) -> tuple[Shape, list[Array]]:
    """Return the iteration shape with the fewest axes, and the arrays seen so.

    Parameters
    ----------
    shape : Shape
        The iteration shape; one array at least is of it.
    arrays : sequence of array
        Each of a shape that broadcasts to it.
    """
    rank = len(shape)
    views = [a.reshape((1,) * (rank - a.ndim) + a.shape) for a in arrays]
    leader = next(view for view in views if view.shape == shape)
    axes = [axis for axis in range(rank) if shape[axis] > 1]
    axes.sort(key=lambda axis: -leader.strides[axis])
    runs: list[list[int]] = []
    for axis in axes:
        if runs and all(_goes_on(view, runs[-1][-1], axis) for view in views):
            runs[-1].append(axis)
        else:
            runs.append([axis])
    rest = [axis for axis in range(rank) if shape[axis] == 1]
    order = (*rest, *itertools.chain.from_iterable(runs))
    merged = tuple(math.prod(shape[axis] for axis in run) for run in runs) or (1,)
    return merged, [_merged(view.transpose(order), runs, view) for view in views]


def _goes_on(view: Array, outer: int, inner: int) -> bool:
    """Tell whether an array runs through two axes as through one."""
    if view.shape[outer] == 1 or view.shape[inner] == 1:
        return bool(view.shape[outer] == view.shape[inner])
    return bool(view.strides[outer] == view.shape[inner] * view.strides[inner])


def _merged(ordered: Array, runs: Sequence[Sequence[int]], view: Array) -> Array:
    sizes = [math.prod(view.shape[axis] for axis in run) for run in runs]
    return ordered.reshape(sizes or (1,))


def tiles(shape: Shape, count: int) -> list[Tile]:
    """Cut a shape into tiles of about `count` elements, in order.

    A tile takes all of the last axes as far as they fit, and a stretch of the one
    before them.
    """
    cut = len(shape) - 1
    inner = 1
    while cut > 0 and inner * shape[cut] <= count:
        inner *= shape[cut]
        cut -= 1
    step = max(1, count // inner)
    whole = [(slice(None),)] * (len(shape) - cut - 1)
    parts = [slice(i, min(i + step, shape[cut])) for i in range(0, shape[cut], step)]
    single = [[slice(i, i + 1) for i in range(size)] for size in shape[:cut]]
    return list(itertools.product(*single, parts, *whole))


def tile_shape(shape: Shape, tile: Tile) -> Shape:
    """Return the shape of a tile."""
    return tuple(
        len(range(*part.indices(size))) for part, size in zip(tile, shape, strict=True)
    )


def tile_of(array: Array, shape: Shape, tile: Tile) -> Array:
    """Return an array's part in a tile; axes along which it is broadcast stay."""
    return array[
        tuple(
            part if size == full else slice(None)
            for part, size, full in zip(tile, array.shape, shape, strict=True)
        )
    ]
