"""The least or largest number in an array, which tells of NaN and infinities in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from dataflow_ops.kernels.blas import cores
from dataflow_ops.kernels.cores import Halves
from dataflow_ops.kernels.orders import as_it_lies, lies_last
from dataflow_ops.kernels.table import Array

_LARGE = 1 << 18  # elements: from here on, a second thread pays


def extreme(of: np.ufunc, array: Array) -> Callable[[], float]:
    """Return what looks for the extreme of an array at each call; NaN if there is one.

    Parameters
    ----------
    of : numpy.ufunc
        `numpy.minimum` or `numpy.maximum`.
    array : numpy.ndarray
        The order of its elements in memory may be another one.
    """
    lying = as_it_lies(array) if lies_last(array) else array
    if not lying.flags.c_contiguous or lying.size < _LARGE or cores() == 1:
        return partial(of.reduce, lying, axis=None)
    flat = lying.reshape(-1)
    middle = flat.size // 2
    found = np.empty(2, array.dtype)
    parts = zip((flat[:middle], flat[middle:]), (found[:1], found[1:]), strict=True)
    both = Halves(*(partial(of.reduce, x, keepdims=True, out=y) for x, y in parts))

    def look() -> float:
        both()
        return float(of(*found))

    return look
