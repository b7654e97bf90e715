"""The oneDNN library: where it lies, whether it will do, and calls of its functions.

Any `libdnnl` of major version 3 whose threads are OpenMP's serves: the one that
``DATAFLOW_DNNL`` names, else the one of the package onednn-cpu-gomp.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import (
    POINTER,
    c_char_p,
    c_float,
    c_int,
    c_int64,
    c_size_t,
    c_uint,
    c_void_p,
)
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from typing import Any

from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels.onednn import codes

PACKAGE = "onednn-cpu-gomp"
_FILE = "libdnnl.so.3"
_SPINS = "GOMP_SPINCOUNT"
_PATIENCE = "10000"  # some 100 us, the usual time from one primitive to the next

_handle = c_void_p  # of any object
_made = POINTER(c_void_p)  # where a function puts the handle of what it makes
_numbers = POINTER(c_int64)  # one per axis
_windows = (_numbers,) * 4  # strides, dilations, paddings at both ends
_pool = (_numbers,) * 5  # the same, with the kernel behind the strides
_response = (c_int64, c_float, c_float, c_float)


class Argument(ctypes.Structure):
    """One argument of a primitive's run."""

    _fields_ = (("name", c_int), ("memory", c_void_p))


def _handles(count: int) -> tuple[Any, ...]:
    return (_handle,) * count


# What each function takes. All return a status, but those of `_OTHERS`.
_FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "engine_create": (_made, c_int, c_size_t),
    "stream_create": (_made, _handle, c_uint),
    "stream_destroy": (_handle,),
    "memory_desc_create_with_strides": (_made, c_int, _numbers, c_int, _numbers),
    "memory_desc_create_with_tag": (_made, c_int, _numbers, c_int, c_int),
    "memory_desc_clone": (_made, _handle),
    "memory_desc_destroy": (_handle,),
    "memory_create": (_made, _handle, _handle, c_void_p),
    "memory_destroy": (_handle,),
    "post_ops_create": (_made,),
    "post_ops_append_sum": (_handle, c_float, c_int, c_int),
    "post_ops_append_eltwise": (_handle, c_int, c_float, c_float),
    "post_ops_append_binary": (_handle, c_int, _handle),
    "post_ops_destroy": (_handle,),
    "primitive_attr_create": (_made,),
    "primitive_attr_set_scratchpad_mode": (_handle, c_int),
    "primitive_attr_set_fpmath_mode": (_handle, c_int),
    "primitive_attr_set_post_ops": (_handle, _handle),
    "primitive_attr_destroy": (_handle,),
    "primitive_desc_query": (_handle, c_int, c_int, c_void_p),
    "primitive_desc_next_impl": (_handle,),
    "primitive_desc_destroy": (_handle,),
    "primitive_create": (_made, _handle),
    "primitive_destroy": (_handle,),
    "primitive_execute": (_handle, _handle, c_int, POINTER(Argument)),
    # Descriptions of primitives: place, engine, parameters, [hint,] attributes
    "reorder_primitive_desc_create": (_made, *_handles(5)),
    "matmul_primitive_desc_create": (_made, *_handles(6)),
    "convolution_forward_primitive_desc_create": (
        *(_made, _handle, c_int, c_int, *_handles(4)),
        *(*_windows, _handle),
    ),
    "deconvolution_forward_primitive_desc_create": (
        *(_made, _handle, c_int, c_int, *_handles(4)),
        *(*_windows, _handle),
    ),
    "convolution_backward_data_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(3)),
        *(*_windows, *_handles(2)),
    ),
    "convolution_backward_weights_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(4)),
        *(*_windows, *_handles(2)),
    ),
    "pooling_forward_primitive_desc_create": (
        *(_made, _handle, c_int, c_int, *_handles(2)),
        *(*_pool, _handle),
    ),
    "pooling_backward_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(2)),
        *(*_pool, *_handles(2)),
    ),
    "batch_normalization_forward_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(2)),
        *(c_float, c_uint, _handle),
    ),
    "batch_normalization_backward_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(3)),
        *(c_float, c_uint, *_handles(2)),
    ),
    "lrn_forward_primitive_desc_create": (
        *(_made, _handle, c_int, c_int, *_handles(2)),
        *(*_response, _handle),
    ),
    "lrn_backward_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(3)),
        *(*_response, *_handles(2)),
    ),
    "softmax_forward_primitive_desc_create": (
        *(_made, _handle, c_int, c_int, *_handles(2)),
        *(c_int, _handle),
    ),
    "softmax_backward_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(3)),
        *(c_int, *_handles(2)),
    ),
    "eltwise_forward_primitive_desc_create": (
        *(_made, _handle, c_int, c_int, *_handles(2)),
        *(c_float, c_float, _handle),
    ),
    "eltwise_backward_primitive_desc_create": (
        *(_made, _handle, c_int, *_handles(3)),
        *(c_float, c_float, *_handles(2)),
    ),
}
_direction = (_made, _handle, c_int, c_int)  # with the propagation kind before it
for _cell, _kind, _arrays, _numbers_after in (
    ("lstm", (), 11, ()),
    ("lbr_gru", (), 7, ()),
    ("vanilla_rnn", (c_int,), 7, (c_float, c_float)),
):
    _first = *_direction[:3], *_kind, _direction[3]
    _after = c_uint, *_numbers_after
    _FUNCTIONS[f"{_cell}_forward_primitive_desc_create"] = (
        *(*_first, *_handles(_arrays)),
        *(*_after, _handle),
    )
    _FUNCTIONS[f"{_cell}_backward_primitive_desc_create"] = (
        *(*_first, *_handles(2 * _arrays)),
        *(*_after, *_handles(2)),
    )


class _Version(ctypes.Structure):
    _fields_ = (
        ("major", c_int),
        ("minor", c_int),
        ("patch", c_int),
        ("hash", c_char_p),
        ("cpu_runtime", c_uint),
        ("gpu_runtime", c_uint),
    )


# Functions that return something else, and what they return.
_OTHERS: dict[str, tuple[tuple[Any, ...], Any]] = {
    "dnnl_version": ((), POINTER(_Version)),
    "dnnl_memory_desc_get_size": ((_handle,), c_size_t),
    "dnnl_memory_desc_equal": ((_handle, _handle), c_int),
    "dnnl_primitive_desc_query_md": ((_handle, c_int, c_int), c_void_p),
    "dnnl_get_effective_cpu_isa": ((), c_int),
    "omp_get_max_threads": ((), c_int),
    "omp_set_num_threads": ((c_int,), None),
}


class Failure(RuntimeError):
    """A function of oneDNN returned a status other than success."""

    def __init__(self, what: str, status: int) -> None:
        name = codes.Status(status).name.lower().replace("_", " ")
        super().__init__(f"oneDNN: {what}: {name}")
        self.status = status


@cache
def missing() -> str | None:
    """Return why oneDNN cannot be used here, or None if it can."""
    try:
        library()
    except DeclarationError as error:
        return str(error)
    return None


@cache
def library() -> ctypes.CDLL:
    """Load the library and declare its functions.

    Raises
    ------
    DeclarationError
        There is none, or it will not do; why.
    """
    path = os.environ.get("DATAFLOW_DNNL") or _installed()
    try:
        with _patience():
            loaded = ctypes.CDLL(path)
        _declare(loaded)
    except (OSError, AttributeError) as error:
        raise DeclarationError(f"oneDNN cannot be loaded: {error}") from None
    version = loaded.dnnl_version().contents
    if version.major != 3 or version.cpu_runtime != codes.OPENMP:
        raise DeclarationError(
            f"{path} is oneDNN {version.major}.{version.minor} with the CPU runtime "
            f"{version.cpu_runtime}; version 3 with OpenMP ({codes.OPENMP}) is needed"
        )
    return loaded


@contextmanager
def _patience() -> Iterator[None]:
    """Say how long OpenMP's threads stay awake for each other, unless the user does.

    GNU's runtime, which reads it when it is loaded, takes milliseconds by default. On a
    machine that others use as well, each primitive may then wait that long for a thread
    that cannot run because this one is awake.
    """
    if _SPINS in os.environ or "OMP_WAIT_POLICY" in os.environ:
        yield
        return
    os.environ[_SPINS] = _PATIENCE
    try:
        yield
    finally:
        del os.environ[_SPINS]


def _installed() -> str:
    """Return the path of the package's library."""
    try:
        listed = files(PACKAGE) or ()
    except PackageNotFoundError:
        listed = ()
    for file in listed:
        if file.name == _FILE:
            return str(file.locate())
    raise DeclarationError(
        f"oneDNN is not installed: pip install {PACKAGE}, or let DATAFLOW_DNNL name a "
        f"{_FILE}"
    )


def _declare(loaded: ctypes.CDLL) -> None:
    for name, arguments in _FUNCTIONS.items():
        getattr(loaded, f"dnnl_{name}").argtypes = arguments
    for name, (arguments, result) in _OTHERS.items():
        # OpenMP's functions are found too: the library brings its runtime with it.
        function = getattr(loaded, name)
        function.argtypes, function.restype = arguments, result


def call(name: str, *arguments: Any) -> None:
    """Call a function, named without its prefix.

    Raises
    ------
    Failure
        Its status is not success.
    """
    status = getattr(library(), f"dnnl_{name}")(*arguments)
    if status:
        raise Failure(name, status)


def make(name: str, *arguments: Any) -> int:
    """Call a function that makes an object; return the object's handle."""
    handle = c_void_p()
    call(name, ctypes.byref(handle), *arguments)
    assert handle.value is not None
    return handle.value


@cache
def engine() -> int:
    """Return the CPU engine, which every object belongs to."""
    return make("engine_create", codes.CPU, 0)


@cache
def has_wide_vectors() -> bool:
    """Tell whether oneDNN uses AVX-512 here."""
    isa: int = library().dnnl_get_effective_cpu_isa()
    return isa & codes.AVX512 == codes.AVX512


@cache
def has_bfloat16() -> bool:
    """Tell whether this machine multiplies in bfloat16 faster than it rounds to it."""
    isa: int = library().dnnl_get_effective_cpu_isa()
    return isa & codes.AVX512_BF16 == codes.AVX512_BF16
