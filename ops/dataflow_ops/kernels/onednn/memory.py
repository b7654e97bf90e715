"""How elements lie in memory, and memory that primitives run on.

Everything is single precision, the one type this back end takes, but for what
primitives multiply in bfloat16.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Sequence
from ctypes import c_int64
from functools import lru_cache, partial

from dataflow_ops.kernels.onednn import codes
from dataflow_ops.kernels.onednn.library import call, engine, library, make
from dataflow_ops.shapes import Shape

_AXES = 12  # DNNL_MAX_NDIMS
BLOCK = 16  # channels


def numbers(values: Sequence[int]) -> ctypes.Array[c_int64]:
    """Return what functions take for one number per axis."""
    return (c_int64 * _AXES)(*values)


def owns(owner: object, kind: str, handle: int) -> None:
    """Destroy an object of oneDNN when its owner goes."""
    weakref.finalize(owner, call, f"{kind}_destroy", handle).atexit = False


class Layout:
    """How the elements of an array lie, as oneDNN describes it.

    Parameters
    ----------
    handle : int
        The description, which the new object then owns.
    shape : tuple of int
        Lengths of the axes, where whoever makes it knows them.
    rounded : callable, optional
        Describes the same elements in bfloat16.
    """

    __slots__ = ("__weakref__", "handle", "nbytes", "rounded", "shape")

    def __init__(
        self,
        handle: int,
        shape: Shape = (),
        rounded: Callable[[], Layout] | None = None,
    ) -> None:
        self.handle = handle
        self.shape = shape
        self.rounded = rounded
        self.nbytes = int(library().dnnl_memory_desc_get_size(handle))
        owns(self, "memory_desc", handle)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layout) and bool(
            library().dnnl_memory_desc_equal(self.handle, other.handle)
        )

    __hash__ = None  # type: ignore[assignment]  # equal ones have different handles


@lru_cache(maxsize=4096)
def strided(shape: Shape, strides: Shape, kind: int = codes.FLOAT32) -> Layout:
    """Describe elements this many elements apart along each axis."""
    sizes = numbers(shape), kind, numbers(strides)
    handle = make("memory_desc_create_with_strides", len(shape), *sizes)
    return Layout(handle, shape, partial(strided, shape, strides, codes.BFLOAT16))


def undecided(shape: Shape) -> Layout:
    """Leave it to a primitive how the elements lie."""
    return _tagged(shape, codes.ANY_LAYOUT)


def blocked(shape: Shape) -> Layout:
    """Describe images whose channels (axis 1) lie in blocks of 16."""
    return _tagged(shape, codes.BLOCKS_OF_16[len(shape)])


@lru_cache(maxsize=1024)
def _tagged(shape: Shape, tag: int, kind: int = codes.FLOAT32) -> Layout:
    sizes = numbers(shape), kind, tag
    handle = make("memory_desc_create_with_tag", len(shape), *sizes)
    return Layout(handle, rounded=partial(_tagged, shape, tag, codes.BFLOAT16))


def ordered(shape: Shape, order: Sequence[int] | None = None) -> Layout:
    """Describe elements without gaps.

    Parameters
    ----------
    shape : tuple of int
        Lengths of the axes as the primitive counts them.
    order : sequence of int, optional
        The axes from the outermost in memory to the innermost; as they are counted
        if left out.
    """
    strides = [0] * len(shape)
    step = 1
    for axis in reversed(order or range(len(shape))):
        strides[axis] = step
        step *= shape[axis]
    return strided(shape, tuple(strides))


def channels_last(shape: Shape) -> Layout:
    """Describe images whose channels (axis 1) lie last."""
    rest = range(2, len(shape))
    return ordered(shape, (0, *rest, 1))


class Memory:
    """Memory at an address, with the layout of what lies there.

    Whoever makes one sees to it that the memory stays.
    """

    __slots__ = ("__weakref__", "handle")

    def __init__(self, layout: Layout, address: int) -> None:
        self.handle = make("memory_create", layout.handle, engine(), address)
        owns(self, "memory", self.handle)
