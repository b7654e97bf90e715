"""Where devices come from, and events that go back to their pool."""

import pytest

from dataflow_engine import NaiveEngine
from dataflow_engine.devices.simulated import Simulation
from dataflow_engine.devices.streams import Devices, EventPool
from dataflow_engine.errors import DeviceDead, DeviceMissing


def test_a_device_is_opened_once():
    devices = Devices()
    assert devices.open("sim", 1) is devices.of_lane("sim:1/copy")
    assert devices.open("sim", 1).name == "sim:1"
    assert devices.stream_of("sim:1") is devices.stream_of("sim:1")
    assert devices.stream_of("sim:1") is not devices.stream_of("sim:1/copy")
    devices.close()


def test_devices_that_are_not_there():
    devices = Devices()
    with pytest.raises(DeviceMissing, match="no devices of type 'tpu', only sim, gpu"):
        devices.open("tpu", 0)
    with pytest.raises(DeviceMissing, match="no device sim:1000"):
        devices.open("sim", 1000)


def test_another_platform_may_be_used():
    devices = Devices()
    devices.use("sim", Simulation(devices=1))
    with pytest.raises(DeviceMissing, match="sim:0 to sim:0"):
        devices.open("sim", 1)


def test_an_engine_refuses_what_is_not_there_when_the_operation_is_made():
    with NaiveEngine() as engine, pytest.raises(DeviceMissing):
        engine.operation(print, lane="sim:1000")


def test_devices_that_were_open_are_refused_after_a_fork():
    devices = Devices()
    devices.after_fork()
    devices.open("sim", 0).close()
    devices.after_fork()
    for index in (0, 1):
        with pytest.raises(DeviceDead, match=f"sim:{index}.*forked.*spawn"):
            devices.open("sim", index)


def test_an_event_is_free_when_nobody_holds_its_mark():
    device = Simulation().open(0)
    pool = EventPool(device)
    mark = pool.mark()
    kept, also = mark.event, mark
    other = pool.mark()
    assert other.event is not kept
    del mark
    assert pool.mark().event is not kept
    del also
    taken = [pool.mark() for _ in range(3)]
    assert any(again.event is kept for again in taken)


def test_an_event_from_the_pool_stands_for_nothing():
    device = Simulation().open(0)
    stream, pool = device.new_stream("sim:0"), EventPool(device)
    mark = pool.mark()
    stream.record(mark.event)
    event = mark.event
    mark.event.synchronize()
    del mark
    assert pool.mark().event is event
    assert event.fresh
    device.close()
