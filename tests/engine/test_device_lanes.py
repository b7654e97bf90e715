"""Lanes of devices: what is released when, by events, and what stays to be seen."""

import os
import threading
import weakref

import pytest
import trio

from dataflow_engine import NaiveEngine, ThreadedEngine, Tracer
from dataflow_engine.devices.simulated import SimulatedStream, Simulation
from dataflow_engine.errors import (
    DeviceMissing,
    EngineClosed,
    EngineError,
    WaitTimeout,
)
from tests.engine.helpers import PATIENCE, Gate, forget_failures


def nothing():
    pass


@pytest.fixture
def waits(monkeypatch):
    """The names of streams that had to wait for an event."""
    names, wait = [], SimulatedStream.wait

    def noting(stream, event):
        names.append(stream.name)
        wait(stream, event)

    monkeypatch.setattr(SimulatedStream, "wait", noting)
    return names


# Issued, and finished


def test_what_follows_on_devices_is_issued_before_it_can_run(engine, given, gate):
    a, b = engine.new_variable(), engine.new_variable()
    engine.push(gate, (), (a,), lane="sim:0", name="produce")
    engine.push(nothing, (a,), (b,), lane="sim:1", name="consume")
    engine.push(nothing, (b,), (), lane="sim:0", name="again")
    assert [given(), given(), given()] == ["produce", "consume", "again"]
    assert not a.version
    gate.open()
    engine.wait_for(b, PATIENCE)


def test_what_follows_on_the_host_waits_until_it_has_finished(engine, given, gate):
    a, log = engine.new_variable(), []
    engine.push(gate, (), (a,), lane="sim:0", name="produce")
    engine.push(lambda: log.append("ran"), (a,), (a,), name="host")
    engine.push(nothing, (a,), lane="sim:0", name="after")
    given()
    gate.wait_entered()
    assert log == []
    gate.open()
    assert given() == "after"
    assert log == ["ran"]


def test_operations_on_one_lane_need_no_event(engine, simulation, waits):
    a = engine.new_variable()
    for _ in range(20):
        engine.push(nothing, (), (a,), lane="sim:0")
    engine.wait_for(a, PATIENCE)
    assert waits == []


def test_an_operation_on_another_lane_waits_for_one_event(engine, given, waits, gate):
    a, b = engine.new_variable(), engine.new_variable()
    engine.push(gate, (), (a, b), lane="sim:0")
    engine.push(nothing, (a, b), (), lane="sim:0/copy")
    given(), given()
    assert waits == ["sim:0/copy"]


def test_a_write_waits_for_the_events_of_readers(engine, given, waits, gate):
    a = engine.new_variable()
    for lane in ("sim:0", "sim:1"):
        engine.push(gate, (a,), (), lane=lane)
    engine.push(nothing, (), (a,), lane="sim:2")
    given(), given(), given()
    assert waits == ["sim:2", "sim:2"]


def test_the_higher_priority_is_issued_first(engine, simulation, monkeypatch, gate):
    order, run = [], SimulatedStream.run

    def noting(stream, function, accesses):
        order.append(accesses.name)
        if accesses.name == "first":
            gate()
        run(stream, function, accesses)

    monkeypatch.setattr(SimulatedStream, "run", noting)
    engine.push(nothing, lane="sim:0", name="first")
    gate.wait_entered()
    for name, priority in (("low", -1), ("none", 0), ("high", 2), ("higher", 3)):
        engine.push(nothing, lane="sim:0", priority=priority, name=name)
    gate.open()
    engine.wait_all(PATIENCE)
    assert order == ["first", "higher", "high", "none", "low"]


def test_a_copy_that_has_ended_is_not_hidden_by_a_computation(engine, simulation, gate):
    a = engine.new_variable()
    engine.push(gate, lane="sim:0")
    engine.push(nothing, (), (a,), lane="sim:0/copy")
    engine.wait_for(a, PATIENCE)
    assert not engine.statistics().lanes["sim:0/copy"].running


def test_what_is_kept_is_dropped_when_the_device_has_ended(engine, given, gate):
    class Memory:
        pass

    kept, used = Memory(), Memory()
    refs = [weakref.ref(kept), weakref.ref(used)]
    engine.push(gate, lane="sim:0", name="gate")
    a = engine.new_variable()

    def function(memory=used):
        assert memory

    operation = engine.operation(function, (), (a,), lane="sim:0", keep=[kept])
    engine.push(operation)
    del kept, used, function, operation
    given(), given()
    assert all(ref() is not None for ref in refs)
    gate.open()
    engine.wait_for(a, PATIENCE)
    assert [ref() for ref in refs] == [None, None]


def test_only_operations_of_devices_keep(engine):
    with pytest.raises(EngineError, match="keep is for lanes of devices"):
        engine.operation(nothing, keep=[nothing])


@pytest.mark.parametrize("make", [NaiveEngine, ThreadedEngine])
def test_a_device_that_is_not_there(make):
    with make() as engine:
        for lane in ("gpu", "gpu:0/copy"):
            with pytest.raises(DeviceMissing, match=r"no device gpu:0: .*cupy"):
                engine.push(nothing, lane=lane)
        assert engine.statistics().pushed == 0


def test_spellings_of_a_lane(engine, simulation):
    operations = [
        engine.operation(nothing, lane=name)
        for name in ("sim", "sim:0", "sim:00", "sim/copy", "sim:0/copy")
    ]
    assert [o.lane for o in operations] == ["sim:0"] * 3 + ["sim:0/copy"] * 2


# Waiting


def test_waits(engine, simulation, gate):
    a = engine.new_variable("a")
    engine.push(gate, (), (a,), lane="sim:0")
    with pytest.raises(WaitTimeout):
        engine.wait_for(a, 0.0)
    with pytest.raises(WaitTimeout):
        engine.wait_all(0.0)
    gate.open()
    engine.wait_for(a, PATIENCE)
    engine.wait_all(PATIENCE)
    assert a.version == 1


def test_awaits(engine, simulation, gate):
    a = engine.new_variable()
    engine.push(gate, (), (a,), lane="sim:0")

    async def main():
        with trio.move_on_after(0):
            await engine.wait_for_async(a)
        gate.open()
        with trio.fail_after(PATIENCE):
            await engine.wait_for_async(a)
            await engine.wait_all_async()

    trio.run(main)
    assert a.version == 1


def test_a_wait_inside_an_operation(engine, simulation):
    a, b = engine.new_variable(), engine.new_variable()

    def wait():
        engine.push(nothing, (), (a,), lane="sim:0")
        engine.push(nothing, (a,), (a,), lane="sim:1")
        engine.wait_for(a, PATIENCE)

    engine.push(wait, (), (b,))
    engine.wait_for(b, PATIENCE)
    assert a.version == 2


def test_a_wait_for_oneself_through_devices_is_refused(engine, simulation):
    a, b, c = (engine.new_variable() for _ in range(3))

    def wait():
        engine.push(nothing, (a,), (b,), lane="sim:0")
        engine.push(nothing, (b,), (c,), lane="sim:1")
        engine.wait_for(c, PATIENCE)

    engine.push(wait, (), (a,))
    with pytest.raises(EngineError, match="itself"):
        engine.wait_for(a, PATIENCE)
    forget_failures(engine)


def test_a_function_may_push(engine, simulation):
    a, log = engine.new_variable(), []
    engine.push(
        lambda: engine.push(lambda: log.append(1), (), (a,), cost=1.0), lane="sim:0"
    )
    engine.wait_all(PATIENCE)
    assert log == [1]


def test_a_deletion_calls_back_when_the_device_has_ended(engine, simulation, gate):
    a, log = engine.new_variable(), []
    engine.push(gate, (), (a,), lane="sim:0")
    engine.delete_variable(a, lambda: log.append(gate._opened.is_set()))
    gate.wait_entered()
    assert log == []
    gate.open()
    engine.wait_all(PATIENCE)
    assert log == [True]


# Seeing, stopping


def test_dump_and_statistics_show_device_lanes(engine, given, gate):
    a = engine.new_variable()
    engine.push(gate, (), (a,), lane="sim:0", name="first")
    engine.push(nothing, (a,), (a,), lane="sim:1", name="second")
    given(), given()
    gate.wait_entered()
    lanes = engine.statistics().lanes
    assert lanes["sim:0"].running == ("first",)
    assert lanes["sim:0"].workers == 2
    text = engine.dump()
    assert "lane sim:0: 0 queued" in text
    assert "running first" in text
    assert "thread dataflow-sim:0-stream runs first" in text


def test_traces_tell_what_ran_and_how_long_the_device_had_it(engine, simulation):
    engine.tracer = Tracer()
    a, b = engine.new_variable(), engine.new_variable()
    engine.push(nothing, (), (a,), lane="sim:0", name="write")
    engine.push(nothing, (a,), (b,), lane="sim:1", name="read")
    engine.wait_all(PATIENCE)
    slices = {(piece.name, piece.category): piece for piece in engine.tracer.slices()}
    engine.tracer = None
    write, read = slices["write", "operation"], slices["read", "operation"]
    assert (write.lane, write.thread) == ("sim:0", "dataflow-sim:0-stream")
    assert (read.lane, read.reads) == ("sim:1", write.writes)
    held = slices["write", "device"]
    assert held.start_ns <= write.start_ns
    assert held.start_ns + held.duration_ns >= write.start_ns + write.duration_ns


def sim_threads():
    """Return the threads of simulated devices; other tests' engines may have some."""
    return {t for t in threading.enumerate() if t.name.startswith("dataflow-sim")}


def test_close_runs_what_is_pending(simulation, engine, gate):
    others = sim_threads()
    a = engine.new_variable()
    engine.push(gate, (), (a,), lane="sim:0")
    engine.push(nothing, (a,), (a,), lane="sim:1")
    gate.wait_entered()
    gate.open()
    engine.close(timeout=PATIENCE)
    assert a.version == 2
    assert sim_threads() <= others
    with pytest.raises(EngineClosed):
        engine.push(nothing, lane="sim:0")


def test_close_without_draining_gives_up_what_was_not_issued(engine, gate):
    engine.devices.use("sim", Simulation())
    held, a, b = Gate(), engine.new_variable(), engine.new_variable()
    engine.push(held, (), (a,))
    engine.push(nothing, (a,), (b,), lane="sim:0")
    held.wait_entered()
    closing = threading.Thread(target=engine.close, args=(False, PATIENCE))
    closing.start()
    while engine._runner.cancelled is None:
        assert closing.is_alive()
    held.open()
    closing.join(PATIENCE)
    assert isinstance(b.exception, EngineClosed)


def test_every_engine_runs_functions_in_the_threads_of_streams(any_engine):
    others = sim_threads()
    a, threads = any_engine.new_variable(), []
    for lane in ("sim:0", "sim:1/copy"):
        any_engine.push(
            lambda: threads.append(threading.current_thread().name), (), (a,), lane=lane
        )
    any_engine.wait_for(a, PATIENCE)
    assert threads == ["dataflow-sim:0-stream", "dataflow-sim:1/copy-stream"]
    any_engine.close(timeout=PATIENCE)
    assert sim_threads() <= others


def test_a_timeout_of_close_leaves_the_device_alone(engine, gate):
    engine.devices.use("sim", Simulation())
    engine.push(gate, lane="sim:0")
    gate.wait_entered()
    with pytest.raises(WaitTimeout):
        engine.close(timeout=0.0)
    gate.open()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_is_refused(engine, simulation, gate):
    done, lost = engine.new_variable(), engine.new_variable()
    prepared = engine.operation(nothing, (), (done,), lane="sim:0")
    engine.push(prepared)
    engine.wait_for(done, PATIENCE)
    engine.push(gate, (), (lost,), lane="sim:0")
    gate.wait_entered()
    child = os.fork()
    if child == 0:
        os._exit(check_child(engine, prepared, done, lost))
    gate.open()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    engine.wait_for(lost, PATIENCE)


def check_child(engine, prepared, done, lost):
    """Return 0 if all is well; the number of the step that failed otherwise."""

    def refused(function):
        try:
            function()
        except EngineError as error:
            return "forked" in str(error)
        return False

    if not refused(lambda: engine.wait_for(lost, PATIENCE)):
        return 1
    if not refused(lambda: engine.operation(nothing, lane="sim:0")):
        return 2
    engine.push(prepared)
    if not refused(lambda: engine.wait_for(done, PATIENCE)):
        return 3
    engine.push(nothing, (), (done,))
    engine.wait_for(done, PATIENCE)
    engine.close(timeout=PATIENCE)
    return 0
