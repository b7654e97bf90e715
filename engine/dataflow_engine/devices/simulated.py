"""Simulated devices: streams and events on threads of the host, that are checked.

They behave like CUDA's, over any memory: what is given to a stream is done in order,
by the stream's thread, after the call has returned; only events and ``synchronize``
order anything; a function that raises on a stream is told late, and nothing given to
that stream is done any more. On top of that they tell mistakes that a GPU leaves
unseen: a race, an event waited for that was not recorded, memory dropped too early.

With a seed, streams are held back at random: after each step for so many steps of
others, where anything that anybody does is a step. There is no clock in that. When a
thread of the host waits and every stream that could go on is held back, one of them is
let go. So nothing waits for ever that would not on a real device.

A graph is the list of what was given to a stream while it was captured. Its launch does
all of that, with the memory of then; that this is still there, and that the run which
launches it says so, is checked (see `recorded`).
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from types import TracebackType
from typing import Any, NamedTuple

from dataflow_engine.errors import DeviceMissing, EngineError

from .races import Checker, Clock, joined
from .recorded import Captures, Declared, SimulatedGraph
from .streams import Accesses

JOIN_SECONDS = 5.0
PATIENCE = 8  # a stream is held back for fewer steps than that, half of the times


class Command(NamedTuple):
    """What a stream is to do next, once it can; it must not raise."""

    can: Callable[[], bool]
    act: Callable[[], None]


class Late(NamedTuple):
    """What a function raised on a stream."""

    error: BaseException
    traceback: TracebackType | None


class Simulation:
    """All simulated devices of one engine; a platform.

    Parameters
    ----------
    seed : int, optional
        Shuffles the schedule. None: every stream goes on as soon as it can.
    devices : int
        How many devices there are.
    """

    def __init__(self, seed: int | None = None, devices: int = 16) -> None:
        self._count = devices
        self._draw = None if seed is None else random.Random(seed)
        self.streams: list[SimulatedStream] = []
        self.changed = threading.Condition()  # guards all that is in here
        self.checker = Checker()
        self._waiting = 0  # threads of the host in a synchronize
        self._held = False
        self.captures = Captures()

    def open(self, index: int) -> SimulatedDevice:
        """Open a device, or raise DeviceMissing."""
        if not 0 <= index < self._count:
            known = f"there are sim:0 to sim:{self._count - 1}"
            raise DeviceMissing(f"no device sim:{index}: {known}")
        return SimulatedDevice(self, f"sim:{index}")

    @contextmanager
    def host_access(
        self, name: str, reads: Sequence[object] = (), writes: Sequence[object] = ()
    ) -> Iterator[None]:
        """Check what a thread of the host does with memory meanwhile."""
        with self.changed:
            access = self.checker.host_begins(name, reads, writes)
        try:
            yield
        finally:
            access.ended = True

    def check(self) -> None:
        """Raise the first mistake that was found in the use of memory, if any."""
        with self.changed:
            self.checker.check()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let no stream take a step meanwhile."""
        with self.changed:
            self._held = True
        try:
            yield
        finally:
            with self.changed:
                self._held = False
                self.step(None)

    def may_step(self, stream: SimulatedStream) -> bool:
        """Return whether a stream may go on now."""
        return not (self._held or stream.patience) and stream.can_step()

    def step(self, by: SimulatedStream | None) -> None:
        """Note that something has happened, a stream's step or the host's."""
        if self._draw is not None:
            for stream in self.streams:
                if stream is by:
                    late = self._draw.random() < 0.5
                    stream.patience = self._draw.randrange(PATIENCE) if late else 0
                elif stream.patience:
                    stream.patience -= 1
            self._let_go(self._draw)
        self.changed.notify_all()

    def _let_go(self, draw: random.Random) -> None:
        """Let a stream go that is held back, if somebody waits and no other can go."""
        could = [stream for stream in self.streams if stream.can_step()]
        if could and self._waiting and all(stream.patience for stream in could):
            draw.choice(could).patience = 0

    def wait_until(self, over: Callable[[], bool]) -> None:
        """Wait, in a thread of the host that holds the lock."""
        self._waiting += 1
        self.step(None)
        try:
            self.changed.wait_for(over)
        finally:
            self._waiting -= 1


class SimulatedDevice:
    """One simulated device. Its memory is whatever its functions use."""

    def __init__(self, simulation: Simulation, name: str) -> None:
        self.name = name
        self._simulation = simulation
        self._streams: list[SimulatedStream] = []

    def new_stream(self, name: str) -> SimulatedStream:
        """Make a stream; its name is that of its thread, too."""
        stream = SimulatedStream(self._simulation, name)
        self._streams.append(stream)
        with self._simulation.changed:
            self._simulation.streams.append(stream)
        return stream

    def new_event(self) -> SimulatedEvent:
        """Make an event."""
        return SimulatedEvent(self._simulation)

    def bound(self) -> AbstractContextManager[object]:
        """Do nothing: any thread may use it."""
        return nullcontext()

    def pinned(self, nbytes: int) -> bytearray:
        """Return plain memory."""
        self._simulation.captures.refuse(f"{nbytes} bytes of page-locked memory")
        return bytearray(nbytes)

    def enable_peer(self, other: object) -> bool:
        """Return that it can reach another one's memory, if that is simulated too."""
        return isinstance(other, SimulatedDevice)

    def close(self) -> None:
        """End the threads of its streams."""
        for stream in self._streams:
            stream.close()


class SimulatedEvent:
    """A point of a stream.

    Attributes
    ----------
    recorded, passed : int
        How often it was recorded, and which of those recordings have passed.
    fresh : bool
        Whether it stands for nothing yet.
    clock : Clock
        What the stream had done where it was recorded last.
    error : Late or None
        What had gone wrong there when it passed.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.recorded = self.passed = 0
        self.fresh = True
        self.clock: Clock = {}
        self.error: Late | None = None

    def renew(self) -> None:
        """Forget that it was recorded."""
        self.fresh = True

    def synchronize(self) -> None:
        """Wait until it has passed; raise what the stream went wrong with."""
        self._simulation.captures.refuse("a wait for an event")
        with self._simulation.changed:
            self.check_recorded("the host")
            number, clock = self.recorded, self.clock
            self._simulation.wait_until(lambda: self.passed >= number)
            self._simulation.checker.host_joins(clock)
            _raise(self.error)

    def query(self) -> bool:
        """Return whether it has passed; raise what the stream went wrong with."""
        self._simulation.captures.refuse("a query of an event")
        with self._simulation.changed:
            self.check_recorded("the host")
            self._simulation.step(None)
            if self.passed < self.recorded:
                return False
            self._simulation.checker.host_joins(self.clock)
            _raise(self.error)
            return True

    def check_recorded(self, who: str) -> None:
        """Raise unless it was recorded; a GPU would go on as if it had passed."""
        if self.fresh:
            message = f"{who} waits for an event that was never recorded"
            raise EngineError(f"{message}: record it first, and then tell of it")


class SimulatedStream:
    """What one thread does in order.

    Attributes
    ----------
    patience : int
        For how many steps of others it is held back.
    """

    def __init__(self, simulation: Simulation, name: str) -> None:
        self.name = name
        self.patience = 0
        self._simulation = simulation
        self._commands: deque[Command] = deque()
        self._acting = self._closed = False
        self._thread: threading.Thread | None = None
        self._clock: Clock = {}
        self._error: Late | None = None
        self._running: Declared | None = None

    def bound(self) -> AbstractContextManager[object]:
        """Do nothing: any thread may use it."""
        return nullcontext()

    def run(self, function: Callable[[], Any], accesses: Accesses) -> None:
        """Have a function called after all before it.

        Raises
        ------
        DeviceRace
            If no event orders that after what touched the same memory.
        """
        capture = self._simulation.captures.into(self.name)
        if capture is not None:
            capture.add(function, accesses)
            return
        with self._simulation.changed:
            checker = self._simulation.checker
            self._clock = checker.run(self.name, self._clock, accesses)
            declared = Declared.by(accesses)
            self._give(_always, partial(self._call, function, declared))

    def capture(self, enqueue: Callable[[], Any]) -> SimulatedGraph:
        """Return what a function gives to this stream, to be done at each launch."""
        with self._simulation.captures.begin(self.name) as capture:
            enqueue()
        return SimulatedGraph(self.name, capture.runs)

    def launch(self, graph: SimulatedGraph) -> None:
        """Do what a graph recorded, in the thread of the stream.

        Raises
        ------
        DeviceRace
            It touches what is gone, or what the run that launches it does not declare.
        EngineError
            Nothing of this stream launches it.
        """
        declared = self._running
        if declared is None or threading.current_thread() is not self._thread:
            message = f"{self.name} runs nothing that could launch a graph"
            raise EngineError(f"{message}: launch it from a function given to `run`")
        with self._simulation.changed:
            self._simulation.checker.note(graph.mistake(self.name, declared))
        graph.replay()

    def record(self, event: SimulatedEvent) -> None:
        """Have the event pass after all before it."""
        self._simulation.captures.refuse("the recording of an event")
        with self._simulation.changed:
            event.recorded += 1
            event.fresh = False
            event.clock = self._clock
            self._give(_always, partial(self._pass, event, event.recorded))

    def wait(self, event: SimulatedEvent) -> None:
        """Have all after it done after the event has passed, as recorded by now."""
        self._simulation.captures.refuse(f"to let {self.name} wait for an event")
        with self._simulation.changed:
            event.check_recorded(self.name)
            number = event.recorded
            self._clock = joined(self._clock, event.clock)
            self._give(lambda: event.passed >= number, _nothing)

    def synchronize(self) -> None:
        """Wait until all is done; raise what went wrong."""
        self._simulation.captures.refuse(f"to synchronize with {self.name}")
        with self._simulation.changed:
            clock = self._clock
            self._simulation.wait_until(lambda: not (self._commands or self._acting))
            self._simulation.checker.host_joins(clock)
            _raise(self._error)

    def _give(self, can: Callable[[], bool], act: Callable[[], None]) -> None:
        if self._closed:
            raise EngineError(f"stream {self.name} is closed")
        self._commands.append(Command(can, act))
        if self._thread is None:
            name = f"dataflow-{self.name}-stream"
            self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
            self._thread.start()
        self._simulation.step(None)

    def can_step(self) -> bool:
        """Return whether there is something to do that waits for no event."""
        return bool(self._commands) and not self._acting and self._commands[0].can()

    def _serve(self) -> None:
        """Do what is given, until closed: the body of the stream's thread."""
        simulation = self._simulation
        while True:
            with simulation.changed:
                simulation.changed.wait_for(
                    lambda: self._closed or simulation.may_step(self)
                )
                if self._closed:
                    return
                command = self._commands.popleft()
                self._acting = True
            command.act()
            del command  # and what it refers to, before anybody is told
            with simulation.changed:
                self._acting = False
                simulation.step(self)

    def _call(self, function: Callable[[], Any], declared: Declared) -> None:
        if self._error is not None:
            return
        self._running = declared
        try:
            function()
        except BaseException as error:
            self._error = Late(error, error.__traceback__)
        finally:
            self._running = None

    def _pass(self, event: SimulatedEvent, number: int) -> None:
        with self._simulation.changed:
            event.passed, event.error = number, self._error

    def close(self) -> None:
        """End the thread, whatever is left to do."""
        with self._simulation.changed:
            self._closed = True
            self._commands.clear()
            self._simulation.changed.notify_all()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)


def _always() -> bool:
    return True


def _nothing() -> None:
    """Stand for what there is to do once an event has passed."""


def _raise(late: Late | None) -> None:
    if late is not None:
        # Without the reset every further one would lengthen the traceback.
        raise late.error.with_traceback(late.traceback)
