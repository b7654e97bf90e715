"""Files of records.

A record is a magic number, a word with its length and a flag, its bytes, and zeros up
to a multiple of four. Where its bytes have the magic number themselves, on such a
multiple, it is cut there into parts, whose flags say so.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, Self

import numpy as np

from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    FileError,
    FormatError,
    MissingFileError,
)
from dataflow.serialization.files import check_name

_MAGIC = struct.pack("<I", 0xCED7230A)
_HEAD = struct.Struct("<4sI")
_LENGTH_BITS = 29
_WHOLE, _FIRST, _MIDDLE, _LAST = range(4)  # flags of the parts of a record


class MXRecordIO:
    """A file of records, read or written one after another.

    Parameters
    ----------
    uri : str
        Name of the file.
    flag : str
        ``"r"`` to read, ``"w"`` to write a new file.

    Raises
    ------
    ArgumentError
        The flag is another one.
    FileError, MissingFileError
        The file cannot be opened; it does not exist.
    """

    is_open = False

    def __init__(self, uri: Any, flag: str) -> None:
        if flag not in ("r", "w"):
            raise ArgumentError(f"flag is {flag!r}; use 'r' to read or 'w' to write")
        self.uri = check_name(uri)
        self.flag = flag
        self.writable = flag == "w"
        self.pid: int | None = None
        self.open()

    def open(self) -> None:
        """Open the file, at its start; one that is written becomes empty."""
        self._file: BinaryIO = opened(self.uri, self.flag + "b")
        self.pid = os.getpid()
        self.is_open = True

    def close(self) -> None:
        """Close the file; it can be opened again."""
        if self.is_open:
            self.is_open = False
            self.pid = None
            self._file.close()

    def reset(self) -> None:
        """Go back to the start; a file that is written becomes empty."""
        self.close()
        self.open()

    def __del__(self) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        if self.writable:
            raise ArgumentTypeError(
                f"a writer of {self.uri} cannot be pickled: its copy would empty the "
                "file; pickle a reader"
            )
        return {k: v for k, v in vars(self).items() if k not in ("_file", "pid")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore it at the start of its file."""
        vars(self).update(state)
        self.pid = None
        if self.is_open:
            self.is_open = False
            self.open()

    def _check(self, *, writing: bool) -> None:
        if writing != self.writable:
            raise ArgumentError(
                f"{self.uri} was opened with flag '{self.flag}'; open it with "
                f"'{'w' if writing else 'r'}'"
            )
        if not self.is_open:
            raise FileError(f"{self.uri} is closed; call open or reset")
        if self.pid != os.getpid():
            raise FileError(
                f"{self.uri} was opened by another process, and both would move its "
                "position; call reset first, or open it anew"
            )

    def tell(self) -> int:
        """Return the position in the file, of the next record."""
        self._check(writing=self.writable)
        return self._file.tell()

    def write(self, buf: bytes) -> None:
        """Append a record.

        Raises
        ------
        ArgumentError
            The file is read, or the record too long: it must be below 2**29 bytes.
        ArgumentTypeError
            `buf` is not bytes.
        """
        self._check(writing=True)
        if not isinstance(buf, bytes | bytearray | memoryview):
            raise ArgumentTypeError(
                f"a record must be bytes, not {type(buf).__name__}; encode text first"
            )
        record = bytes(buf)
        if len(record) >= 1 << _LENGTH_BITS:
            raise ArgumentError(
                f"a record of {len(record)} bytes is too long; the format allows fewer "
                f"than {1 << _LENGTH_BITS}"
            )
        for flag, part in _parts(record):
            head = _HEAD.pack(_MAGIC, flag << _LENGTH_BITS | len(part))
            self._file.write(head + part + bytes(-len(part) % 4))

    def read(self) -> bytes | None:
        """Return the next record, None at the end of the file.

        Raises
        ------
        ArgumentError
            The file is written.
        FormatError
            There is no record at this position, or it is cut off.
        """
        self._check(writing=False)
        first = self._part()
        if first is None:
            return None
        flag, content = first
        if flag == _WHOLE:
            return content
        if flag != _FIRST:
            raise self._error("a record begins in its middle")
        pieces = [content]
        while flag != _LAST:
            part = self._part()
            if part is None or part[0] not in (_MIDDLE, _LAST):
                raise self._error("the parts of a record have no end")
            flag, content = part
            pieces.append(content)
        return _MAGIC.join(pieces)

    def read_at(self, position: int) -> bytes:
        """Return the record at one of `starts`; raises what `read` does."""
        self._check(writing=False)
        self._file.seek(position)
        record = self.read()
        if record is None:
            raise self._error("there is no record")
        return record

    def starts(self) -> list[int]:
        """Return the positions of all records; raises FormatError as `read` does."""
        self._check(writing=False)
        found = []
        position = self._file.seek(0)
        while (head := self._head()) is not None:
            flag, length = head
            if flag in (_WHOLE, _FIRST):
                found.append(position)
            position = self._file.seek(length + -length % 4, os.SEEK_CUR)
        self._file.seek(0)
        return found

    def _part(self) -> tuple[int, bytes] | None:
        head = self._head()
        if head is None:
            return None
        flag, length = head
        return flag, self._file.read(length + -length % 4)[:length]

    def _head(self) -> tuple[int, int] | None:
        """Return flag and length of the part that follows, None at the end."""
        head = self._file.read(_HEAD.size)
        if not head:
            return None
        if len(head) < _HEAD.size:
            raise self._error("the head of a record is cut off")
        magic, word = _HEAD.unpack(head)
        if magic != _MAGIC:
            raise self._error(
                f"a record should begin with {_MAGIC.hex(' ')}, not {magic.hex(' ')}; "
                "this is no RecordIO file, or no position of a record"
            )
        length = word & ((1 << _LENGTH_BITS) - 1)
        left = os.fstat(self._file.fileno()).st_size - self._file.tell()
        if length + -length % 4 > left:
            raise self._error(f"a record of {length} bytes has only {left}")
        return word >> _LENGTH_BITS, length

    def _error(self, what: str) -> FormatError:
        return FormatError(f"{self.uri}: before byte {self._file.tell()}, {what}")


def _parts(record: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield flags and parts of a record, cut at aligned magic numbers."""
    words = np.frombuffer(record, "<u4", len(record) // 4)
    cuts = (4 * np.flatnonzero(words == int.from_bytes(_MAGIC, "little"))).tolist()
    if not cuts:
        yield _WHOLE, record
        return
    starts = [0, *(cut + 4 for cut in cuts)]
    for i, (start, stop) in enumerate(zip(starts, [*cuts, len(record)], strict=True)):
        flag = _FIRST if i == 0 else _LAST if i == len(cuts) else _MIDDLE
        yield flag, record[start:stop]


def opened(name: str, mode: str) -> Any:
    """Open a file; raises FileError or MissingFileError."""
    try:
        return open(name, mode)
    except FileNotFoundError as error:
        raise MissingFileError(f"{name} cannot be opened: {error}") from error
    except OSError as error:
        raise FileError(f"{name} cannot be opened: {error}") from error
