"""CUDA devices through CuPy: its streams and events behind the protocol, and no more.

CuPy is imported when the first device is opened. Each thread of the host has a current
device and stream, so that whoever calls here is inside of `bound`. A function is called
at once and enqueues. Nothing is checked.

Streams do not synchronize with the legacy default stream, which would hide that an
event is missing, and events keep no times, which would cost.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from dataflow_engine.errors import DeviceMissing

from .streams import Accesses, CaptureRefused

INSTALL = "pip install cupy-cuda12x, or cupy-cuda13x, after the version of CUDA"
PEER_ACCESS_ALREADY_ENABLED = 704  # CUDA's number, for which CuPy has no name


class Cuda:
    """All devices that CuPy finds; a platform."""

    def __init__(self) -> None:
        self._cupy: Any = None
        self._pinned: Any = None

    def open(self, index: int) -> CudaDevice:
        """Open a device, or raise DeviceMissing."""
        if self._cupy is None:
            self._cupy = _import_cupy(index)
            # Of one's own, for that of all CuPy does not have to be used.
            self._pinned = self._cupy.cuda.PinnedMemoryPool()
        count = _count(self._cupy, index)
        if index >= count:
            found = f"CUDA finds {count} devices here, counted from gpu:0"
            raise DeviceMissing(f"no device gpu:{index}: {found}")
        return CudaDevice(self._cupy, self._pinned, index)


def _import_cupy(index: int) -> Any:
    try:
        return importlib.import_module("cupy")
    except ImportError as error:
        message = f"no device gpu:{index}: cupy cannot be imported ({error}); {INSTALL}"
        raise DeviceMissing(message) from error


def _count(cupy: Any, index: int) -> int:
    runtime = cupy.cuda.runtime
    try:
        return int(runtime.getDeviceCount())
    except runtime.CUDARuntimeError as error:
        message = f"no device gpu:{index}: CUDA has no driver or device here ({error})"
        raise DeviceMissing(message) from error


class CudaDevice:
    """One GPU."""

    def __init__(self, cupy: Any, pinned: Any, index: int) -> None:
        self.name = f"gpu:{index}"
        self.index = index
        self._cupy = cupy
        self._pinned = pinned
        self._peers: dict[int, bool] = {}

    def bound(self) -> AbstractContextManager[object]:
        """Make the device the calling thread's own, for a while."""
        device: AbstractContextManager[object] = self._cupy.cuda.Device(self.index)
        return device

    def new_stream(self, name: str) -> CudaStream:
        """Make a stream that does not wait for the default one."""
        with self.bound():
            return CudaStream(self, self._cupy.cuda.Stream(non_blocking=True))

    def new_event(self) -> CudaEvent:
        """Make an event; a thread that waits for it sleeps."""
        with self.bound():
            return CudaEvent(self._cupy.cuda.Event(block=True, disable_timing=True))

    def pinned(self, nbytes: int) -> Any:
        """Return page-locked host memory, a buffer of at least so many bytes."""
        return self._pinned.malloc(nbytes)

    def enable_peer(self, other: Any) -> bool:
        """Let it reach another GPU's memory directly; return whether it can."""
        if not isinstance(other, CudaDevice):
            return False
        if other.index not in self._peers:
            self._peers[other.index] = self._enable(other.index)
        return self._peers[other.index]

    def _enable(self, peer: int) -> bool:
        runtime = self._cupy.cuda.runtime
        if not runtime.deviceCanAccessPeer(self.index, peer):
            return False
        with self.bound():
            try:
                runtime.deviceEnablePeerAccess(peer)
            except runtime.CUDARuntimeError as error:
                if error.status != PEER_ACCESS_ALREADY_ENABLED:
                    raise
        return True

    def capture(self, stream: Any, enqueue: Callable[[], Any]) -> Any:
        """Return what a function gives to a stream of CuPy's as a graph of CuPy's.

        Other threads may allocate meanwhile. Here the allocator refuses: what a kernel
        makes for itself goes back to the pool, and the graph would go on writing there.
        """
        cuda = self._cupy.cuda
        with cuda.using_allocator(_refuse):
            stream.begin_capture(cuda.runtime.streamCaptureModeThreadLocal)
            try:
                enqueue()
            except BaseException:
                with suppress(Exception):  # it tells again that this went wrong
                    stream.end_capture()
                raise
            return stream.end_capture()

    def close(self) -> None:
        """Do nothing: CuPy ends streams and events with their last references."""


class CudaEvent:
    """A point of a stream."""

    def __init__(self, event: Any) -> None:
        self.event = event

    def renew(self) -> None:
        """Do nothing: CUDA takes an event for what it was recorded for last."""

    def synchronize(self) -> None:
        """Wait until it has passed; raise what the device went wrong with."""
        self.event.synchronize()

    def query(self) -> bool:
        """Return whether it has passed; only `synchronize` raises what went wrong."""
        return bool(self.event.done)


class CudaStream:
    """A stream of a GPU."""

    def __init__(self, device: CudaDevice, stream: Any) -> None:
        self.stream = stream
        self._device = device

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Make device and stream the calling thread's own, for a while."""
        with self._device.bound(), self.stream:
            yield

    def run(self, function: Callable[[], Any], accesses: Accesses) -> None:
        """Call a function now, that enqueues on the current stream: this one."""
        function()

    def record(self, event: CudaEvent) -> None:
        """Have the event pass after all before it."""
        event.event.record(self.stream)

    def wait(self, event: CudaEvent) -> None:
        """Have all after it done after the event has passed, as recorded by now."""
        self.stream.wait_event(event.event)

    def synchronize(self) -> None:
        """Wait until all is done; raise what went wrong."""
        self.stream.synchronize()

    def capture(self, enqueue: Callable[[], Any]) -> Any:
        """Return what a function gives to this stream, the current one, as a graph."""
        return self._device.capture(self.stream, enqueue)

    def launch(self, graph: Any) -> None:
        """Have a graph done after all before it."""
        graph.launch(self.stream)


def _refuse(nbytes: int) -> Any:
    """Stand for the allocator while a stream is captured."""
    raise CaptureRefused(f"{nbytes} bytes of the device were to be allocated")
