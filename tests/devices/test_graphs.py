"""Programs of device lanes that are captured: on engines, with failures and traces."""

from __future__ import annotations

import itertools
import logging
import os
import random
import sys
from functools import partial

import pytest

from dataflow_engine import NaiveEngine, Plan, SerialProgram, ThreadedEngine, Tracer
from dataflow_engine.dependencies import LockRule
from dataflow_engine.devices.graphs import CapturedProgram
from dataflow_engine.devices.simulated import SimulatedStream, Simulation
from dataflow_engine.devices.streams import CaptureRefused
from dataflow_engine.errors import DeviceRace, EngineError
from tests.engine.device_programs import Program, Run
from tests.engine.helpers import (
    PATIENCE,
    Broken,
    Gate,
    forget_failures,
    outcome,
    raiser,
)

MORE = int(os.environ.get("DATAFLOW_TEST_PROGRAMS", "0"))


@pytest.fixture
def engine():
    with ThreadedEngine(2) as engine:
        simulation = Simulation(seed=2)
        engine.devices.use("sim", simulation)
        yield engine
        engine.wait_all(PATIENCE)
        simulation.check()


class Counting:
    """Five callables on a list; those in the middle may be captured.

    Attributes
    ----------
    log : list of int
        What was called.
    broken : int or None
        Which of them is to fail.
    """

    def __init__(self, engine, stretches=(range(1, 4),), lane="sim:0"):
        self.engine, self.log, self.broken = engine, [], None
        self.var = engine.new_variable("result")
        callables = [partial(self.call, number) for number in range(5)]
        names = [f"kernel {number}" for number in range(5)]
        program = SerialProgram(callables, names, on_error=self.explain)
        self.program = CapturedProgram(program, stretches)
        self.operation = engine.operation(
            self.program, (), [self.var], lane=lane, name="segment"
        )

    def call(self, number):
        if self.broken == number:
            raise Broken(number)
        self.log.append(number)

    def explain(self, index, error):
        return Broken(f"kernel {index} failed: {error}")

    def run(self):
        """Run it once; return what was called."""
        self.log.clear()
        self.engine.push(self.operation)
        self.engine.wait_for(self.var, PATIENCE)
        return list(self.log)


@pytest.fixture
def launches(monkeypatch):
    """Note which graphs are launched."""
    noted, launch = [], SimulatedStream.launch

    def noting(stream, graph):
        noted.append(graph)
        launch(stream, graph)

    monkeypatch.setattr(SimulatedStream, "launch", noting)
    return noted


def test_the_first_run_is_plain_and_the_next_are_launches(engine, launches):
    counting = Counting(engine)
    assert [counting.run() for _ in range(4)] == [list(range(5))] * 4
    assert len(launches) == 3
    assert len(set(map(id, launches))) == 1
    assert counting.program.launched == [range(1, 4)]


def test_several_stretches_are_graphs_of_their_own(engine, launches):
    counting = Counting(engine, [range(0, 2), range(3, 5)])
    assert [counting.run() for _ in range(3)] == [list(range(5))] * 3
    assert len(launches) == 4
    assert len(set(map(id, launches))) == 2


def test_many_runs_are_pushed_before_any_has_ended(engine):
    counting = Counting(engine)
    engine.replay(Plan([counting.operation] * 7))
    engine.wait_for(counting.var, PATIENCE)
    assert counting.log == list(range(5)) * 7


def test_a_failed_first_run_is_no_warm_up(engine, launches):
    counting = Counting(engine)
    counting.broken = 4
    with pytest.raises(Broken, match="kernel 4 failed"):
        counting.run()
    counting.broken = None
    counting.run()
    assert not launches
    counting.run()
    assert launches
    forget_failures(engine)


@pytest.mark.parametrize("broken", range(5))
def test_a_failure_in_a_graph_poisons_what_it_writes_and_names_the_kernel(
    engine, broken
):
    counting = Counting(engine)
    after, log = engine.new_variable(), []
    for _ in range(2):
        counting.run()
    counting.broken = broken
    counting.log.clear()
    engine.push(counting.operation)
    engine.push(partial(log.append, 1), [counting.var], [after], lane="sim:1")
    for var in (counting.var, after):
        with pytest.raises(Broken, match=f"kernel {broken} failed: {broken}"):
            engine.wait_for(var, PATIENCE)
    assert (counting.log, log) == (list(range(broken)), [])
    counting.broken = None
    assert counting.run() == list(range(5))
    forget_failures(engine)


def test_what_is_poisoned_is_not_launched(engine, launches):
    counting = Counting(engine)
    for _ in range(2):
        counting.run()
    count = len(launches)
    source = engine.new_variable()
    reading = engine.operation(
        counting.program, [source], [counting.var], lane="sim:0", name="segment"
    )
    engine.push(raiser("source"), (), [source])
    engine.push(reading)
    with pytest.raises(Broken, match="source"):
        engine.wait_for(counting.var, PATIENCE)
    assert len(launches) == count
    forget_failures(engine)


def refusing(monkeypatch, name):
    """Let streams refuse to capture a callable."""
    capture = SimulatedStream.run

    def run(stream, function, accesses):
        if accesses.name.startswith(name):
            raise CaptureRefused(f"{name} allocates")
        capture(stream, function, accesses)

    monkeypatch.setattr(SimulatedStream, "run", run)


def test_what_is_refused_is_enqueued_and_told_once(engine, monkeypatch, caplog):
    refusing(monkeypatch, "kernel 3")
    counting = Counting(engine, [range(0, 2), range(2, 5)])
    with caplog.at_level(logging.WARNING):
        assert [counting.run() for _ in range(4)] == [list(range(5))] * 4
    (refusal,) = counting.program.refused
    assert (refusal.stretch, refusal.at) == (range(2, 5), 3)
    assert refusal.reason == "CaptureRefused: kernel 3 allocates"
    assert counting.program.launched == [range(0, 2)]
    (record,) = caplog.records
    assert record.getMessage() == (
        "segment: 3 kernels are given one by one, for kernel 3 cannot be captured: "
        "CaptureRefused: kernel 3 allocates"
    )


def test_traces_tell_of_kernels_also_of_those_in_a_graph(engine):
    counting = Counting(engine)
    for _ in range(2):
        counting.run()
    engine.tracer = tracer = Tracer()
    assert counting.run() == list(range(5))
    engine.wait_all(PATIENCE)
    engine.tracer = None
    names = [entry.name for entry in tracer.entries() if entry.name[:6] == "kernel"]
    assert names == [f"kernel {number}" for number in range(5)]
    assert counting.run() == list(range(5))


def test_engines_without_threads_run_it_as_it_is():
    with NaiveEngine() as engine:
        counting = Counting(engine)
        assert [counting.run() for _ in range(3)] == [list(range(5))] * 3
        assert not counting.program.launched


# Programs of all kinds of lanes, in which what runs on devices is captured


class Replaying(Run):
    """Its operations on devices are programs of several callables, replayed."""

    def operation(self, step):
        if not step.lane.startswith("sim"):
            return super().operation(step)
        reads = [self.variables[i] for i in step.reads]
        writes = [self.variables[i] for i in step.writes]

        def add(target):
            total = step.number
            for read in step.reads:
                total = (total * 31 + self.values[read]) % 1_000_003
            self.values[target] = (self.values[target] * 17 + total) % 1_000_003

        runs = itertools.count()

        def end():
            if next(runs) and step.fails:  # not before it could be captured
                raise Broken(step.number)

        calls = [partial(add, target) for target in step.writes * 2] + [end]
        program = SerialProgram(calls, [f"part {i}" for i in range(len(calls))])
        return self.engine.operation(
            CapturedProgram(program, [range(len(calls))]),
            reads,
            writes,
            lane=step.lane,
            priority=step.priority,
            name=f"step {step.number}",
        )


def replayed(kind, seed, schedule):
    """Run a program, each batch several times; return all that may be compared."""
    simulation, draw = Simulation(schedule), random.Random(seed)
    program, functions = Program.make(seed), []
    with kind() as engine:
        engine.devices.use("sim", simulation)
        run, seen = Replaying(engine, simulation, program.variables), []
        for steps in program.batches:
            operations = [run.operation(step) for step in steps]
            engine.replay(Plan(operations))
            # What has run once is captured from here on, whatever the schedule.
            seen += [outcome(engine, var) for var in run.variables]
            for _ in range(draw.randint(0, 3)):
                engine.replay(Plan(operations))
                if draw.random() < 0.5:
                    seen.append(outcome(engine, draw.choice(run.variables)))
            functions += [operation.function for operation in operations]
        seen += [outcome(engine, var) for var in run.variables]
        failures = forget_failures(engine)
        engine.wait_all(PATIENCE)
    simulation.check()
    captured = [f for f in functions if isinstance(f, CapturedProgram)]
    return (run.values, seen, failures), sum(bool(f.launched) for f in captured)


def agree(seeds):
    """Compare with the naive engine; enough of it has to be captured."""
    launched = 0
    for seed in seeds:
        expected, _ = replayed(NaiveEngine, seed, None)
        schedule = seed if seed % 4 else None
        found, count = replayed(lambda: ThreadedEngine(2), seed, schedule)
        assert found == expected, seed
        launched += count
    assert launched > len(seeds) / 2


def test_programs_agree_with_the_naive_engine():
    agree(range(60 + MORE))


@pytest.fixture
def frantic():
    """Let threads switch as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("frantic")
def test_programs_agree_with_frantic_switching_and_a_lock_per_record(monkeypatch):
    monkeypatch.setattr("dataflow_engine.threaded.default_rule", lambda: LockRule)
    agree(range(1000, 1030 + MORE))


# Planted faults


def test_a_launch_that_waits_for_no_event_is_a_race(monkeypatch, launches, given):
    with ThreadedEngine(2) as engine:
        simulation, gate = Simulation(), Gate()
        engine.devices.use("sim", simulation)
        counting, source = Counting(engine), engine.new_variable("source")
        reading = engine.operation(
            counting.program, [source], [counting.var], lane="sim:0", name="reading"
        )
        for _ in range(2):
            engine.push(reading)
            engine.wait_for(counting.var, PATIENCE)
        assert launches
        monkeypatch.setattr(SimulatedStream, "wait", lambda stream, event: None)
        engine.push(gate, (), [source], lane="sim:0/copy", name="feed")
        engine.push(reading)
        given("sim:0/copy")
        given("sim:0")
        gate.open()
        with pytest.raises(DeviceRace, match=r"reading on sim:0 reads <Var source"):
            engine.wait_for(counting.var, PATIENCE)
        forget_failures(engine)
        with pytest.raises(DeviceRace):
            simulation.check()


def test_a_graph_of_another_program_is_found(monkeypatch):
    """What happens if graphs were kept by name, whatever the arrays are."""
    graphs, make = {}, CapturedProgram._graph

    def keeping(program, stream, accesses, stretch):
        if stretch not in graphs:
            graphs[stretch] = make(program, stream, accesses, stretch)
        return graphs[stretch]

    monkeypatch.setattr(CapturedProgram, "_graph", keeping)
    with ThreadedEngine(2) as engine:
        engine.devices.use("sim", Simulation())
        first, second = Counting(engine), Counting(engine)
        for counting in (first, second):
            counting.run()
        first.run()
        with pytest.raises((Broken, EngineError), match="run does not declare"):
            second.run()
        forget_failures(engine)


def test_a_capture_in_the_middle_of_a_run_is_found(monkeypatch, engine):
    """What happens if the lane's event were recorded while its stream is captured."""
    enqueue = CapturedProgram._enqueue

    def early(program, stream, accesses, stretch):
        enqueue(program, stream, accesses, stretch)
        stream.record(engine.devices.open("sim", 0).new_event())

    monkeypatch.setattr(CapturedProgram, "_enqueue", early)
    counting = Counting(engine)
    assert [counting.run() for _ in range(3)] == [list(range(5))] * 3
    (refusal,) = counting.program.refused
    assert "recording of an event cannot be captured" in refusal.reason
