"""Looks once a second whether an operation is slow, or all of them are stuck.

Nothing on the way of an operation knows of it: it compares what is pushed with what
has ended, and remembers what each thread ran when it looked before. It tells each case
once, through the logger, with the stack of the thread.

Its thread starts with the first worker. When nothing was pending for a few looks it
sleeps until a worker wakes, so that an idle process stays idle.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .records import Pending
from .workers import Agent

PERIOD = 1.0
QUIET_LOOKS = 3
_log = logging.getLogger("dataflow_engine")


class Progress(NamedTuple):
    """How far an engine is."""

    pushed: int
    completed: int


class Watchdog:
    """Watches one engine.

    Parameters
    ----------
    seconds : float
        How long an operation may run, or nothing may end, before it is told.
    progress : callable
        Returns the engine's `Progress`.
    agents : callable
        Returns its threads.
    running : callable
        Returns the names of what runs in no thread of its own: asynchronous operations
        and those of devices.
    dump : callable
        Describes the engine when all is stuck.
    now : callable
        A clock, in seconds.
    """

    def __init__(
        self,
        seconds: float,
        progress: Callable[[], Progress],
        agents: Callable[[], Iterable[Agent]],
        running: Callable[[], Iterable[str]],
        dump: Callable[[], str],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self._progress = progress
        self._agents = agents
        self._running = running
        self._dump = dump
        self._now = now
        self._completed = 0
        self._moved_at = now()
        self._told_stall = False
        self._told: set[Pending] = set()
        self.since: dict[Pending, float] = {}
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._gate = threading.Event()
        self._stopped = False
        self.asleep = True

    # Looking

    def look(self) -> bool:
        """Look once, and tell what is wrong; return whether anything is pending."""
        now, progress = self._now(), self._progress()
        pending = progress.pushed - progress.completed
        if pending == 0 or progress.completed != self._completed:
            self._moved_at, self._told_stall = now, False
        self._completed = progress.completed
        inside = {agent: records[-1] for agent, records in self._stacks() if records}
        self.since = {r: self.since.get(r, now) for r in inside.values()}
        self._told &= set(self.since)
        for agent, record in inside.items():
            if now - self.since[record] >= self.seconds and record not in self._told:
                self._told.add(record)
                self._tell_slow(agent, record, now - self.since[record])
        if pending and not inside and not self._told_stall:
            self._look_for_stall(pending, now - self._moved_at)
        return pending > 0

    def seconds_of(self) -> dict[Pending, float]:
        """Return how long records have been running, of those that were seen to."""
        now = self._now()
        return {record: now - since for record, since in self.since.copy().items()}

    def _stacks(self) -> Iterable[tuple[Agent, list[Pending]]]:
        return [(agent, agent.stack()) for agent in self._agents()]

    def _tell_slow(self, agent: Agent, record: Pending, seconds: float) -> None:
        operation, thread = record.operation, agent.thread
        if operation is None:
            return
        _log.warning(
            "operation %s has been running for %.0f s in thread %s:\n%s",
            operation.name,
            seconds,
            thread.name,
            stack_of(thread),
        )

    def _look_for_stall(self, pending: int, seconds: float) -> None:
        if seconds < self.seconds:
            return
        self._told_stall = True
        names = ", ".join(self._running())
        what = f"{names} run meanwhile" if names else "none of them runs"
        _log.warning(
            "none of %d pending operations has ended for %.0f s, and %s:\n%s",
            pending,
            seconds,
            what,
            self._dump(),
        )

    # Its thread

    def rouse(self) -> None:
        """Look from now on; called when a worker starts or wakes from its sleep."""
        if self._thread is None:
            self._start()
        self.asleep = False
        self._gate.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._stopped:
                thread = threading.Thread(
                    target=self._work, name="dataflow-watchdog", daemon=True
                )
                self._thread = thread
                thread.start()

    def _work(self) -> None:
        quiet = 0
        while not self._stopped:
            try:
                quiet = 0 if self.look() else quiet + 1
            except Exception:
                _log.exception("the watchdog could not look")
            self._gate.clear()
            if quiet > QUIET_LOOKS:
                quiet = 0
                self.asleep = True
                self._gate.wait()
            else:
                self._gate.wait(PERIOD)

    def stop(self) -> None:
        """End its thread."""
        with self._lock:
            self._stopped = True
            thread = self._thread
        self._gate.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(PERIOD)


def stack_of(thread: threading.Thread) -> str:
    """Return where a thread is now, as lines of text."""
    frame = sys._current_frames().get(thread.ident or 0)
    if frame is None:
        return "  (the thread has ended)"
    return "".join(traceback.format_stack(frame)).rstrip()
