"""A line on the terminal that shows how far a long training has come.

It needs a terminal on standard error and the package ``rich``; without either nothing
is shown, and nothing is imported. ``DATAFLOW_PROGRESS=0`` turns it off.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

PATIENCE_SECONDS = 2.0  # shorter runs show nothing
REFRESH_SECONDS = 0.1


def wanted() -> bool:
    """Tell whether somebody could see the display."""
    return (
        os.environ.get("DATAFLOW_PROGRESS") != "0"
        and sys.stderr.isatty()
        and importlib.util.find_spec("rich") is not None
    )


class Display:
    """Shows epochs and batches inside a ``with`` block.

    Parameters
    ----------
    begin, end : int
        The first epoch, and the one to stop before.
    clock : callable, optional
        Gives seconds.
    """

    def __init__(
        self, begin: int, end: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._range = (begin, end)
        self._clock = clock
        self._next = float("inf")
        self._progress: Any = None
        self._task: Any = None

    def __enter__(self) -> Display:
        if wanted():
            self._next = self._clock() + PATIENCE_SECONDS
        return self

    def batch(self, epoch: int, number: int) -> None:
        """Say that a batch of an epoch has been handed to the engine."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + REFRESH_SECONDS
        if self._progress is None:
            self._start()
        done = epoch - self._range[0]
        self._progress.update(self._task, completed=done, batch=number + 1)
        self._progress.refresh()

    def _start(self) -> None:
        from rich import progress  # noqa: PLC0415 - optional
        from rich.console import Console  # noqa: PLC0415

        self._progress = progress.Progress(
            progress.TextColumn("epoch"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("batch {task.fields[batch]}"),
            progress.TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,  # which would need a thread
        )
        self._progress.start()
        begin, end = self._range
        self._task = self._progress.add_task("fit", total=end - begin, batch=0)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
