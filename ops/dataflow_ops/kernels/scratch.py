"""Dividing a workspace among the arrays that a kernel needs."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.table import Array
from dataflow_ops.shapes import Shape, size

_ALIGNMENT = 64  # bytes; what vector instructions and BLAS like best


def scratch_bytes(shapes: Sequence[Shape], dtype: DType) -> int:
    """Bytes of workspace that arrays of these shapes take."""
    return sum(_aligned(size(shape) * dtype.itemsize) for shape in shapes)


def carve(workspace: Array, shapes: Sequence[Shape], dtype: DType) -> list[Array]:
    """Return uninitialised arrays of these shapes, one behind the other."""
    arrays = []
    start = 0
    for shape in shapes:
        nbytes = size(shape) * dtype.itemsize
        part = workspace[start : start + nbytes]
        arrays.append(part.view(dtype).reshape(shape))
        start += _aligned(nbytes)
    return arrays


def _aligned(nbytes: int) -> int:
    return -(-nbytes // _ALIGNMENT) * _ALIGNMENT
