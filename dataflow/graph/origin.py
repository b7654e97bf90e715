"""Where a node comes from: the line of the user's program, or a file."""

from __future__ import annotations

import sys
from typing import NamedTuple


class Origin(NamedTuple):
    """A file and a line in it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Loaded(Origin):
    """A file and, in place of a line, the number of a node in it."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}, node {self.line}"


def caller_origin() -> Origin | None:
    """Return the innermost line outside this package on the calling stack."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith("dataflow.") and module != "dataflow":
            return Origin(frame.f_code.co_filename, frame.f_lineno)
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None
