"""The backbone: random programs agree with the naive engine, exactly.

``DATAFLOW_TEST_PROGRAMS=n`` runs n programs at scale instead of 2000.
"""

import os

import pytest

from dataflow_engine import NaiveEngine, Plan, ThreadedEngine
from dataflow_engine.dependencies import LockRule
from tests.engine import programs
from tests.engine.helpers import PATIENCE, Program, forget_failures
from tests.engine.programs import run_threads

PROGRAMS = int(os.environ.get("DATAFLOW_TEST_PROGRAMS", "2000"))


def agree(engine, seeds):
    naive = NaiveEngine()
    with engine:
        for seed in seeds:
            program = Program.make(seed)
            assert program.run(engine) == program.run(naive), f"seed {seed}"
            assert forget_failures(engine) == forget_failures(naive), f"seed {seed}"


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize(("inline", "first"), [(10.0, 0), (0.0, 5000)])
def test_a_thousand_small_programs(workers, inline, first):
    agree(ThreadedEngine(workers, inline), range(first, first + 1000))


@pytest.mark.usefixtures("frantic")
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_programs_with_frantic_switching(workers):
    first = 10_000 + 500 * workers
    agree(
        ThreadedEngine(workers, 0.0 if workers == 2 else 10.0),
        range(first, first + 500),
    )


@pytest.mark.usefixtures("frantic")
def test_programs_with_a_lock_per_record(monkeypatch):
    monkeypatch.setattr("dataflow_engine.threaded.default_rule", lambda: LockRule)
    agree(ThreadedEngine(2, 0.0), range(20_000, 20_300))


# Workers, the cost below which a push runs what it pushes, how threads switch.
CONFIGURATIONS = (
    (1, 10.0, "calm"),
    (2, 10.0, "calm"),
    (4, 0.0, "calm"),
    (1, 0.0, "frantic"),
    (2, 0.0, "frantic"),
    (2, 10.0, "frantic"),
    (4, 10.0, "frantic"),
)


@pytest.mark.timeout(0 if PROGRAMS > 2000 else 120)
@pytest.mark.parametrize(("workers", "inline", "switching"), CONFIGURATIONS)
def test_programs_of_all_kinds(workers, inline, switching, request):
    """Several pushers, lanes, waits inside, deletions: pushed and replayed."""
    if switching == "frantic":
        request.getfixturevalue("frantic")
    count = PROGRAMS // len(CONFIGURATIONS)
    first = 100_000 + count * CONFIGURATIONS.index((workers, inline, switching))
    seeds = range(first, first + count)
    programs.agree(lambda: ThreadedEngine(workers, inline), seeds)


@pytest.mark.usefixtures("frantic")
def test_programs_of_all_kinds_with_a_lock_per_record(monkeypatch):
    monkeypatch.setattr("dataflow_engine.threaded.default_rule", lambda: LockRule)
    programs.agree(lambda: ThreadedEngine(2, 0.0), range(90_000, 90_100))


@pytest.mark.parametrize("workers", [1, 2])
def test_programs_of_all_kinds_on_simulated_devices(workers):
    lanes = (*programs.LANES, "sim:0", "sim:1")
    first = 80_000 + 50 * workers
    programs.agree(lambda: ThreadedEngine(workers), range(first, first + 50), lanes)


@pytest.mark.parametrize("cost", [None, 1.0])
@pytest.mark.parametrize("switching", ["calm", "frantic"])
def test_two_threads_push_on_crossing_variables(engine, cost, switching, request):
    if switching == "frantic":
        request.getfixturevalue("frantic")
    a, b = engine.new_variable(), engine.new_variable()
    done = [0]  # every operation writes both, so no two run at once

    def function():
        done[0] += 1

    def pusher(first, second):
        operation = engine.operation(function, (), (first, second), cost=cost)
        for _ in range(20_000):
            engine.push(operation)

    run_threads(lambda: pusher(a, b), lambda: pusher(b, a))
    engine.wait_all(PATIENCE)
    assert done == [40_000]
    assert a.version == b.version == 40_000


@pytest.mark.usefixtures("frantic")
def test_replay_is_atomic_between_threads(engine):
    """Two plans append their names over several operations: never interleaved."""
    variables = [engine.new_variable() for _ in range(4)]
    log = [[] for _ in variables]

    def replayer(name):
        plan = Plan(
            engine.operation(lambda i=i: log[i].append(name), (), (var,))
            for i, var in enumerate(variables)
        )
        for _ in range(300):
            engine.replay(plan)

    run_threads(lambda: replayer("x"), lambda: replayer("y"))
    engine.wait_all(PATIENCE)
    # One order of plans, seen alike by every variable.
    assert log[0] == log[1] == log[2] == log[3]
    assert sorted(log[0]) == ["x"] * 300 + ["y"] * 300


@pytest.mark.usefixtures("frantic")
def test_each_threads_pushes_keep_their_order(engine):
    """A reader pushed after a write by the same thread always sees it."""
    shared = engine.new_variable()
    seen = {0: [], 1: []}

    def pusher(me):
        mine = engine.new_variable()
        for number in range(1000):
            engine.push(lambda n=number: seen[me].append(n), (shared,), (mine,))
            if number % 100 == 0:
                engine.push(lambda: None, (), (shared,))
        engine.wait_for(mine, PATIENCE)
        assert len(seen[me]) == 1000

    run_threads(lambda: pusher(0), lambda: pusher(1))
    assert seen == {0: list(range(1000)), 1: list(range(1000))}
