"""Ctrl-C that comes between batches.

In the middle of one it could leave the engine with half of a step.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Self


class held_interrupts:
    """Hold Ctrl-C back until the end of the block; a second one comes at once.

    Does nothing on other threads than the main one, nor where a program handles the
    signal itself.
    """

    def __enter__(self) -> Self:
        self._pending = self._holding = False
        if threading.current_thread() is threading.main_thread():
            self._holding = signal.getsignal(signal.SIGINT) is _DEFAULT
        if self._holding:
            signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._pending:
            raise KeyboardInterrupt
        self._pending = True

    def __exit__(self, *error: Any) -> None:
        if self._holding:
            signal.signal(signal.SIGINT, _DEFAULT)
        if self._pending:
            raise KeyboardInterrupt


_DEFAULT = signal.default_int_handler
