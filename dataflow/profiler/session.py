"""The one profile of the process: whether it is recorded, and where it goes.

State of a `Session`:

``tracer``    what was recorded since the last finished dump
``running``   between ``set_state("run")`` and ``set_state("stop")``
``paused``    between `pause` and `resume`
``dumpable``  it ran since the last finished dump
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from dataflow import engine
from dataflow.errors import FileError, MXNetError
from dataflow.profiler.periodic import Periodic
from dataflow.profiler.settings import Settings
from dataflow.profiler.statistics import Statistics, chosen
from dataflow_engine import Engine, Tracer
from dataflow_engine.chrome import chrome_json
from dataflow_engine.entries import GAP, PROGRAM, Entry
from dataflow_engine.tracing import clock

EXIT_SECONDS = 30.0
_log = logging.getLogger("dataflow.profiler")

now = clock


class Session:
    """Records what the engine does, and what a program tells itself.

    It follows the engine that is the process's when recording starts. One lock guards
    the state, one the sums, since a mark made with the state may add to the sums, and
    one the file. None is held while waiting for the engine.
    """

    def __init__(self) -> None:
        self.settings = Settings()
        self.tracer = Tracer(self.settings.capacity, self._on_drop)
        self.statistics = Statistics()
        self.running = self.paused = self.dumpable = False
        self._traced: Engine | None = None
        self._periodic: Periodic | None = None
        self._lock = threading.Lock()
        self._summing = threading.Lock()
        self._writing = threading.Lock()

    # Recording

    @property
    def recorder(self) -> Tracer | None:
        """Where the program records something itself, or None."""
        return self.tracer if self.running and not self.paused else None

    def record(self, name: str, category: str, start_ns: int) -> None:
        """Record something of the program that began then and ends now."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(name, category, PROGRAM, start_ns)

    def configure(self, settings: Settings) -> None:
        """Replace all settings."""
        self.settings = settings
        self.tracer.resize(settings.capacity)

    def run(self) -> None:
        """Record from now on."""
        _at_exit_once()
        self.dumpable = True
        self._switch(running=True, paused=self.paused)
        if self.settings.continuous_dump and self._periodic is None:
            self._periodic = Periodic(self.settings.dump_period, self.write)

    def stop(self) -> None:
        """Record no longer, but keep what was recorded."""
        if self._periodic is not None:
            self._periodic.stop()
            self._periodic = None
        self._switch(running=False, paused=self.paused)

    def pause(self, paused: bool) -> None:
        """Stop recording for a while, or go on."""
        self._switch(running=self.running, paused=paused)

    def _switch(self, running: bool, paused: bool) -> None:
        """Set the state, once what was pushed before has ended.

        Whatever failed in it is raised, as by any wait, when the state is set.
        """
        try:
            if (running and not paused) != (self.recorder is not None):
                engine.wait_all()
        finally:
            with self._lock:
                self.running, self.paused = running, paused
                self._attach()

    def _attach(self) -> None:
        """Have the engine record or not, as the state says."""
        recorder = self.recorder
        if recorder is None:
            if self._traced is not None:
                self._traced.tracer = None
            self._traced = None
        elif self._traced is None:
            recorder.mark("profiling", GAP)
            self._traced = engine.get()
            self._traced.tracer = recorder

    def _on_drop(self, entries: Sequence[Entry]) -> None:
        if self.settings.aggregate_stats:
            self._keep(entries)

    def _keep(self, entries: Sequence[Entry]) -> None:
        with self._summing:
            self.statistics.add(chosen(entries, self.settings))

    # Looking

    def totals(self, reset: bool) -> Statistics:
        """Return what was counted; with `reset`, count anew from now on."""
        with self._summing:
            total = self.statistics.copy()
            if reset:
                self.statistics = Statistics(since_ns=clock())
        total.add(chosen(self.tracer.entries(), self.settings))
        return total

    def dump(self, finished: bool) -> None:
        """Write the profile; with `finished`, stop and forget it.

        What fails while it waits is raised when the file is written.
        """
        if not self.dumpable:
            raise MXNetError(
                "there is no profile to dump: call profiler.set_state('run') before "
                "what is to be profiled"
            )
        try:
            if finished:
                self.stop()
            elif self.recorder is not None:
                engine.wait_all()
        finally:
            self.write()
            if finished:
                self._keep(self.tracer.entries())
                self.tracer.clear()
                self.dumpable = False

    def write(self) -> None:
        """Write what is recorded so far as a Chrome trace; the file is always whole."""
        settings = self.settings
        entries = chosen(self.tracer.entries(), settings)
        memory = settings.profile_all or settings.profile_memory
        text = chrome_json(entries, self.tracer.dropped, memory)
        path = Path(settings.filename)
        draft = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with self._writing:
                draft.write_text(text, encoding="utf-8")
                draft.replace(path)
        except OSError as error:
            raise FileError(f"cannot write the profile to {path}: {error}") from error

    def write_at_exit(self) -> None:
        """Write a profile that nobody has dumped."""
        if not self.dumpable:
            return
        try:
            if self._traced is not None:
                self._traced.wait_all(EXIT_SECONDS)
        except Exception as error:
            _log.warning("while ending the profile: %s", error)
        try:
            self.write()
        except FileError as error:
            _log.error("%s", error)


session = Session()
_registered = False


def _at_exit_once() -> None:
    global _registered  # noqa: PLW0603 - one profile per process
    if not _registered:
        _registered = True
        atexit.register(_at_exit, os.getpid())


def _at_exit(process: int) -> None:
    if process == os.getpid():  # a forked child has nothing of its own to write
        session.write_at_exit()
