"""The profiler: a timeline of what the engine ran, for Perfetto or chrome://tracing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from dataflow import engine
from dataflow.errors import ArgumentError
from dataflow_engine import Tracer
from dataflow_engine.chrome import chrome_trace

_DEFAULT_FILE = "profile.json"
_settings: dict[str, Any] = {"filename": _DEFAULT_FILE}
_tracer = Tracer()


def set_config(filename: str | os.PathLike[str] = _DEFAULT_FILE) -> None:
    """Choose the file that `dump` writes."""
    _settings["filename"] = filename


def set_state(state: str = "stop") -> None:
    """Start (``"run"``) or stop (``"stop"``) recording; a start forgets what was.

    Raises
    ------
    ArgumentError
        The state is another one.
    """
    if state not in ("run", "stop"):
        raise ArgumentError(f"the profiler's state is 'run' or 'stop', not {state!r}")
    if state == "run":
        _tracer.clear()
    engine.wait_all()
    engine.get().tracer = _tracer if state == "run" else None


def dump() -> None:
    """Write what was recorded as Chrome trace JSON; waits for what is running."""
    engine.wait_all()
    text = json.dumps(chrome_trace(_tracer.entries(), _tracer.dropped))
    Path(_settings["filename"]).write_text(text, encoding="utf-8")
