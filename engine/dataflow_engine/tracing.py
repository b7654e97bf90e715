"""A ring of time slices, shown by Perfetto or chrome://tracing."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

clock = time.perf_counter_ns


class Slice(NamedTuple):
    """One interval on one thread."""

    name: str
    category: str
    lane: str
    thread: str
    start_ns: int
    duration_ns: int


class _Active(threading.local):
    """What the operation that runs in this thread is traced by."""

    tracer: Tracer | None = None
    lane = "cpu"


active = _Active()


class Tracer:
    """Records slices; the oldest give way once ``capacity`` is reached.

    Parameters
    ----------
    capacity : int
        How many slices are kept.
    """

    def __init__(self, capacity: int = 100_000) -> None:
        self._slices: deque[Slice] = deque(maxlen=capacity)

    def record(
        self,
        name: str,
        category: str,
        lane: str,
        start_ns: int,
        thread: str | None = None,
    ) -> None:
        """Add a slice that ends now, of this thread or a task shown as one."""
        duration = clock() - start_ns
        thread = thread or threading.current_thread().name
        self._slices.append(Slice(name, category, lane, thread, start_ns, duration))

    def run(self, function: Callable[[], Any], name: str, lane: str) -> None:
        """Call an operation's function as one slice, serial programs within."""
        with self.activated(lane):
            start = clock()
            try:
                function()
            finally:
                self.record(name, "operation", lane, start)

    @contextmanager
    def activated(self, lane: str) -> Iterator[None]:
        """Make serial programs of this thread record here for a while."""
        before = active.tracer, active.lane
        active.tracer, active.lane = self, lane
        try:
            yield
        finally:
            active.tracer, active.lane = before

    def slices(self) -> list[Slice]:
        """Return what is recorded, oldest first."""
        return list(self._slices)

    def clear(self) -> None:
        """Forget all slices."""
        self._slices.clear()

    def chrome_trace(self) -> dict[str, Any]:
        """Return the slices as a Chrome trace: a process per lane, its threads."""
        lanes: dict[str, int] = {}
        threads: dict[tuple[str, str], int] = {}
        events: list[dict[str, Any]] = []
        for piece in self.slices():
            process = lanes.setdefault(piece.lane, len(lanes) + 1)
            key = piece.lane, piece.thread
            events.append(
                {
                    "ph": "X",
                    "name": piece.name,
                    "cat": piece.category,
                    "pid": process,
                    "tid": threads.setdefault(key, len(threads) + 1),
                    "ts": piece.start_ns / 1000,
                    "dur": piece.duration_ns / 1000,
                }
            )
        names = [_named("process_name", pid, 0, lane) for lane, pid in lanes.items()]
        names += [
            _named("thread_name", lanes[lane], tid, thread)
            for (lane, thread), tid in threads.items()
        ]
        return {
            "traceEvents": names + events,
            "displayTimeUnit": "ms",
            "otherData": {"process": os.getpid()},
        }


def _named(kind: str, process: int, thread: int, name: str) -> dict[str, Any]:
    return {
        "ph": "M",
        "name": kind,
        "pid": process,
        "tid": thread,
        "args": {"name": name},
    }
