"""The order in which a program's operations started, as a value and as a file.

An operation pushed is known by its *number*, which says where in the program that was,
so that it is the same in every run of it, whoever runs what and when:

``"3"``         the third push of the main thread
``"3.1"``       the first push from inside that operation
``"loader:2"``  the second push of the thread named ``loader``
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

from dataflow_engine.errors import OrderError

FORMAT = "dataflow order 1"
MOST_BYTES = 1 << 28
_NUMBER = re.compile(r"(?:[^\x00-\x1f]{1,200}:)?[0-9]{1,12}(?:\.[0-9]{1,12}){0,50}")


class Numbering:
    """Gives pushes their numbers, counted from when it was made."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def next(self, inside: str | None) -> str:
        """Return the number of a push that this thread makes now.

        Parameters
        ----------
        inside : str or None
            The number of the operation that pushes, if one does.
        """
        start = _of_this_thread() if inside is None else f"{inside}."
        with self._lock:
            count = self._counts[start] = self._counts.get(start, 0) + 1
        return f"{start}{count}"


def _of_this_thread() -> str:
    thread = threading.current_thread()
    return "" if thread is threading.main_thread() else f"{thread.name}:"


def pusher_of(number: str) -> tuple[str | None, str | None]:
    """Return who pushes it: the number of an operation, or the name of a thread."""
    outer, dot, _ = number.rpartition(".")
    # A thread's name may have dots of its own, before the last colon.
    if dot and ":" not in number[len(outer) :]:
        return outer, None
    name, colon, _ = number.rpartition(":")
    return None, name if colon else None


class Order:
    """Which operations a program pushed, and in which order they started.

    Parameters
    ----------
    pushed : mapping of str to str
        The names of all operations pushed, by their numbers.
    started : sequence of str
        The numbers of those that were started. What is skipped for the failure of
        another one is not.

    Raises
    ------
    OrderError
        They do not fit together.
    """

    def __init__(self, pushed: Mapping[str, str], started: Sequence[str]) -> None:
        self.pushed = dict(pushed)
        self.started = tuple(started)
        for number, name in self.pushed.items():
            if not isinstance(number, str) or not _NUMBER.fullmatch(number):
                raise OrderError(
                    f"{number!r:.80} is no number of a push, such as '3.1'"
                )
            if not isinstance(name, str):
                raise OrderError(f"the name of push {number} is {name!r:.80}, no text")
        seen: set[str] = set()
        for number in self.started:
            if not isinstance(number, str) or number not in self.pushed:
                raise OrderError(f"{number!r:.80} is started, but was never pushed")
            if number in seen:
                raise OrderError(f"{number} is started twice")
            seen.add(number)

    def __len__(self) -> int:
        return len(self.started)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Order):
            return NotImplemented
        return (self.pushed, self.started) == (other.pushed, other.started)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Order of {len(self)} operations>"

    def names(self) -> list[str]:
        """Return the names of the operations in the order of their starts."""
        return [self.pushed[number] for number in self.started]

    def to_json(self) -> str:
        """Return it as JSON text."""
        content = {"format": FORMAT, "pushed": self.pushed, "started": self.started}
        return json.dumps(content, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the order that a text describes; raises OrderError if none."""
        try:
            content: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise OrderError(f"this is no order, nor JSON at all: {error}") from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise OrderError(f"this is no order: it lacks the format {FORMAT!r}")
        pushed, started = content.get("pushed"), content.get("started")
        if not isinstance(pushed, dict) or not isinstance(started, list):
            raise OrderError("an order has a mapping 'pushed' and a list 'started'")
        return cls(pushed, started)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, as JSON."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.to_json())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read it from a file; raises OrderError unless that holds an order."""
        size = os.path.getsize(path)
        if size > MOST_BYTES:
            raise OrderError(f"{os.fspath(path)!r} is too large for an order: {size} B")
        with open(path, encoding="utf-8") as file:
            try:
                return cls.from_json(file.read())
            except UnicodeDecodeError as error:
                raise OrderError(f"this is no order, nor a text: {error}") from None
