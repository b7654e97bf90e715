"""Captures and launches of simulated streams, and the mistakes that they find."""

from __future__ import annotations

from functools import partial

import pytest

from dataflow_engine import NaiveEngine
from dataflow_engine.devices.simulated import Simulation
from dataflow_engine.devices.streams import Accesses, CaptureRefused
from dataflow_engine.errors import DeviceRace, EngineError


class Memory:
    """Something to read and write, that can be referenced weakly."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


@pytest.fixture
def simulation():
    return Simulation(seed=5)


@pytest.fixture
def device(simulation):
    device = simulation.open(0)
    yield device
    device.close()


@pytest.fixture
def stream(device):
    return device.new_stream("sim:0")


def nothing():
    pass


def launch(stream, graph, reads=(), writes=(), name="launch"):
    stream.run(partial(stream.launch, graph), Accesses(name, reads, writes))


def captured(stream, log, accesses):
    def enqueue():
        for number in range(3):
            stream.run(partial(log.append, number), accesses)

    return stream.capture(enqueue)


def test_what_is_captured_is_done_at_each_launch_and_not_before(stream):
    log, x = [], Memory("x")
    stream.run(partial(log.append, "before"), Accesses("before"))
    graph = captured(stream, log, Accesses("captured", writes=[x]))
    stream.synchronize()
    assert log == ["before"]
    for _ in range(2):
        launch(stream, graph, writes=[x])
    stream.run(partial(log.append, "after"), Accesses("after"))
    stream.synchronize()
    assert log == ["before", 0, 1, 2, 0, 1, 2, "after"]


@pytest.mark.parametrize("waits", [False, True])
def test_a_launch_has_to_wait_for_what_it_reads(device, simulation, stream, waits):
    """The planted fault of a launch before the event of what it reads."""
    x, y, event = Memory("x"), Memory("y"), device.new_event()
    graph = captured(stream, [], Accesses("captured", [x], [y]))
    copies = device.new_stream("sim:0/copy")
    with simulation.hold():  # so that nothing has ended by chance
        for number in range(2):
            stream.record(event)
            copies.wait(event)
            copies.run(nothing, Accesses("feed", writes=[x]))
            copies.record(event)
            if waits or number == 0:
                stream.wait(event)
                launch(stream, graph, [x], [y])
                continue
            message = "launch on sim:0 reads x, which feed on sim:0/copy wrote"
            with pytest.raises(DeviceRace, match=message):
                launch(stream, graph, [x], [y])


REFUSED = {
    "recording": lambda device, stream, event: stream.record(event),
    "a stream's wait": lambda device, stream, event: stream.wait(event),
    "synchronize": lambda device, stream, event: stream.synchronize(),
    "a wait": lambda device, stream, event: event.synchronize(),
    "a query": lambda device, stream, event: event.query(),
    "memory": lambda device, stream, event: device.pinned(8),
    "a capture": lambda device, stream, event: stream.capture(nothing),
    "another stream": lambda device, stream, event: device.new_stream("other").run(
        nothing, Accesses("else")
    ),
}


@pytest.mark.parametrize("handled", [False, True])
@pytest.mark.parametrize("what", REFUSED)
def test_what_a_capture_refuses(device, stream, what, handled):
    """As CUDA does, whether or not the refusal is handled; then all is as before."""
    event, log = device.new_event(), []
    stream.record(event)

    def enqueue():
        stream.run(partial(log.append, "captured"), Accesses("captured"))
        try:
            REFUSED[what](device, stream, event)
        except CaptureRefused:
            if not handled:
                raise

    with pytest.raises(CaptureRefused, match="void" if handled else "cannot be"):
        stream.capture(enqueue)
    stream.run(partial(log.append, "run"), Accesses("run"))
    stream.record(event)
    event.synchronize()
    assert log == ["run"]


def test_what_is_raised_while_it_is_captured_ends_the_capture(stream):
    with pytest.raises(ZeroDivisionError):
        stream.capture(lambda: 1 / 0)
    stream.run(nothing, Accesses("run"))
    stream.synchronize()


def test_a_graph_is_launched_by_what_a_stream_runs(device, stream):
    graph = captured(stream, [], Accesses("captured"))
    with pytest.raises(EngineError, match="sim:0 runs nothing that could launch"):
        stream.launch(graph)


def told(stream, simulation):
    """Return what is told of a launch that is wrong, by the stream and the checker."""
    with pytest.raises(DeviceRace) as caught:
        stream.synchronize()
    with pytest.raises(DeviceRace) as found:
        simulation.check()
    assert found.value is caught.value
    return str(caught.value)


def test_a_graph_whose_memory_is_gone(simulation, stream):
    x, y = Memory("x"), Memory("y")
    graph = captured(stream, [], Accesses("kernel", [x], [y]))
    launch(stream, graph, [x], [y])
    stream.synchronize()
    del x
    launch(stream, graph, [], [y])
    message = told(stream, simulation)
    assert message.startswith(
        "launch launches a graph on sim:0 in which kernel reads x"
    )
    assert "dropped: capture again" in message


@pytest.mark.parametrize("declared", ["nothing", "a read"])
def test_a_graph_of_other_memory_than_its_launch_declares(simulation, stream, declared):
    x, y = Memory("x"), Memory("y")
    graph = captured(stream, [], Accesses("kernel", [], [x]))
    launch(stream, graph, [x] if declared == "a read" else [], [y])
    assert "kernel writes x, which that run does not declare" in told(
        stream, simulation
    )


def test_a_graph_of_another_stream(device, simulation, stream):
    graph = captured(device.new_stream("other"), [], Accesses("kernel"))
    launch(stream, graph)
    assert "launches on sim:0 what is for other" in told(stream, simulation)


def test_platforms_are_chosen_before_a_device_is_opened():
    with NaiveEngine() as engine:
        engine.devices.use("sim", Simulation(1))
        engine.devices.use("sim", Simulation(2))  # none was opened yet
        engine.devices.open("sim", 3)
        with pytest.raises(EngineError, match=r"'sim'.* for sim:3 was opened"):
            engine.devices.use("sim", Simulation(4))
        engine.devices.use("gpu", Simulation(5))
