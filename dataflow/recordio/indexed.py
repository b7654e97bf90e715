"""Files of records with an index beside them."""

from __future__ import annotations

import os
from typing import Any, TextIO

from dataflow.errors import FormatError, UnknownNameError
from dataflow.recordio.container import MXRecordIO, opened
from dataflow.serialization.files import check_name


class MXIndexedRecordIO(MXRecordIO):
    """A file of records, with an index of their positions by key.

    Parameters
    ----------
    idx_path : str
        Name of the index, a text file with a key and a position in each line.
    uri : str
        Name of the file.
    flag : str
        ``"r"`` to read, ``"w"`` to write a new file and its index.
    key_type : type
        Makes a key of its text, or of what `write_idx` is given.

    Raises
    ------
    FormatError
        A line of the index is malformed.
    """

    def __init__(
        self, idx_path: Any, uri: Any, flag: str, key_type: type[Any] = int
    ) -> None:
        self.idx_path = check_name(idx_path)
        self.idx: dict[Any, int] = {}
        self.keys: list[Any] = []
        self.key_type = key_type
        self.fidx: TextIO | None = None
        super().__init__(uri, flag)

    def open(self) -> None:
        """Open the file, at its start, and read its index or begin a new one."""
        super().open()
        self.idx = {}
        self.keys = []
        try:
            self.fidx = opened(self.idx_path, self.flag)
            if not self.writable:
                self._read_index()
        except BaseException:
            self.close()
            raise

    def _read_index(self) -> None:
        assert self.fidx is not None
        for number, line in enumerate(self.fidx, 1):
            try:
                text, position = line.strip().split("\t")
                key = self.key_type(text)
                self.idx[key] = int(position)
            except ValueError as error:
                raise FormatError(
                    f"{self.idx_path}, line {number}: {line.strip()!r} is no key and "
                    "position with a tab between them"
                ) from error
            self.keys.append(key)

    def close(self) -> None:
        """Close the file and its index."""
        super().close()
        if self.fidx is not None:
            self.fidx.close()

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"fidx": None}

    def seek(self, idx: Any) -> None:
        """Go to the record of a key; raises UnknownNameError if there is none."""
        if self.is_open and self.pid != os.getpid():
            self.reset()
        self._check(writing=False)
        if idx not in self.idx:
            raise UnknownNameError(f"{self.idx_path} has no key {idx!r}")
        self._file.seek(self.idx[idx])

    def read_idx(self, idx: Any) -> bytes | None:
        """Return the record of a key; raises what `seek` and `read` do."""
        self.seek(idx)
        return self.read()

    def write_idx(self, idx: Any, buf: bytes) -> None:
        """Append a record, and its key to the index; raises what `write` does."""
        key = self.key_type(idx)
        position = self.tell()
        self.write(buf)
        assert self.fidx is not None
        self.fidx.write(f"{key}\t{position}\n")
        self.idx[key] = position
        self.keys.append(key)
