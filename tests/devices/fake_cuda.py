"""What stands for CUDA: devices, streams, events, graphs and memory, of the host, lazy.

Copies are done when somebody synchronizes with what comes after them, and no earlier.
Memory of a device that is dropped is given to the next who asks on the same stream,
page-locked memory is spoiled when it is dropped.

A capture of a stream takes what is added to it. It is of one thread and as strict as
CUDA's in its mode for that; memory cannot be had meanwhile. A graph knows addresses.
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from collections import deque
from contextlib import contextmanager

import numpy as np

SPOILED = 0xA5
THREAD_LOCAL = 1  # cudaStreamCaptureModeThreadLocal
_lock = threading.RLock()
_local = threading.local()


class CUDARuntimeError(RuntimeError):
    pass


def devices():
    return _local.__dict__.setdefault("devices", [])


def streams():
    return _local.__dict__.setdefault("streams", [])


def refused(name):
    """Return an error of CUDA's."""
    return CUDARuntimeError(f"cudaError{name}: not while a stream is captured")


class Device:
    def __init__(self, index):
        self.id = index

    def __enter__(self):
        devices().append(self.id)
        return self

    def __exit__(self, *_):
        devices().pop()


class Stream:
    """What is to be done later, in order."""

    null: Stream

    def __init__(self, non_blocking=False):
        assert non_blocking
        self._begin()

    def _begin(self):
        self.waiting = deque()
        self.given = self.done = 0
        self.captured = self.owner = None
        self.void = False

    def __enter__(self):
        streams().append(self)
        return self

    def __exit__(self, *_):
        streams().pop()

    def add(self, function):
        with _lock:
            if self.captured is not None:
                assert self.owner == threading.get_ident(), "another thread's capture"
                self.captured.append(function)
                return
            self.waiting.append(function)
            self.given += 1

    def run(self, until=None):
        if self.captured is not None and self.owner == threading.get_ident():
            self.void = True
            raise refused("StreamCaptureUnsupported")
        with _lock:
            while self.waiting and (until is None or self.done < until):
                self.done += 1
                self.waiting.popleft()()

    def wait_event(self, event):
        if self.captured is not None:
            self.void = True
            raise refused("StreamCaptureIsolation")
        stream, until = event.point
        self.add(lambda: stream.run(until))

    def synchronize(self):
        self.run()

    def begin_capture(self, mode=None):
        if self is Stream.null:
            raise RuntimeError("cannot capture on the default (legacy) stream")
        if self.captured is not None:
            raise refused("IllegalState")
        assert mode == THREAD_LOCAL, "others may allocate meanwhile"
        assert current() is self, "it is not the current stream"
        self.captured, self.owner, self.void = [], threading.get_ident(), False

    def end_capture(self):
        if self.captured is None:
            raise refused("IllegalState")
        if self.owner != threading.get_ident():
            raise refused("StreamCaptureWrongThread")
        graph, self.captured, self.owner = Graph(self.captured), None, None
        if self.void:
            raise refused("StreamCaptureInvalidated")
        return graph

    def is_capturing(self):
        return self.captured is not None


class Graph:
    """What was captured; it holds no memory."""

    def __init__(self, nodes):
        self.nodes = nodes

    def launch(self, stream=None):
        stream = current() if stream is None else stream
        assert not stream.is_capturing()
        stream.add(lambda: [node() for node in self.nodes])

    def upload(self, stream=None):
        pass


class Event:
    def __init__(self, block, disable_timing):
        assert block
        assert disable_timing

    def record(self, stream):
        if stream.is_capturing():  # it would be of the graph, and nobody's else
            stream.void = True
            raise refused("CapturedEvent")
        self.point = stream, stream.given

    def synchronize(self):
        stream, until = self.point
        stream.run(until)

    @property
    def done(self):
        stream, until = self.point
        return stream.done >= until


Stream.null = Stream.__new__(Stream)
Stream.null._begin()


class Pool:
    """Buffers that are never freed, by what they are for."""

    def __init__(self):
        self.free = {}
        self.all = []

    def take(self, key, nbytes):
        with _lock:
            free = self.free.setdefault((key, nbytes), [])
            if free:
                return free.pop()
            buffer = np.full(max(nbytes, 1), SPOILED, np.uint8)
            self.all.append(buffer)
            return buffer

    def give_back(self, key, nbytes, buffer):
        self.free[key, nbytes].append(buffer)


MEMORY, PINNED = Pool(), Pool()


class Memory:
    """A piece of a device's memory; the next one's as soon as it is dropped."""

    def __init__(self, nbytes):
        assert devices(), "no device was made current"
        for allocator in allocators()[-1:]:
            allocator(nbytes)
        assert not current().is_capturing(), "what is captured allocates"
        self.device = devices()[-1]
        self.buffer = MEMORY.take((self.device, current()), nbytes)
        again = (self.device, current()), nbytes, self.buffer
        weakref.finalize(self, MEMORY.give_back, *again).atexit = False


def allocators():
    return _local.__dict__.setdefault("allocators", [])


@contextmanager
def using_allocator(allocator):
    """Have this thread ask another allocator, which may only refuse."""
    allocators().append(allocator)
    try:
        yield
    finally:
        allocators().pop()


def refuse(nbytes):
    """Stand for an allocator that is not to be asked."""
    raise MemoryError(f"{nbytes} bytes")


def current():
    return streams()[-1] if streams() else Stream.null


def pinned(nbytes):
    buffer = PINNED.take(None, nbytes)
    pointer = (ctypes.c_ubyte * len(buffer)).from_address(buffer.ctypes.data)

    def spoil():
        buffer[:] = SPOILED
        PINNED.give_back(None, nbytes, buffer)

    weakref.finalize(pointer, spoil).atexit = False
    return pointer


def host_view(array):
    """Return page-locked memory by its address; other memory is staged at once."""
    start = array.ctypes.data
    for buffer in PINNED.all:
        if 0 <= start - buffer.ctypes.data < len(buffer):
            at = start - buffer.ctypes.data
            part = buffer[at : at + array.nbytes]
            return part.view(array.dtype).reshape(array.shape)
    return None
