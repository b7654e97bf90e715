"""What is asked of CuPy, by a stand-in that writes it down and lets nothing happen."""

import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from dataflow_engine import ThreadedEngine
from dataflow_engine.devices.cuda import Cuda
from dataflow_engine.devices.streams import Accesses
from dataflow_engine.errors import DeviceFault, DeviceMissing
from tests.engine.helpers import PATIENCE, Broken, raiser


class CUDARuntimeError(RuntimeError):
    def __init__(self, status):
        super().__init__(f"status {status}")
        self.status = status


class Cupy:
    """CuPy's names that are used, as in version 14.

    Attributes
    ----------
    calls : list of tuple
        What was called: the device that was current, the thing, the method, more.
    """

    def __init__(self, devices=2):
        self.devices = devices
        self.calls = []
        self.raising = {}
        self._local = threading.local()
        runtime = SimpleNamespace(
            CUDARuntimeError=CUDARuntimeError,
            getDeviceCount=self._count,
            deviceCanAccessPeer=self._can_access,
            deviceEnablePeerAccess=self._enable,
        )
        self.cuda = SimpleNamespace(
            runtime=runtime,
            Device=lambda index: Device(self, index),
            Stream=lambda **options: Stream(self, options),
            Event=lambda **options: Event(self, options),
            PinnedMemoryPool=lambda: SimpleNamespace(malloc=bytearray),
        )

    @property
    def current(self):
        """The calling thread's devices and streams, the innermost last."""
        if not hasattr(self._local, "stack"):
            self._local.stack = [0]
        return self._local.stack

    def device(self):
        return [i for i in self.current if isinstance(i, int)][-1]

    def note(self, *what):
        self.calls.append((self.device(), *what))
        if what[-1] in self.raising:
            raise self.raising[what[-1]]

    def _count(self):
        if self.devices == 0:
            raise CUDARuntimeError(100)
        return self.devices

    def _can_access(self, device, peer):
        return int(peer != 2)

    def _enable(self, peer):
        self.note("peer", peer)


class Bound:
    """What a thread makes its own by ``with``."""

    def __enter__(self):
        self.cupy.current.append(self.bound)
        return self

    def __exit__(self, *_):
        assert self.cupy.current.pop() is self.bound


class Device(Bound):
    def __init__(self, cupy, index):
        self.cupy, self.bound = cupy, index


class Stream(Bound):
    def __init__(self, cupy, options):
        self.cupy, self.bound = cupy, self
        self.device = cupy.device()
        cupy.note("stream", *options)

    def __enter__(self):
        assert self.cupy.device() == self.device, "a stream of another device"
        return super().__enter__()

    def wait_event(self, event):
        self.cupy.note(self, event, "wait")

    def synchronize(self):
        self.cupy.note(self, "synchronize stream")


class Event:
    done = True

    def __init__(self, cupy, options):
        self.cupy = cupy
        self.device = cupy.device()
        cupy.note("event", *options)

    def record(self, stream):
        assert self.device == stream.device, "an event of another device"
        self.cupy.note(stream, self, "record")

    def synchronize(self):
        self.cupy.note(self, "synchronize")


@pytest.fixture
def cupy(monkeypatch):
    cupy = Cupy(devices=3)
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    return cupy


def test_without_cupy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(DeviceMissing, match=r"gpu:1: cupy cannot .* pip install cupy-"):
        Cuda().open(1)


def test_without_a_driver(cupy):
    cupy.devices = 0
    with pytest.raises(DeviceMissing, match=r"gpu:0: CUDA has no driver .*status 100"):
        Cuda().open(0)


def test_with_too_few_devices(cupy):
    with pytest.raises(DeviceMissing, match=r"no device gpu:3: CUDA finds 3"):
        Cuda().open(3)
    assert Cuda().open(2).name == "gpu:2"


def test_a_stream_does_as_told_on_its_device(cupy):
    device = Cuda().open(1)
    stream, event = device.new_stream("gpu:1"), device.new_event()
    log = []
    with stream.bound():
        assert cupy.current[-1] is stream.stream
        stream.run(lambda: log.append(cupy.current[-1]), Accesses("kernel"))
        assert log == [stream.stream]
        stream.record(event)
        stream.wait(event)
        event.renew()
        assert event.query()
        event.synchronize()
        stream.synchronize()
    assert cupy.current == [0]
    cuda_stream, cuda_event = stream.stream, event.event
    assert cupy.calls == [
        (1, "stream", "non_blocking"),
        (1, "event", "block", "disable_timing"),
        (1, cuda_stream, cuda_event, "record"),
        (1, cuda_stream, cuda_event, "wait"),
        (1, cuda_event, "synchronize"),
        (1, cuda_stream, "synchronize stream"),
    ]


def test_pinned_memory_comes_from_a_pool(cupy):
    assert len(Cuda().open(0).pinned(7)) == 7


def test_peers_are_enabled_once(cupy):
    cuda = Cuda()
    first, second, far = (cuda.open(index) for index in range(3))
    assert second.enable_peer(first)
    assert second.enable_peer(first)
    assert not second.enable_peer(far)
    assert not second.enable_peer(None)
    assert cupy.calls == [(1, "peer", 0)]


def test_peers_that_somebody_else_has_enabled(cupy):
    cupy.raising[1] = CUDARuntimeError(704)
    cuda = Cuda()
    assert cuda.open(0).enable_peer(cuda.open(1))


def test_peers_that_cannot_be_enabled(cupy):
    cupy.raising[1] = CUDARuntimeError(2)
    cuda = Cuda()
    with pytest.raises(CUDARuntimeError):
        cuda.open(0).enable_peer(cuda.open(1))


# The engine on top of it


def nothing():
    pass


def test_an_engine_enqueues_on_its_lanes(cupy):
    with ThreadedEngine(1) as engine:
        a, b, c = (engine.new_variable() for _ in range(3))
        streams = []

        def kernel():
            streams.append((cupy.device(), cupy.current[-1]))

        held = threading.Event()
        synchronize = Event.synchronize

        def waiting(event):
            assert held.wait(PATIENCE)
            synchronize(event)

        Event.synchronize = waiting
        try:
            engine.push(kernel, (), (a,), lane="gpu:1/copy")
            engine.push(kernel, (a,), (b,), lane="gpu:1")
            engine.push(kernel, (b,), (c,), lane="gpu:0")
            # Issued while nothing has finished.
            engine.push(held.set, (c,), (), lane="gpu:0")
            engine.wait_all(PATIENCE)
        finally:
            Event.synchronize = synchronize
            held.set()
    assert [device for device, _ in streams] == [1, 1, 0]
    assert len({stream for _, stream in streams}) == 3
    waits = [call[1] for call in cupy.calls if call[-1] == "wait"]
    assert waits == [stream for _, stream in streams[1:]]
    records = [call[1] for call in cupy.calls if call[-1] == "record"]
    assert len(records) == 4
    # Recorded before it is waited for, by whom it belongs to.
    first = cupy.calls.index(next(c for c in cupy.calls if c[-1] == "wait"))
    assert any(c[-1] == "record" for c in cupy.calls[:first])


def test_what_a_function_raises_is_no_fault_of_the_device(cupy):
    with ThreadedEngine(1) as engine:
        a, b = engine.new_variable(), engine.new_variable()
        engine.push(raiser("shape"), (), (a,), lane="gpu:0")
        engine.push(nothing, (a,), (b,), lane="gpu:1")
        with pytest.raises(Broken, match="shape"):
            engine.wait_for(b, PATIENCE)
        engine.push(nothing, (), (a,), lane="gpu:0")
        engine.wait_for(a, PATIENCE)


def test_a_late_error_is_told_with_what_may_have_caused_it(cupy):
    with ThreadedEngine(1) as engine:
        a = engine.new_variable()
        cupy.raising["synchronize"] = CUDARuntimeError(700)
        engine.push(nothing, (), (a,), lane="gpu:0", name="kernel")
        with pytest.raises(
            DeviceFault, match=r"gpu:0 failed in one of: kernel; .* 700"
        ):
            engine.wait_for(a, PATIENCE)


def test_what_cupy_is_asked_for_is_there():
    golden = Path(__file__).parents[1] / "golden" / "cupy_names.json"
    names = set(json.loads(golden.read_text())["cuda"])
    stand_in = Cupy().cuda
    wanted = set(vars(stand_in)) | {
        f"runtime.{name}" for name in vars(stand_in.runtime)
    }
    wanted |= {"Stream.wait_event", "Stream.synchronize", "PinnedMemoryPool.malloc"}
    wanted |= {f"Event.{name}" for name in ("record", "synchronize", "done")}
    wanted |= {f"{kind}.__enter__" for kind in ("Device", "Stream")}
    assert wanted <= names
