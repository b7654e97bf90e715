"""Whether this thread records what it does to arrays, and whether it trains."""

from __future__ import annotations

import threading
from types import TracebackType


class _Mode(threading.local):
    recording = False
    training = False


_mode = _Mode()


def is_recording() -> bool:
    """Tell whether calls of operators are recorded, to be differentiated."""
    return _mode.recording


def is_training() -> bool:
    """Tell whether operators behave as in a training step: dropout drops, ..."""
    return _mode.training


def set_recording(is_recording: bool) -> bool:
    """Switch recording on this thread; return what it was."""
    previous, _mode.recording = _mode.recording, bool(is_recording)
    return previous


def set_training(train_mode: bool) -> bool:
    """Switch training behaviour on this thread; return what it was."""
    previous, _mode.training = _mode.training, bool(train_mode)
    return previous


class mode_scope:
    """Puts modes in force inside a ``with`` block; None leaves one as it is."""

    def __init__(self, recording: bool | None, training: bool | None) -> None:
        self._wanted = (recording, training)
        self._before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self._before.append((_mode.recording, _mode.training))
        recording, training = self._wanted
        if recording is not None:
            _mode.recording = recording
        if training is not None:
            _mode.training = training

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _mode.recording, _mode.training = self._before.pop()
