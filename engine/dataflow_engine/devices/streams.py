"""Devices, their streams and events: one small protocol, and where devices come from.

A stream runs what it is given in order, later than the call returns. An event is
recorded on a stream and has passed once the stream has done all that it was given
before. A stream can wait for an event of another one, of another device too, without
holding up the host; a host thread can wait for an event by ``synchronize``. Nothing
else orders two streams, or a stream and the host.

What is given to a stream again and again can be *captured* once: while it is given,
nothing is done, and what is kept is a graph, which one *launch* gives as a whole.

What goes wrong on a device is told late: by a ``synchronize`` after it.

How contexts use it
-------------------
Each device has two lanes, ``"sim:0"`` to compute and ``"sim:0/copy"`` to copy (``gpu``
likewise), each with a stream of its own. Operations are made and pushed as for a cpu
lane, and any Var may be shared between lanes of all kinds::

    engine.push(work, reads, writes, lane="sim:0")

The engine places the events, so that nobody else need touch a stream. What such a
``function`` may do:

- It is called once, without arguments. A simulated device calls it in the thread of
  its stream, when all that it depends on has been done; CUDA's calls it in the thread
  of the lane, with device and stream current, while what it depends on may still be
  running. So it may only *enqueue* what looks at memory of a GPU, and must never ask
  for a value.
- It allocates from the current stream's pool. What it allocated goes back to that pool
  when the last reference does; what its operation refers to, by the function or by
  ``engine.operation(..., keep=...)``, the engine drops after all has been done with it.
- What it raises poisons what it writes, and skips what depends on it, as on a cpu lane.
- It should not wait for the engine: that would hold up the whole stream.

Memory is an agreement between functions, which the engine does not see. Memory of a
simulated device is host memory (NumPy arrays, say) that only functions on lanes of that
device touch. Every other access is a copy: an operation on a copy lane, which reads the
Var of its source and writes that of its target. Host to device and back it belongs on
the copy lane of the device; between devices on that of the target. With CUDA the host's
side of an asynchronous copy has to be pinned: ``device.pinned(nbytes)``, which its
operation keeps.

A device is opened when the first operation for it is made; ``DeviceMissing`` says why
it cannot be. ``engine.devices.open("gpu", 0)`` asks by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from dataflow_engine.errors import DeviceDead, DeviceMissing, EngineError

COPY = "/copy"


class Accesses(NamedTuple):
    """What one run touches, for whoever checks it.

    Attributes
    ----------
    name : str
        Of the operation.
    reads, writes : sequence of object
        Keys of memory: the Vars. Any object that can be weakly referenced.
    keeps : sequence of object
        What has to live until the run is known to have ended.
    """

    name: str
    reads: Sequence[object] = ()
    writes: Sequence[object] = ()
    keeps: Sequence[object] = ()


class CaptureRefused(EngineError):
    """What was done while a stream was captured cannot be part of a graph."""


class Event(Protocol):
    """A point of a stream, once recorded. It may be recorded again."""

    def renew(self) -> None:
        """Forget that it was recorded: it is to stand for something else."""

    def synchronize(self) -> None:
        """Wait in the host's thread until it has passed; raise what went wrong."""

    def query(self) -> bool:
        """Return whether it has passed; it may also raise what went wrong."""


class Stream(Protocol):
    """What a device does one after another."""

    def bound(self) -> AbstractContextManager[object]:
        """Make device and stream the calling thread's own, for a while."""

    def run(self, function: Callable[[], Any], accesses: Accesses) -> None:
        """Have a function done after all before it."""

    def record(self, event: Any) -> None:
        """Have the event pass after all before it."""

    def wait(self, event: Any) -> None:
        """Have all after it done after the event has passed."""

    def synchronize(self) -> None:
        """Wait in the host's thread until all is done; raise what went wrong."""

    def capture(self, enqueue: Callable[[], Any]) -> Any:
        """Return what a function gives to this stream as a graph, and do none of it.

        The calling thread may meanwhile record, wait for and synchronize with nothing,
        and allocate nothing: any of this raises, and so does the capture.
        """

    def launch(self, graph: Any) -> None:
        """Have a graph of this stream done; called by a function that it runs."""


class Device(Protocol):
    """One device, opened by one engine.

    Attributes
    ----------
    name : str
        ``"sim:0"``, which is also the name of the lane where it computes.
    """

    name: str

    def new_stream(self, name: str) -> Stream:
        """Make a stream, named after its lane."""

    def new_event(self) -> Event:
        """Make an event, to be recorded on streams of this device."""

    def bound(self) -> AbstractContextManager[object]:
        """Make the device the calling thread's own, for a while."""

    def pinned(self, nbytes: int) -> Any:
        """Return a writable buffer of page-locked host memory, from a pool.

        It goes back to the pool when the last reference does.
        """

    def enable_peer(self, other: Any) -> bool:
        """Let it reach another device's memory directly; return whether it can."""

    def close(self) -> None:
        """End its threads, if it has any; all that it was given is done."""


class Platform(Protocol):
    """All devices of one type, as one engine sees them."""

    def open(self, index: int) -> Device:
        """Open a device, or raise DeviceMissing."""


def _simulated() -> Platform:
    from .simulated import Simulation  # noqa: PLC0415 - few programs need it

    return Simulation()


def _cuda() -> Platform:
    from .cuda import Cuda  # noqa: PLC0415 - few programs need it

    return Cuda()


# By the type of device in the name of a lane.
PLATFORMS: dict[str, Callable[[], Platform]] = {"sim": _simulated, "gpu": _cuda}


class Devices:
    """The devices of one engine, each opened when first asked for."""

    def __init__(self) -> None:
        self._platforms: dict[str, Platform] = {}
        self._opened: dict[str, Device] = {}
        self._streams: dict[str, Stream] = {}
        self._forked: frozenset[str] = frozenset()

    def use(self, kind: str, platform: Platform) -> None:
        """Take devices of a type from this platform, before any was opened.

        ``engine.devices.use("sim", Simulation(seed=1))`` shuffles schedules, say.

        Raises
        ------
        EngineError
            One was opened: its lanes would go on with a stream of the other platform.
        """
        opened = [name for name in self._opened if name.split(":")[0] == kind]
        if opened:
            raise EngineError(
                f"devices of type {kind!r} come from elsewhere already, for "
                f"{', '.join(opened)} was opened: say which platform to use when the "
                "engine has just been made"
            )
        self._platforms[kind] = platform

    def open(self, kind: str, index: int) -> Device:
        """Return a device, or raise DeviceMissing."""
        name = f"{kind}:{index}"
        if kind in self._forked:
            raise forked(name, kind)
        if name not in self._opened:
            if kind not in self._platforms:
                if kind not in PLATFORMS:
                    known = ", ".join(PLATFORMS)
                    raise DeviceMissing(f"no devices of type {kind!r}, only {known}")
                self._platforms[kind] = PLATFORMS[kind]()
            self._opened[name] = self._platforms[kind].open(index)
        return self._opened[name]

    def of_lane(self, lane: str) -> Device:
        """Return the device of a lane, by the lane's name."""
        kind, index = lane.removesuffix(COPY).split(":")
        return self.open(kind, int(index))

    def stream_of(self, lane: str) -> Stream:
        """Return the stream of a lane, by the lane's name."""
        if lane not in self._streams:
            self._streams[lane] = self.of_lane(lane).new_stream(lane)
        return self._streams[lane]

    def after_fork(self) -> None:
        """Refuse in a child the types of which a device was open."""
        self._forked |= {name.split(":")[0] for name in self._opened}
        self._opened = {}

    def close(self) -> None:
        """Close those that were opened."""
        while self._opened:
            self._opened.popitem()[1].close()


def forked(what: str, where: str) -> DeviceDead:
    """Return what to raise in a forked child for the use of its parent's devices."""
    return DeviceDead(
        f"{what}: {where} cannot be used here, for this process was forked from one "
        "that used such devices; start it by multiprocessing's 'spawn', or fork before"
    )


class EventPool:
    """Events of one device that are free to be recorded again."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._free: deque[Event] = deque()

    def mark(self) -> Mark:
        """Take an event, for as long as anybody holds the mark."""
        try:
            event = self._free.popleft()
        except IndexError:
            event = self._device.new_event()
        event.renew()
        return Mark(event, self._free)


class Mark:
    """A pooled event that stands for the end of one operation.

    Whoever holds the mark may wait for its event; so the event is free again when
    nobody holds the mark any more, and the reference count tells when that is.
    """

    __slots__ = ("_free", "event")

    def __init__(self, event: Event, free: deque[Event]) -> None:
        self.event = event
        self._free = free

    def __del__(self) -> None:
        self._free.append(self.event)
