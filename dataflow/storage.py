"""Memory of a device: aligned buffers, and arrays over parts of them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from dataflow.context import Context, check_context

ALIGNMENT = 64  # bytes; a cache line, and what vector kernels like best
Array = Any  # numpy.ndarray (cupy.ndarray on a GPU)


def array_module(context: Context) -> ModuleType:
    """Return the array library of a context's memory; raises ContextError."""
    check_context(context, "the context")
    return np


def aligned(nbytes: int) -> int:
    """Round a byte count up to the alignment."""
    return -(-nbytes // ALIGNMENT) * ALIGNMENT


def allocate_bytes(nbytes: int, context: Context) -> Array:
    """Return `nbytes` uninitialised bytes that start on an alignment border."""
    xp = array_module(context)
    block = xp.empty(nbytes + ALIGNMENT, np.uint8)
    start = -block.ctypes.data % ALIGNMENT
    return block[start : start + nbytes]


def array_over(
    block: Array, offset: int, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> Array:
    """View the part of a byte block that starts at `offset` as an array."""
    count = 1
    for dimension in shape:
        count *= dimension
    part = block[offset : offset + count * dtype.itemsize]
    return part.view(dtype).reshape(shape)


def allocate(shape: tuple[int, ...], dtype: np.dtype[Any], context: Context) -> Array:
    """Return an uninitialised, aligned array."""
    count = 1
    for dimension in shape:
        count *= dimension
    return array_over(allocate_bytes(count * dtype.itemsize, context), 0, shape, dtype)
