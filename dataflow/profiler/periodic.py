"""Writing a profile again and again while it is recorded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dataflow.errors import FileError

_log = logging.getLogger("dataflow.profiler")


class Periodic:
    """Calls a function in a thread of its own until stopped.

    Parameters
    ----------
    period : float
        Seconds between calls.
    write : callable
        What to call. A FileError is logged once and ends the calls.
    """

    def __init__(self, period: float, write: Callable[[], None]) -> None:
        self._period = period
        self._write = write
        self._stopped = threading.Event()
        self.thread = threading.Thread(target=self._work, name="profiler", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while not self._stopped.wait(self._period):
            try:
                self._write()
            except FileError as error:
                _log.error("%s", error)
                return

    def stop(self) -> None:
        """End the calls; one that has begun goes on."""
        self._stopped.set()
