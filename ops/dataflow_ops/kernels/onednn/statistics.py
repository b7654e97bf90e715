"""Mean and variance of each channel, to all digits.

oneDNN adds all elements of a channel one after another, in single precision: many lose
digits, and those far from zero lose all. Here tiles that stay in the cache are shifted
by a value of about the mean first, and their sums are added in double precision; where
Numba is there, that is one pass over images with the channels last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from dataflow_ops.kernels.backends import available
from dataflow_ops.kernels.blas import cores
from dataflow_ops.kernels.cores import Halves
from dataflow_ops.kernels.numba.modules import is_usable
from dataflow_ops.kernels.numba.moments import adder
from dataflow_ops.kernels.orders import as_it_lies, lies_last
from dataflow_ops.kernels.table import Array, Thunk

_TILE = 1 << 16  # elements
_WIDTH = 2048  # elements of a row that sums are best taken of
_LARGE = 1 << 18  # elements from which on a second core pays
_GUESSED = 64  # rows whose mean is about that of all
_COMPILED = 1 << 14  # elements from which on compiling pays


def bind_statistics(data: Array, mean: Array, variance: Array) -> Thunk:
    """Return what writes mean and variance of every channel of images.

    Parameters
    ----------
    data : array
        Images, channels second, whether or not these lie last in memory.
    mean, variance : array
        A number for each channel.
    """
    make: Callable[[Array], _Sums] = _Planes
    pieces = data
    if lies_last(data):
        make = _Columns if data.size >= _COMPILED and _compiles() else _Rows
        pieces = as_it_lies(data).reshape(-1, data.shape[1])
    # In two parts whether or not there are two cores: the result is the same.
    count = 2 if data.size >= _LARGE and len(pieces) > 1 else 1
    halves = [make(part) for part in np.array_split(pieces, count)]
    return partial(_run, halves, data.size // data.shape[1], mean, variance)


def _compiles() -> bool:
    """Tell whether loops can be compiled here."""
    return "numba" in available() and is_usable()


def _run(halves: Sequence[_Sums], count: int, mean: Array, variance: Array) -> None:
    shift = halves[0].guess()
    works = [partial(half.add_up, shift) for half in halves]
    if len(works) == 2 and cores() > 1:
        Halves(*works)()
    else:
        for work in works:
            work()
    first, second = (
        sum(half.totals[power] for half in halves) / count for power in (0, 1)
    )
    np.add(shift, first, out=mean, casting="same_kind")
    second -= first * first
    np.maximum(second, 0, out=variance, casting="same_kind")


class _Sums:
    """The sums of some images' elements, and of their squares."""

    def __init__(self, channels: int) -> None:
        self.totals = np.zeros((2, channels))

    def guess(self) -> Array:
        """Return about the mean of each channel."""
        raise NotImplementedError

    def add_up(self, shift: Array) -> None:
        """Add up what is left of the elements without the shift."""
        raise NotImplementedError


class _Rows(_Sums):
    """Of a matrix with a row for each place and a column for each channel."""

    def __init__(self, rows: Array) -> None:
        super().__init__(rows.shape[1])
        self.rows = rows
        self.fold = _fold(*rows.shape)
        self.wide = rows.reshape(-1, self.fold * rows.shape[1])
        self.step = max(1, _TILE // self.wide.shape[1])
        self.tile = np.empty((min(self.step, len(self.wide)), self.wide.shape[1]), "f")

    def guess(self) -> Array:
        return self.rows[: self.step].mean(axis=0, dtype=np.float32)

    def add_up(self, shift: Array) -> None:
        wide = np.tile(shift, self.fold)
        sums = np.zeros((2, len(wide)))
        for start in range(0, len(self.wide), self.step):
            part = self.wide[start : start + self.step]
            tile = self.tile[: len(part)]
            np.subtract(part, wide, tile)
            sums[0] += np.add.reduce(tile, 0)
            np.square(tile, tile)
            sums[1] += np.add.reduce(tile, 0)
        self.totals[...] = sums.reshape(2, self.fold, -1).sum(axis=1)


class _Columns(_Sums):
    """Of such a matrix, in a compiled loop."""

    def __init__(self, rows: Array) -> None:
        super().__init__(rows.shape[1])
        self.rows = rows
        self.part = np.empty((2, rows.shape[1]), np.float32)
        self.add = adder()

    def guess(self) -> Array:
        return self.rows[:_GUESSED].mean(axis=0, dtype=np.float32)

    def add_up(self, shift: Array) -> None:
        self.totals[...] = 0
        self.add(self.rows, shift, self.part, self.totals)


def _fold(rows: int, channels: int) -> int:
    """Return how many rows to see as one, so that adding rows takes few calls."""
    most = max(1, _WIDTH // channels)
    return max(k for k in range(1, most + 1) if rows % k == 0)


class _Planes(_Sums):
    """Of images as arrays hold them, with a plane for each channel."""

    def __init__(self, images: Array) -> None:
        super().__init__(images.shape[1])
        self.images = images
        self.planes = images.reshape(len(images), images.shape[1], -1)
        self.tile = np.empty(self.planes.shape[1:], np.float32)

    def guess(self) -> Array:
        mean: Array = self.planes[0].mean(axis=1, dtype=np.float32)
        return mean

    def add_up(self, shift: Array) -> None:
        self.totals[...] = 0
        for image in self.planes:
            np.subtract(image, shift[:, None], self.tile)
            self.totals[0] += np.add.reduce(self.tile, 1)
            np.square(self.tile, self.tile)
            self.totals[1] += np.add.reduce(self.tile, 1)
