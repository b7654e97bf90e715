"""Raises KeyboardInterrupt at the n-th place of the engine where Ctrl-C could.

CPython looks for signals at the start of a function, after a call of anything that is
written in C, and when a loop goes back. A tracer follows the main thread through the
engine's own files from one bytecode to the next, and raises at one of these places.
"""

from __future__ import annotations

import dis
import sys
from pathlib import Path

import dataflow_engine

FOLDER = str(Path(dataflow_engine.__file__).parent)
# Operations come and go with versions of Python: these are all that there ever were.
RESUME = dis.opmap["RESUME"]
LOOKS = {
    dis.opmap[name]
    for name in (
        *("RESUME", "CALL", "CALL_KW", "CALL_FUNCTION_EX"),
        *("JUMP_BACKWARD", "JUMP_ABSOLUTE"),
    )
    if name in dis.opmap
}


class Interruption:
    """Interrupts what is called in the engine at one place.

    Parameters
    ----------
    place : int
        At which place after the start, from 0; none is interrupted if there are fewer.

    Attributes
    ----------
    at : str or None
        Where it was interrupted: function, line and file.
    """

    def __init__(self, place: int) -> None:
        self.at: str | None = None
        self._left = place
        self._last: dict[int, int] = {}

    def __enter__(self) -> Interruption:
        self._before = sys.gettrace()
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _enter(self, frame, event, _):
        if self.at is not None or not frame.f_code.co_filename.startswith(FOLDER):
            return None
        if frame.f_back is not None:  # what was called is no C function
            self._last.pop(id(frame.f_back), None)
        self._last[id(frame)] = RESUME
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._step

    def _step(self, frame, event, _):
        if event == "exception":  # a call that raises is not looked after
            self._last.pop(id(frame), None)
        if event != "opcode" or self.at is not None:
            return self._step
        last = self._last.get(id(frame))
        self._last[id(frame)] = frame.f_code.co_code[frame.f_lasti]
        if last in LOOKS:
            self._left -= 1
            if self._left < 0:
                code = frame.f_code
                self.at = f"{code.co_qualname}, line {frame.f_lineno} of "
                self.at += code.co_filename.removeprefix(FOLDER)
                sys.settrace(self._before)
                raise KeyboardInterrupt(self.at)
        return self._step
