"""The race checker sees what goes between devices without its event."""

from __future__ import annotations

import pytest

import dataflow as mx
from dataflow_engine.devices.simulated import SimulatedStream
from dataflow_engine.errors import DeviceRace

HOST = mx.Context("cpu", 0)


@pytest.fixture
def deaf(monkeypatch):
    """Let copy lanes not wait for the events of others."""
    wait = SimulatedStream.wait

    def ignore(stream, event):
        if not stream.name.endswith("/copy"):
            wait(stream, event)

    monkeypatch.setattr(SimulatedStream, "wait", ignore)


def race(simulation):
    """Return what is told of a race, to who waits and by the checker."""
    with pytest.raises((DeviceRace, mx.MXNetError)) as caught:
        mx.waitall()
    with pytest.raises(DeviceRace) as found:
        simulation.check()
    assert str(found.value) in str(caught.value)
    return str(found.value)


@pytest.mark.usefixtures("deaf")
def test_a_copy_without_its_event_is_reported(threaded, given):
    x = mx.nd.ones(2, mx.sim(0))
    x.wait_to_read()
    with threaded.hold():  # so that nothing has ended by chance
        (x + 1).as_in_context(mx.sim(1))
        given("sim:1/copy")
    told = race(threaded)
    assert "_copyto on sim:1/copy reads" in told
    assert "_plus_scalar on sim:0 wrote" in told


@pytest.mark.usefixtures("deaf")
def test_a_crossing_edge_without_its_event_is_reported(threaded, given):
    with mx.AttrScope(ctx_group="away"):
        x = mx.sym.sin(mx.sym.Variable("x"), name="first")
    executor = (x + 1).simple_bind(mx.sim(0), x=(2,), group2ctx={"away": mx.sim(1)})
    mx.waitall()
    with threaded.hold():
        executor.forward()
        given("sim:0/copy")
    told = race(threaded)
    assert "on sim(0) on sim:0/copy reads" in told
    assert "on sim(1) on sim:1 wrote" in told


def test_without_a_fault_nothing_is_reported(threaded, given):
    x = mx.nd.ones(2, mx.sim(0))
    with threaded.hold():
        y = (x + 1).as_in_context(mx.sim(1))
        given("sim:1/copy")
    assert y.as_in_context(HOST).asnumpy().tolist() == [2, 2]
    threaded.check()
