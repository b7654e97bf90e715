"""Memory of a device: aligned buffers, arrays over parts of them, and copies.

Memory of the host and of simulated devices is NumPy's, that of GPUs is CuPy's, which is
imported when the first of it is asked for. CuPy gives what is dropped to whoever next
allocates on the same stream, even if the device has not ended with it. That suits what
kernels make for themselves, which no other stream sees. Arrays are seen by several, so
their memory is taken on a stream on which nothing runs. What goes back there was
dropped by the engine, too, so that all its uses have ended.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import addressof, c_char
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

import numpy as np

from dataflow import engine
from dataflow.context import Context, check_context, num_gpus

ALIGNMENT = 64  # bytes; a cache line, and what vector kernels like best
Array = Any  # numpy.ndarray (cupy.ndarray on a GPU)
T = TypeVar("T")
_BYTE = np.dtype(np.uint8)


def array_module(context: Context) -> ModuleType:
    """Return the array library of a context's memory; raises ContextError."""
    if context.is_device:
        check_context(context, "the context")
        if context.device_type == "gpu":
            return import_module("cupy")
    return np


def aligned(nbytes: int) -> int:
    """Round a byte count up to the alignment."""
    return -(-nbytes // ALIGNMENT) * ALIGNMENT


def allocate_bytes(nbytes: int, context: Context) -> Array:
    """Return `nbytes` uninitialised bytes that start on an alignment border."""
    xp = array_module(context)
    if xp is not np:
        return prepared(context, lambda: xp.empty(nbytes, np.uint8))
    if context.device_type == "cpu_pinned" and num_gpus():
        pinned = engine.device("gpu", 0).pinned(nbytes)
        return np.frombuffer(pinned, np.uint8, nbytes)
    block, start = _block(nbytes)
    return block[start : start + nbytes]


def _block(nbytes: int) -> tuple[np.ndarray, int]:
    """Return bytes of the host, and where in them `nbytes` begin that are aligned."""
    block = np.empty(nbytes + ALIGNMENT, _BYTE)
    # `ctypes.data` costs as much as all the rest of an allocation.
    return block, -addressof(c_char.from_buffer(block.data)) % ALIGNMENT


def array_over(
    block: Array, offset: int, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> Array:
    """View the part of a byte block that starts at `offset` as an array."""
    count = 1
    for dimension in shape:
        count *= dimension
    part = block[offset : offset + count * dtype.itemsize]
    return part.view(dtype).reshape(shape)


def array_apart(
    block: Array,
    offset: int,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    strides: tuple[int, ...],
) -> Array:
    """View elements of a byte block that lie apart, so many elements from each other.

    It starts at an offset in bytes; the block is the host's.
    """
    steps = tuple(stride * dtype.itemsize for stride in strides)
    return np.ndarray(shape, dtype, block, offset, steps)


def allocate(shape: tuple[int, ...], dtype: np.dtype[Any], context: Context) -> Array:
    """Return an uninitialised, aligned array."""
    count = 1
    for dimension in shape:
        count *= dimension
    nbytes = count * dtype.itemsize
    if context.device_type == "cpu":
        block, start = _block(nbytes)
        return np.ndarray(shape, dtype, block, start)
    return array_over(allocate_bytes(nbytes, context), 0, shape, dtype)


def address(array: Array) -> int:
    """Return where the memory of an array begins."""
    if isinstance(array, np.ndarray):
        return array.ctypes.data
    return int(array.data.ptr)


def prepared(context: Context, make: Callable[[], T]) -> T:
    """Call what allocates for a context, or binds kernels, outside of its lanes.

    On a GPU it may enqueue, to fill a table say; that has been done at the return.
    """
    if context.device_type != "gpu":
        return make()
    cuda: Any = import_module("cupy").cuda
    with cuda.Device(context.device_id), cuda.Stream.null:
        made = make()
        cuda.Stream.null.synchronize()
    return made


def transfer(target: Array, source: Array) -> None:
    """Copy between memories of two contexts, on a lane that may touch both.

    Shapes and element types agree, and both are contiguous. What CUDA copies has been
    enqueued at the return, and done if memory of the host is in it that is not pinned.
    """
    if isinstance(source, np.ndarray):
        if isinstance(target, np.ndarray):
            target[...] = source
        else:
            target.set(source)
    elif isinstance(target, np.ndarray):
        source.get(out=target, blocking=False)
    else:  # through the host's memory where the devices cannot reach each other's
        target.data.copy_from_device_async(source.data, source.nbytes)


def transfer_added(target: Array, source: Array) -> None:
    """Add what `transfer` would copy to what is there."""
    if isinstance(target, np.ndarray):
        here = source if isinstance(source, np.ndarray) else source.get()
        np.add(target, here, out=target)
        return
    xp: Any = import_module("cupy")
    here = xp.empty_like(target)
    transfer(here, source)
    xp.add(target, here, out=target)
