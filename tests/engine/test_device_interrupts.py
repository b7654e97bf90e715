"""Ctrl-C at every place of the engine where the main thread pushes on device lanes."""

import time

import pytest

from dataflow_engine import Plan
from dataflow_engine.devices.simulated import Simulation
from tests.engine.helpers import PATIENCE
from tests.engine.test_interrupts import interrupt_everywhere, pushed

LANES = ("sim:0", "sim:0/copy", "sim:1")
CHECKS = ("races.py", "simulated.py")


def on_devices(touched, cheap=False):
    """A situation that pushes operations in turn on three lanes, or between these."""

    def situation(bench):
        simulation = Simulation()
        bench.engine.devices.use("sim", simulation)
        lanes = (*LANES, "cpu") if cheap else LANES
        operations = [
            bench.operation(*t, lane=lanes[i % len(lanes)], cost=1.0)
            for i, t in enumerate(touched)
        ]
        check = bench.check

        def check_order(where):
            check(where)
            simulation.check()

        bench.check = check_order
        return pushed(bench, operations)

    return situation


def test_pushes_of_what_is_ready():
    places = interrupt_everywhere(on_devices([("", "0"), ("", "1"), ("", "2")]))
    assert any("devices/records.py" in place for place in places)
    assert any("devices/lane.py" in place for place in places)


def test_pushes_of_what_has_to_wait():
    touched = [("", "0"), ("0", "1"), ("01", "2"), ("12", "0"), ("", "12")]
    places = interrupt_everywhere(on_devices(touched))
    assert any("join" in place for place in places)


def test_pushes_between_the_host_and_devices():
    touched = [("", "0"), ("0", "1"), ("1", "0"), ("01", "2"), ("2", "3"), ("3", "0")]
    interrupt_everywhere(on_devices(touched, cheap=True))


def test_a_plan():
    def situation(bench):
        touched = [("", "0"), ("0", "1"), ("0", "2"), ("12", "0")]
        lanes = (*LANES, "cpu")
        plan = Plan(
            bench.operation(*t, lane=lane)
            for t, lane in zip(touched, lanes, strict=True)
        )
        return lambda: bench.engine.replay(plan)

    interrupt_everywhere(situation)


@pytest.mark.parametrize("lane", LANES[:2])
def test_a_wait(lane):
    def situation(bench):
        bench.engine.push(bench.operation("", "0", lane=lane))
        return lambda: bench.engine.wait_for(bench.vars[0])

    interrupt_everywhere(situation)


def wait_until_parked(engine):
    deadline = time.monotonic() + PATIENCE
    for lane in engine._places.device.values():
        while not (lane.to_issue.listening and lane.to_finish.listening):
            assert time.monotonic() < deadline


def test_pushes_on_lanes_whose_threads_wait():
    """They have to be woken, and nobody else will do that."""

    def situation(bench):
        for lane in LANES:
            bench.engine.push(bench.operation("", "", lane=lane))
        bench.engine.wait_all()
        wait_until_parked(bench.engine)
        touched = [("", "0"), ("", "1"), ("", "2")]
        return pushed(
            bench,
            [bench.operation(*t, lane=LANES[i]) for i, t in enumerate(touched)],
        )

    places = interrupt_everywhere(situation)
    assert any("Bell.ring" in place for place in places)
