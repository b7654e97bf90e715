"""Sums of columns and of their squares, in one pass over a matrix."""

from __future__ import annotations

from functools import cache
from typing import Any

from dataflow_ops.kernels.numba.modules import imported

ROWS = 64  # whose sums are taken in single precision

_MODULE = f"""\
from numba import njit


@njit(nogil=True, error_model="numpy", cache=True)
def kernel(rows, shift, part, totals):
    count, width = rows.shape
    sums, squares = part[0], part[1]
    for first in range(0, count, {ROWS}):
        for j in range(width):
            sums[j] = 0
            squares[j] = 0
        for i in range(first, min(first + {ROWS}, count)):
            row = rows[i]
            for j in range(width):
                d = row[j] - shift[j]
                sums[j] += d
                squares[j] += d * d
        for j in range(width):
            totals[0, j] += sums[j]
            totals[1, j] += squares[j]
"""


@cache
def adder() -> Any:
    """Return what adds up a matrix.

    It takes the matrix (float32), what is subtracted from each row, two rows of scratch
    (float32), and two rows (float64) to which it adds the sums of the columns and of
    their squares.
    """
    return imported(_MODULE).kernel
