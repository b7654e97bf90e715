"""Lists of arrays in MXNet's own binary form, that of ``.params`` files.

A list is: its magic number and a reserved one, the count of arrays, the arrays, the
count of names (as many, or none), the names. Everything is little-endian.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from dataflow.errors import ArgumentError, FormatError
from dataflow.serialization.limits import current_limits
from dataflow_ops.dtypes import CODES

LIST_MAGIC = 0x112
V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA  # magic numbers of an array
_STORAGE = {-1: "undefined", 1: "row_sparse", 2: "csr"}

# Types that a file may have beside those that operators know.
DTYPES: dict[int, np.dtype[Any]] = {**CODES, 7: np.dtype(np.bool_)}
_CODE_OF = {dtype: code for code, dtype in DTYPES.items()}
_MISSING = {12: "bfloat16"}


@dataclass(frozen=True)
class Saved:
    """An array as a file holds it: a value, and the device that it was on."""

    value: np.ndarray
    device: tuple[int, int] = (1, 0)  # MXNet's numbers of type and device: cpu(0)


def check_dtype(dtype: np.dtype[Any], name: str) -> None:
    """Raise ArgumentError unless files can hold arrays of this type."""
    if dtype not in _CODE_OF:
        raise ArgumentError(
            f"{name} is of type {dtype}, which this form has no code for; it has "
            f"{', '.join(map(str, _CODE_OF))}; cast it, or save as .safetensors"
        )


def dump(
    arrays: Iterator[Saved], count: int, names: Sequence[str]
) -> Iterator[bytes | memoryview]:
    """Return the bytes of a list of arrays, piece by piece.

    Parameters
    ----------
    arrays : iterator of Saved
        The arrays, of types that `check_dtype` accepts; taken one by one.
    count : int
        How many there are.
    names : sequence of str
        Their names, or none.
    """
    yield struct.pack("<QQQ", LIST_MAGIC, 0, count)
    for array in arrays:
        shape = array.value.shape
        yield struct.pack("<Iii", V2, 0, len(shape))  # 0: dense
        yield struct.pack(f"<{len(shape)}q", *shape)
        yield struct.pack("<iii", *array.device, _CODE_OF[array.value.dtype])
        little = array.value.astype(array.value.dtype.newbyteorder("<"), copy=False)
        yield np.ascontiguousarray(little).reshape(-1).view(np.uint8).data
    yield struct.pack("<Q", len(names))
    for name in names:
        data = name.encode()
        yield struct.pack("<Q", len(data)) + data


def load(stream: BinaryIO, size: int, source: str) -> tuple[list[Saved], list[str]]:
    """Read a list of arrays.

    Parameters
    ----------
    stream : binary file
        Where to read.
    size : int
        How many bytes there are.
    source : str
        What it is, for messages.

    Returns
    -------
    tuple of lists
        The arrays, and their names (as many, or none).

    Raises
    ------
    FormatError
        It is malformed, sparse, or beyond a limit.
    """
    limits = current_limits()
    limits.check("bytes", size, f"{source}: bytes")
    reader = _Reader(stream, size, source)
    magic, _ = reader.numbers("<QQ", "its first 16 bytes")
    if magic != LIST_MAGIC:
        raise FormatError(
            f"{source} is no list of arrays: it begins with {magic:#x}, not "
            f"{LIST_MAGIC:#x}"
        )
    (count,) = reader.numbers("<Q", "the count of arrays")
    limits.check("arrays", count, f"{source}: the count of arrays")
    arrays = [_array(reader, f"array {number}") for number in range(count)]
    (named,) = reader.numbers("<Q", "the count of names")
    if named not in (0, count):
        raise FormatError(f"{source} has {count} arrays, but {named} names")
    names = [_name(reader, f"name {number}") for number in range(named)]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FormatError(f"{source} has two arrays named {twice[:80]!r}")
    if reader.left:
        raise FormatError(f"{source} goes on for {reader.left} bytes after its end")
    return arrays, names


class _Reader:
    """What is left of a file; asking for more than that is an error that names it."""

    def __init__(self, stream: BinaryIO, size: int, source: str) -> None:
        self.stream = stream
        self.left = size
        self.source = source

    def numbers(self, form: str, what: str) -> tuple[int, ...]:
        """Read some numbers; `form` is that of the struct module."""
        return struct.unpack(form, self.bytes(struct.calcsize(form), what))

    def bytes(self, count: int, what: str) -> bytes:
        """Read so many bytes."""
        self.take(count, what)
        data = self.stream.read(count)
        if len(data) != count:
            raise self.error(f"ends within {what}")
        return data

    def into(self, target: np.ndarray, what: str) -> None:
        """Fill an array's memory."""
        self.take(target.nbytes, what)
        place = memoryview(target.reshape(-1).view(np.uint8).data)
        while place:
            data = self.stream.read(min(len(place), 1 << 24))
            if not data:
                raise self.error(f"ends within {what}")
            place[: len(data)] = data
            place = place[len(data) :]

    def take(self, count: int, what: str) -> None:
        """Raise FormatError unless so many bytes are left."""
        if count > self.left:
            raise self.error(f"ends within {what}: {count} bytes are due, not")
        self.left -= count

    def error(self, message: str) -> FormatError:
        left = f" {self.left}" if message.endswith("not") else ""
        return FormatError(f"{self.source} {message}{left}")


def _array(reader: _Reader, what: str) -> Saved:
    (magic,) = reader.numbers("<I", what)
    if magic in (V2, V3):
        (storage,) = reader.numbers("<i", f"{what}, its storage type")
        if storage != 0:
            kind = _STORAGE.get(storage, f"unknown ({storage})")
            raise FormatError(
                f"{reader.source}: {what} has storage type {kind}, but only dense "
                "arrays can be loaded; convert it with tostype('default') in MXNet"
            )
    shape = _shape(reader, magic, what)
    device_type, device, code = reader.numbers("<iii", f"{what}, its device and type")
    dtype = DTYPES.get(code)
    if dtype is None:
        name = _MISSING.get(code, "unknown")
        raise FormatError(
            f"{reader.source}: {what} has type code {code} ({name}); known are "
            f"{', '.join(f'{c} ({t})' for c, t in DTYPES.items())}"
        )
    return Saved(_value(reader, shape, dtype, what), (device_type, device))


def _shape(reader: _Reader, magic: int, what: str) -> tuple[int, ...]:
    where = f"{what}, its shape"
    if magic in (V1, V2, V3):
        (dimensions,) = reader.numbers("<i", where)
        letter = "q"
    else:  # before versions there was no magic number: this is the count itself
        dimensions, letter = magic, "I"
    if dimensions < 0:
        raise FormatError(f"{reader.source}: {what} has {dimensions} dimensions")
    current_limits().check(
        "dimensions", dimensions, f"{reader.source}: {what}, its dimensions"
    )
    shape = reader.numbers(f"<{dimensions}{letter}", where)
    if any(length < 0 for length in shape):
        raise FormatError(f"{reader.source}: {what} has the shape {shape}")
    return shape


def _value(
    reader: _Reader, shape: tuple[int, ...], dtype: np.dtype[Any], what: str
) -> np.ndarray:
    count = 1
    for length in shape:
        count *= length
    nbytes = count * dtype.itemsize
    where = f"{what} of shape {shape}"
    if nbytes > reader.left:  # before memory is asked for
        reader.take(nbytes, where)
    try:
        value = np.empty(shape, dtype.newbyteorder("<"))
    except ValueError as error:  # lengths beside a 0 may still be too large
        raise FormatError(f"{reader.source}: {where}: {error}") from None
    reader.into(value, where)
    if dtype.kind == "b":  # any byte may stand there
        return np.asarray(value.view(np.uint8) != 0)
    native: np.ndarray = value.astype(dtype, copy=False)
    return native


def _name(reader: _Reader, what: str) -> str:
    (length,) = reader.numbers("<Q", what)
    current_limits().check("name", length, f"{reader.source}: {what}")
    try:
        return reader.bytes(length, what).decode()
    except UnicodeDecodeError as error:
        raise FormatError(f"{reader.source}: {what} is not UTF-8: {error}") from None


def loads(data: bytes, source: str) -> tuple[list[Saved], list[str]]:
    """Read a list of arrays from memory; see `load`."""
    return load(io.BytesIO(data), len(data), source)
