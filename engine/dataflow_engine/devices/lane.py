"""A device lane: ready operations for one stream, and those on their way through it.

Two threads serve it. One gives operations to the stream and never waits for it; the
other waits for their events, in their order, and tells whoever waits on the host. Each
lane has its own, so that a long computation does not hide that a copy has ended.

State, beside that of its queue:

``issued``     records that were given to the stream and have not finished, oldest first
``to_issue``, ``to_finish``  tell either thread that there is something to do
``workers``    the agents of the two threads, or nothing
``forked``     whether this is a child, which must not touch the device
``fault``      what the device went wrong with, or None
``traced_ns``  when the last operation finished that was traced
``stopping``   the threads are to end once there is nothing left
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from dataflow_engine.failures import Failure
from dataflow_engine.queues import Queue
from dataflow_engine.records import Pending

from .records import DeviceRecord
from .streams import Device, EventPool, Stream

if TYPE_CHECKING:
    from dataflow_engine.workers import Agent


ISSUES, FINISHES = "issue", "finish"  # what either thread does


class Bell:
    """Wakes one thread that has run out of work, and costs little while it works.

    Whoever has work for it queues that first and then rings; the thread listens first
    and then looks at the queue again. So one of them sees the other.
    """

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._gate.acquire()
        self.listening = False

    def ring(self) -> None:
        """Wake the thread if it waits."""
        if self.listening:
            with contextlib.suppress(RuntimeError):  # somebody else was first
                self._gate.release()

    def wait(self, needless: Callable[[], object]) -> None:
        """Wait until it rings, unless that is needless; it may ring for nothing."""
        self.listening = True
        if not needless():
            self._gate.acquire()
        self.listening = False


class DeviceLane(Queue):
    """The queue of one stream.

    Parameters
    ----------
    name : str
        As in ``lane="sim:0/copy"``.
    device, stream : Device, Stream
        Where operations run.
    start : callable
        Starts the two threads of the lane.
    """

    limit = 2

    def __init__(
        self,
        name: str,
        device: Device,
        stream: Stream,
        start: Callable[[DeviceLane], None],
    ) -> None:
        self.name = name
        self.device = device
        self.stream = stream
        self.forked = False
        self.events = EventPool(device)
        self._start = start
        super().__init__()

    def reset(self) -> None:
        """Empty the lane: at first, and in a forked child."""
        super().reset()
        self.issued: deque[DeviceRecord] = deque()
        self.to_issue, self.to_finish = Bell(), Bell()
        self._started = False
        self._roles = {ISSUES, FINISHES}
        self.workers: list[Agent] = []
        self.parked: tuple[Agent, ...] = ()
        self.fault: Failure | None = None
        self.stopping = False
        self.traced_ns = 0

    def put(self, pending: Pending) -> None:
        """Queue a ready record and see that it is issued."""
        self.queue.append(pending)
        self._tell()

    def put_ranked(self, pending: Pending) -> None:
        """Queue a ready record that has a priority."""
        self._rank(pending)
        self._tell()

    def put_and_wake(self, pending: Pending) -> None:
        """Queue a record that another lane made ready."""
        self._append(pending)
        self._tell()

    def _tell(self) -> None:
        if not self._started:
            with self._lock:
                if not self._started:
                    self._start(self)
                    self._started = True
        self.to_issue.ring()

    def serves(self, agent: Agent, role: str) -> bool:
        """Enter a thread that was started; False: an interrupt had it started twice."""
        with self._lock:
            if role not in self._roles:
                return False
            self._roles.remove(role)
            self.workers.append(agent)
        return True

    def sent(self, record: DeviceRecord) -> None:
        """Note that a record was issued: it finishes after those before it."""
        self.issued.append(record)
        self.to_finish.ring()

    def running(self) -> list[str]:
        """Return the names of what was issued and has not finished."""
        operations = [record.operation for record in self.issued.copy()]
        return [operation.name for operation in operations if operation is not None]

    def records(self) -> list[Pending]:
        """Return what is queued or was issued."""
        return [*self.issued.copy(), *self.ready()]

    def stop(self) -> None:
        """Tell the threads to end."""
        self.stopping = True
        self.to_issue.ring()
        self.to_finish.ring()
