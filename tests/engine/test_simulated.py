"""The protocol as simulated devices keep it, and what they find wrong."""

import random
import threading
from functools import partial

import pytest

from dataflow_engine.devices.simulated import Simulation
from dataflow_engine.devices.streams import Accesses
from dataflow_engine.errors import DeviceMissing, DeviceRace, EngineError
from tests.engine.helpers import PATIENCE, Broken, Gate, raiser


class Memory:
    """Something to read and write, that can be referenced weakly."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


@pytest.fixture
def simulation():
    return Simulation()


@pytest.fixture
def device(simulation):
    device = simulation.open(0)
    yield device
    device.close()


@pytest.fixture
def other(simulation):
    device = simulation.open(1)
    yield device
    device.close()


def nothing():
    pass


def test_a_stream_runs_in_order_and_later(device):
    stream, gate, log = device.new_stream("sim:0"), Gate(), []
    stream.run(gate, Accesses("gate"))
    for number in range(5):
        stream.run(lambda n=number: log.append(n), Accesses("append"))
    gate.wait_entered()
    assert log == []
    gate.open()
    stream.synchronize()
    assert log == [0, 1, 2, 3, 4]


def test_an_event_passes_after_all_before_it(device):
    stream, gate, event = device.new_stream("sim:0"), Gate(), device.new_event()
    stream.run(gate, Accesses("gate"))
    stream.record(event)
    assert not event.query()
    gate.open()
    event.synchronize()
    assert event.query()


def test_a_stream_waits_for_anothers_event_and_the_host_does_not(device, other):
    first, second = device.new_stream("sim:0"), other.new_stream("sim:1")
    gate, event, log = Gate(), device.new_event(), []
    first.run(gate, Accesses("gate"))
    first.run(lambda: log.append("first"), Accesses("first"))
    first.record(event)
    second.wait(event)
    second.run(lambda: log.append("second"), Accesses("second"))
    gate.open()
    second.synchronize()
    assert log == ["first", "second"]


def test_a_wait_is_for_the_event_as_it_was_recorded_by_then(device, other):
    """Recording it again changes nothing for who waits already."""
    first, second = device.new_stream("sim:0"), other.new_stream("sim:1")
    event, gate = device.new_event(), Gate()
    first.record(event)
    second.wait(event)
    first.run(gate, Accesses("gate"))
    first.record(event)
    second.synchronize()
    gate.open()
    event.synchronize()


def test_streams_run_at_the_same_time(device, other):
    barrier = threading.Barrier(2, timeout=PATIENCE)
    streams = [device.new_stream("sim:0"), other.new_stream("sim:1")]
    for stream in streams:
        stream.run(barrier.wait, Accesses("meet"))
    for stream in streams:
        stream.synchronize()


def test_an_event_that_was_never_recorded(device):
    stream, event = device.new_stream("sim:0"), device.new_event()
    for wait in (lambda: stream.wait(event), event.synchronize, event.query):
        with pytest.raises(EngineError, match="never recorded"):
            wait()
    stream.record(event)
    stream.wait(event)
    event.renew()
    with pytest.raises(EngineError, match=r"sim:0 waits .* never recorded"):
        stream.wait(event)


def test_what_goes_wrong_is_told_late_and_ends_the_stream(device):
    stream, event, log = device.new_stream("sim:0"), device.new_event(), []
    before = device.new_event()
    stream.record(before)
    stream.run(raiser("late"), Accesses("fail"))
    stream.run(lambda: log.append("ran"), Accesses("after"))
    stream.record(event)
    for synchronize in (event.synchronize, event.query, stream.synchronize):
        with pytest.raises(Broken, match="late"):
            synchronize()
    before.synchronize()
    assert log == []


def test_a_device_that_is_not_there(simulation):
    with pytest.raises(DeviceMissing, match="sim:99: there are sim:0 to sim:15"):
        simulation.open(99)


def test_nothing_is_given_to_a_closed_stream(device):
    stream = device.new_stream("sim:0")
    device.close()
    with pytest.raises(EngineError, match="closed"):
        stream.run(nothing, Accesses("late"))


def test_pinned_memory_and_peers(device, other):
    memory = device.pinned(5)
    memoryview(memory)[:] = b"12345"
    assert device.enable_peer(other)
    assert not device.enable_peer(None)


# Races. Each is found when the access is given to its stream, whatever the schedule.


def accesses(name, reads=(), writes=(), keeps=()):
    return Accesses(name, reads, writes, keeps)


@pytest.mark.parametrize("synchronized", ["nothing", "event", "stream", "query"])
@pytest.mark.parametrize("waits", [False, True])
def test_a_read_after_a_write_on_another_stream(device, other, waits, synchronized):
    producer, consumer = device.new_stream("sim:0"), other.new_stream("sim:1")
    x, event = Memory("x"), device.new_event()
    producer.run(nothing, accesses("produce", writes=[x]))
    producer.record(event)
    if waits:
        consumer.wait(event)
    if synchronized == "event":
        event.synchronize()
    elif synchronized == "stream":
        producer.synchronize()
    elif synchronized == "query":
        while not event.query():
            pass
    consume = accesses("consume", reads=[x])
    if waits or synchronized != "nothing":
        consumer.run(nothing, consume)
    else:
        message = "consume on sim:1 reads x, which produce on sim:0 wrote: sim:1 waits"
        with pytest.raises(DeviceRace, match=message):
            consumer.run(nothing, consume)


def test_a_write_after_a_read_on_another_stream(device, other):
    reader, writer = device.new_stream("sim:0"), other.new_stream("sim:1")
    x, event = Memory("x"), device.new_event()
    reader.run(nothing, accesses("look", reads=[x]))
    with pytest.raises(DeviceRace, match=r"change .* writes x, which look .* read"):
        writer.run(nothing, accesses("change", writes=[x]))
    reader.record(event)
    writer.wait(event)
    writer.run(nothing, accesses("change", writes=[x]))


def test_an_event_recorded_too_early_orders_nothing_after_it(device, other):
    producer, consumer = device.new_stream("sim:0"), other.new_stream("sim:1")
    x, event = Memory("x"), device.new_event()
    producer.record(event)
    producer.run(nothing, accesses("produce", writes=[x]))
    consumer.wait(event)
    with pytest.raises(DeviceRace):
        consumer.run(nothing, accesses("consume", reads=[x]))


def test_order_passes_on_through_a_third_stream(device):
    first, second, third = (device.new_stream(name) for name in "abc")
    x, one, two = Memory("x"), device.new_event(), device.new_event()
    first.run(nothing, accesses("produce", writes=[x]))
    first.record(one)
    second.wait(one)
    second.record(two)
    third.wait(two)
    third.run(nothing, accesses("consume", reads=[x]))


def test_readers_side_by_side_are_no_race(device, other):
    streams = [device.new_stream("sim:0"), other.new_stream("sim:1")]
    x = Memory("x")
    for stream in streams:
        stream.run(nothing, accesses("look", reads=[x]))


def test_an_access_of_the_host_that_did_not_synchronize(device, simulation):
    stream, x, gate = device.new_stream("sim:0"), Memory("x"), Gate()
    stream.run(gate, accesses("produce", writes=[x]))
    with (
        pytest.raises(DeviceRace, match=r"host reads x, which produce .* synchronized"),
        simulation.host_access("asnumpy", reads=[x]),
    ):
        pytest.fail("not reached")
    gate.open()
    stream.synchronize()
    with simulation.host_access("asnumpy", reads=[x]):
        stream.run(nothing, accesses("look", reads=[x]))
        with pytest.raises(DeviceRace, match=r"asnumpy on the host read: .*not ended"):
            stream.run(nothing, accesses("change", writes=[x]))
    stream.run(nothing, accesses("change", writes=[x]))
    with pytest.raises(DeviceRace):
        simulation.check()


def test_many_reads_by_the_host_are_forgotten(device, simulation):
    x = Memory("x")
    for _ in range(100):
        with simulation.host_access("look", reads=[x]):
            pass
    (history,) = simulation.checker._histories.values()
    assert len(history.reads) == 1


@pytest.mark.parametrize("waits", [False, True])
def test_what_is_dropped_before_its_use_has_ended(device, simulation, waits):
    stream, event, scratch = (
        device.new_stream("sim:0"),
        device.new_event(),
        Memory("scratch"),
    )
    stream.run(nothing, accesses("use", keeps=[scratch]))
    stream.record(event)
    if waits:
        event.synchronize()
    del scratch
    if waits:
        simulation.check()
    else:
        with pytest.raises(DeviceRace, match=r"scratch was dropped .* use on sim:0"):
            simulation.check()


def test_memory_that_nobody_can_watch(device):
    stream = device.new_stream("sim:0")
    stream.run(nothing, accesses("use", keeps=[b"bytes are not watched"]))
    with pytest.raises(TypeError, match="no key"):
        stream.run(nothing, accesses("use", reads=[3]))


# Schedules


def run_chains(simulation, streams, seed):
    """Give streams many numbered runs, with events between; return what ran."""
    draw, log = random.Random(seed), []
    device = simulation.open(0)
    for number in range(60):
        stream = draw.choice(streams)
        if draw.random() < 0.3:
            event = device.new_event()
            draw.choice(streams).record(event)
            stream.wait(event)
        run = (stream.name, number)
        stream.run(lambda run=run: log.append(run), Accesses(str(number)))
    for stream in streams:
        stream.synchronize()
    return log


@pytest.mark.parametrize("seed", [None, *range(8)])
def test_whatever_the_schedule_each_stream_keeps_its_order(seed):
    simulation = Simulation(seed)
    device = simulation.open(0)
    streams = [device.new_stream(name) for name in "abcd"]
    log = run_chains(simulation, streams, 1)
    device.close()
    assert len(log) == 60
    for stream in streams:
        numbers = [number for name, number in log if name == stream.name]
        assert numbers == sorted(numbers)


def test_a_seed_draws_other_schedules_than_another():
    """Given all at once, while nothing may go on, so that only the seed decides."""
    logs = []
    for seed in range(6):
        simulation = Simulation(seed)
        device = simulation.open(0)
        streams = [device.new_stream(name) for name in "ab"]
        log = []
        with simulation.hold():
            for number in range(30):
                run = partial(log.append, number)
                streams[number % 2].run(run, Accesses(str(number)))
        for stream in streams:
            stream.synchronize()
        device.close()
        logs.append(tuple(log))
    assert len(set(logs)) > 1


def test_held_streams_take_no_step(device, simulation):
    stream, log = device.new_stream("sim:0"), []
    event = device.new_event()
    with simulation.hold():
        stream.run(lambda: log.append(1), Accesses("append"))
        stream.record(event)
        assert not event.query()
        assert log == []
    event.synchronize()
    assert log == [1]
