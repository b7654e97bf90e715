"""What goes wrong on lanes of devices, and mistakes of the engine, planted."""

import traceback

import pytest

from dataflow_engine import NaiveEngine
from dataflow_engine.devices.runner import DeviceRunner
from dataflow_engine.devices.simulated import (
    SimulatedEvent,
    SimulatedStream,
    Simulation,
)
from dataflow_engine.errors import DeviceDead, DeviceFault, DeviceRace, EngineError
from tests.engine.helpers import PATIENCE, Broken, Gate, raiser


def nothing():
    pass


# Failures


@pytest.mark.parametrize("lane", ["sim:0", "sim:1", "cpu", "io"])
def test_a_failure_reaches_whoever_depends_on_it(engine, simulation, lane, gate):
    a, b, log = engine.new_variable(), engine.new_variable(), []

    def noting(word):
        async def note():
            log.append(word)

        return note if lane == "io" else lambda: log.append(word)

    engine.push(gate, (), (a,), lane="sim:0")
    engine.push(raiser("lost"), (), (a,), lane="sim:0", name="fail")
    engine.push(noting("ran"), (a,), (b,), lane)
    engine.push(noting("write"), (), (a,), lane)
    gate.open()
    with pytest.raises(Broken, match="lost") as caught:
        engine.wait_for(b, PATIENCE)
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "fail"
    engine.wait_for(a, PATIENCE)  # good again
    assert log == ["write"]
    engine.push(nothing, (), (b,), lane="sim:1")
    engine.wait_for(b, PATIENCE)


def test_an_old_failure_does_not_skip_what_reads_a_newer_write(engine, given, gate):
    """The Var says that it is poisoned until the newer write has finished."""
    a, b = engine.new_variable(), engine.new_variable()
    engine.push(raiser("old"), (), (a,))
    with pytest.raises(Broken):
        engine.wait_for(a, PATIENCE)
    engine.push(gate, (), (a,), lane="sim:0")
    engine.push(nothing, (a,), (b,), lane="sim:1")
    given(), given()
    assert a.exception is not None
    gate.open()
    engine.wait_for(b, PATIENCE)
    assert engine.statistics().skipped == 0


@pytest.fixture
def dying(engine, simulation, given):
    """An engine whose device goes wrong with three operations on its way."""
    good, bad, also, far, done = (engine.new_variable() for _ in range(5))
    gate = Gate()
    engine.push(nothing, (), (good, done), lane="sim:0", name="well")
    engine.wait_for(done, PATIENCE)
    engine.push(gate, lane="sim:0", name="gate")
    engine.push(raiser_of(DeviceFault("bus")), (), (bad,), lane="sim:0", name="hit")
    engine.push(nothing, (), (also,), lane="sim:0", name="near")
    engine.push(nothing, (bad,), (far,), lane="sim:1", name="reader")
    assert {given() for _ in range(5)} == {"well", "gate", "hit", "near", "reader"}
    gate.open()
    yield engine, good, bad, also, far
    while True:
        try:
            engine.wait_all(PATIENCE)
        except EngineError:
            continue
        return


def raiser_of(error):
    def fail():
        raise error

    return fail


def test_a_late_fault_poisons_all_since_the_last_good_event(dying):
    engine, good, bad, also, far = dying
    engine.wait_for(good, PATIENCE)
    for var in (bad, also, far):
        with pytest.raises(DeviceFault, match=r"lane sim:0 failed in one of: .*bus"):
            engine.wait_for(var, PATIENCE)


def test_a_lane_is_dead_after_a_late_fault_and_others_are_not(dying):
    engine, good, _, also, far = dying
    with pytest.raises(DeviceFault):
        engine.wait_for(also, PATIENCE)
    engine.push(nothing, (), (good,), lane="sim:0", name="late")
    with pytest.raises(DeviceDead, match="late was not run: lane sim:0 is dead") as e:
        engine.wait_for(good, PATIENCE)
    assert isinstance(e.value.__cause__, DeviceFault)
    for lane in ("sim:1", "cpu"):
        engine.push(nothing, (), (good, far), lane=lane)
        engine.wait_for(good, PATIENCE)
        engine.wait_for(far, PATIENCE)


def test_what_dies_keeps_its_place_between_others(engine, simulation):
    """It is not given to any stream, so that no event orders others around it."""
    a, log, gate = engine.new_variable(), [], Gate()
    engine.push(raiser_of(DeviceFault("bus")), lane="sim:0")
    with pytest.raises(DeviceFault):
        engine.wait_all(PATIENCE)

    def write():
        gate()
        log.append("write")

    engine.push(write, (), (a,), lane="sim:1")
    engine.push(nothing, (), (a,), lane="sim:0")
    engine.push(lambda: log.append("read"), (), (a,), lane="sim:2")
    gate.wait_entered()
    gate.open()
    engine.wait_for(a, PATIENCE)
    assert log == ["write", "read"]
    with pytest.raises(DeviceDead):
        engine.wait_all(PATIENCE)


def test_the_naive_engine_tells_a_late_fault_too():
    with NaiveEngine() as engine:
        a = engine.new_variable()
        engine.push(raiser_of(DeviceFault("bus")), (), (a,), lane="sim:0")
        with pytest.raises(DeviceFault, match="bus"):
            engine.wait_for(a)


# Mistakes of the engine, planted


@pytest.fixture
def broken(engine):
    """An engine that may be broken, and its devices, whose reports are wanted."""
    simulation = Simulation()
    engine.devices.use("sim", simulation)
    yield engine, simulation
    while True:
        try:
            engine.wait_all(PATIENCE)
        except EngineError:
            continue
        return


def test_a_dropped_wait_is_a_race(broken, given, monkeypatch, gate):
    engine, _ = broken
    monkeypatch.setattr(SimulatedStream, "wait", lambda stream, event: None)
    a, b = engine.new_variable("a"), engine.new_variable()
    engine.push(gate, (), (a,), lane="sim:0", name="produce")
    engine.push(nothing, (a,), (b,), lane="sim:1", name="consume")
    message = r"consume on sim:1 reads <Var a .*>, which produce on sim:0 wrote"
    given(), given()
    gate.open()
    with pytest.raises(DeviceRace, match=message):
        engine.wait_for(b, PATIENCE)


def test_a_dropped_record_of_a_reader_is_a_race(broken, given, monkeypatch, gate):
    engine, _ = broken

    def writers(operation):
        touched = [var._writer for var in (*operation.reads, *operation.writes)]
        return [record for record in touched if not record.done]

    monkeypatch.setattr("dataflow_engine.devices.records.unfinished", writers)
    a = engine.new_variable("a")
    engine.push(gate, (a,), (), lane="sim:0", name="look")
    engine.push(nothing, (), (a,), lane="sim:1", name="change")
    message = r"change on sim:1 writes <Var a .*>, which look on sim:0 read"
    given(), given()
    gate.open()
    with pytest.raises(DeviceRace, match=message):
        engine.wait_for(a, PATIENCE)


def test_an_event_told_of_before_it_is_recorded_is_an_error(broken, monkeypatch, gate):
    engine, _ = broken

    def early(self, record, lane, agent):
        record.mark = lane.events.mark()
        self._release(self._rule.complete(record.issued))
        assert gate.entered.wait(PATIENCE)
        self._enqueue(record, lane)
        lane.sent(record)

    issue, wait = DeviceRunner.issue, SimulatedStream.wait
    monkeypatch.setattr(
        DeviceRunner,
        "issue",
        lambda self, record, lane, agent: (early if lane.name == "sim:0" else issue)(
            self, record, lane, agent
        ),
    )

    def waiting(stream, event):
        try:
            wait(stream, event)
        finally:
            gate.entered.set()

    monkeypatch.setattr(SimulatedStream, "wait", waiting)
    a, b = engine.new_variable(), engine.new_variable()
    engine.push(nothing, (), (a,), lane="sim:0")
    engine.push(nothing, (a,), (b,), lane="sim:1")
    with pytest.raises(EngineError, match=r"sim:1 waits for .* never recorded"):
        engine.wait_for(b, PATIENCE)


def test_memory_dropped_early_is_reported(broken, monkeypatch, gate):
    engine, simulation = broken
    monkeypatch.setattr(SimulatedEvent, "synchronize", lambda event: None)

    class Memory:
        def __repr__(self):
            return "scratch"

    a = engine.new_variable()
    operation = engine.operation(
        gate, (), (a,), lane="sim:0", keep=[Memory()], name="use"
    )
    engine.push(operation)
    del operation
    engine.wait_for(a, PATIENCE)
    gate.open()
    with pytest.raises(DeviceRace, match=r"scratch was dropped .* use on sim:0"):
        simulation.check()


def test_a_host_told_too_early_is_a_race(broken, monkeypatch, gate):
    engine, simulation = broken
    monkeypatch.setattr(SimulatedEvent, "synchronize", lambda event: None)
    a, b = engine.new_variable(), engine.new_variable()

    def look():
        with simulation.host_access("asnumpy", reads=[a]):
            pass

    engine.push(gate, (), (a,), lane="sim:0", name="produce")
    engine.push(look, (a,), (b,))
    with pytest.raises(DeviceRace, match=r"asnumpy on the host reads .* synchronized"):
        engine.wait_for(b, PATIENCE)
