"""Indices of arrays: what they select, and reading and writing it."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow.errors import ArgumentError, IndexOutOfRange
from dataflow.storage import Array

Shape = tuple[int, ...]


def normalize(key: Any, shape: Shape) -> Any:
    """Turn a user's index into one that the array library takes.

    Raises
    ------
    IndexOutOfRange
        An integer lies outside its axis, or there are too many indices.
    ArgumentError
        Something in it is no index.
    """
    parts = key if isinstance(key, tuple) else (key,)
    normal = tuple(_part(part) for part in parts)
    try:
        _probe(shape)[normal]
    except IndexError as error:
        raise IndexOutOfRange(f"index {key!r} of an array {shape}: {error}") from None
    return normal


def _part(part: Any) -> Any:
    if part is None or part is Ellipsis or isinstance(part, slice | int | np.integer):
        return part
    if hasattr(part, "asnumpy"):
        part = part.asnumpy()
    index = np.asarray(part)
    if index.dtype == bool:
        return index
    if index.dtype.kind not in "iuf" or isinstance(part, float):
        raise ArgumentError(f"{part!r} cannot index an array")
    return index.astype(np.int64)


def element_offset(key: tuple[Any, ...], shape: Shape) -> int | None:
    """Return the place of the one element that a normal index names, if it does."""
    if len(key) != len(shape) or not all(isinstance(i, int | np.integer) for i in key):
        return None
    offset = 0
    for index, length in zip(key, shape, strict=True):
        offset = offset * length + int(index) % length
    return offset if shape else None


def is_block(key: tuple[Any, ...]) -> bool:
    """Tell whether a normal index selects whole leading blocks, without gaps."""
    if len(key) != 1:
        return False
    part = key[0]
    if isinstance(part, slice):
        return part.step in (None, 1)
    return part is Ellipsis or isinstance(part, int | np.integer)


def result_shape(array: Array, key: Any) -> Shape:
    """Return the shape of what a normal index selects, without reading values."""
    shape: Shape = _probe(array.shape)[key].shape
    return shape


def _probe(shape: Shape) -> np.ndarray:
    """Return an array of this shape that takes no memory."""
    return np.broadcast_to(np.zeros((), np.bool_), shape)


def assignable(source: Shape, target: Shape) -> Shape:
    """Return `source` less the leading ones that keep it from broadcasting.

    Raises
    ------
    ArgumentError
        It does not broadcast to `target`.
    """
    extra = max(len(source) - len(target), 0)
    # NumPy lets leading ones go, and so does MXNet.
    kept = source[extra:] if source[:extra] == (1,) * extra else source
    try:
        fits = np.broadcast_shapes(kept, target) == target
    except ValueError:
        fits = False
    if not fits:
        raise ArgumentError(f"cannot assign {source} to a part of shape {target}")
    return kept


def read(target: Array, source: Array, key: Any) -> None:
    """Copy the selected part of `source` into `target`."""
    target[...] = source[key]


def write(target: Array, key: Any, source: Array) -> None:
    """Write `source` into the selected part of `target`."""
    target[key] = source
