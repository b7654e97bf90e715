"""MXNet's engine through libmxnet's C interface, called by ctypes."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import mxnet

CPU = 1  # the C interface's device type
FLOAT32 = 0
SOURCE = Path(__file__).with_name("driver.c")
SyncFunction = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


class Context(ctypes.Structure):
    """The layout of mxnet::Context."""

    _fields_ = (("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32))


library = mxnet.base._LIB
context = Context(CPU, 0)


def new_array() -> int:
    """Return the handle of an array without memory: its variable is what we want."""
    handle = ctypes.c_void_p()
    shape = (ctypes.c_uint32 * 1)(1)
    check(library.MXNDArrayCreateEx(shape, 1, CPU, 0, 1, FLOAT32, ctypes.byref(handle)))
    assert handle.value is not None
    return handle.value


def check(status: int) -> None:
    """Raise what a call of the C interface reports."""
    if status:
        raise RuntimeError(library.MXGetLastError())


def handles(arrays: Sequence[int]) -> ctypes.Array[ctypes.c_void_p]:
    """Return handles as a C array."""
    return (ctypes.c_void_p * len(arrays))(*arrays)


def push_function() -> Callable[..., int]:
    """Return the function that pushes, with its argument types declared."""
    push: Any = library.MXEnginePushSyncND
    push.argtypes = [
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_char_p,
    ]
    return cast("Callable[..., int]", push)


def compiled_driver() -> ctypes.CDLL:
    """Compile the C loop into a temporary folder and load it."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise RuntimeError("no C compiler here, so no C loop to compare with")
    folder = tempfile.mkdtemp(prefix="dataflow-bench-")
    try:
        target = Path(folder) / "driver.so"
        subprocess.run(
            [compiler, "-O2", "-shared", "-fPIC", str(SOURCE), "-o", str(target)],
            check=True,
        )
        return ctypes.CDLL(str(target))
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # a loaded library stays mapped
