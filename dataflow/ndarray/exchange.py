"""Sharing memory with other array libraries, without a copy: NumPy and DLPack.

What is exported is waited for first. From then on the other library and the engine
know nothing of each other: wait again after what is pushed later.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow.context import cpu
from dataflow.errors import ArgumentTypeError
from dataflow.ndarray.ndarray import NDArray
from dataflow.ndarray.ndarray import from_numpy as copy_numpy
from dataflow.ndarray.sharing import note_shared


def from_numpy(ndarray: np.ndarray, zero_copy: bool = True) -> NDArray:
    """Return an array over the memory of a NumPy array.

    Parameters
    ----------
    ndarray : numpy.ndarray
        C-contiguous, unless it is copied. It becomes read-only, since the engine now
        orders what writes to its memory.
    zero_copy : bool
        Share the memory; copy it otherwise.

    Raises
    ------
    ArgumentTypeError
        It is no NumPy array, or not contiguous.
    """
    if not isinstance(ndarray, np.ndarray):
        raise ArgumentTypeError(f"from_numpy takes a NumPy array, not {ndarray!r}")
    if not zero_copy:
        return copy_numpy(ndarray, cpu())
    if not ndarray.flags.c_contiguous:
        raise ArgumentTypeError(
            "only C-contiguous memory can be shared; pass zero_copy=False, or "
            "numpy.ascontiguousarray of it"
        )
    shared = ndarray.view()
    ndarray.flags.writeable = False
    return _sharing(shared)


def _sharing(raw: np.ndarray) -> NDArray:
    array = NDArray(raw, cpu())
    note_shared(array.var)
    return array


def from_dlpack(dlpack: Any) -> NDArray:
    """Return an array over the memory of another library's tensor.

    Parameters
    ----------
    dlpack : object with ``__dlpack__``, or a DLPack capsule
        Memory of the CPU. What an object gives read-only is copied.

    Raises
    ------
    ArgumentTypeError
        It is neither, or its element type is none of NumPy's.
    """
    is_capsule = not hasattr(dlpack, "__dlpack__")
    try:
        raw = np.from_dlpack(_Capsule(dlpack) if is_capsule else dlpack)
    except (TypeError, BufferError, RuntimeError, ValueError) as error:
        raise ArgumentTypeError(f"cannot take {dlpack!r} over: {error}") from None
    if is_capsule:
        raw = np.asarray(_Writable(raw))
    if not (raw.flags.writeable and raw.flags.c_contiguous):
        return copy_numpy(raw, cpu())
    return _sharing(raw)


class _Capsule:
    """Gives a bare capsule the methods that the protocol asks for."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)  # kDLCPU


class _Writable:
    """Memory of a capsule, which NumPy takes for read-only: a capsule cannot say."""

    def __init__(self, raw: np.ndarray) -> None:
        self._raw = raw  # keeps the memory alive
        interface = dict(raw.__array_interface__)
        interface["data"] = (interface["data"][0], False)
        self.__array_interface__ = interface


def to_dlpack_for_read(data: NDArray) -> Any:
    """Return a DLPack capsule over its memory, once its value is there."""
    return data.__dlpack__()


def to_dlpack_for_write(data: NDArray) -> Any:
    """Return a DLPack capsule over its memory, once nobody uses it any more."""
    return data.__dlpack__()
