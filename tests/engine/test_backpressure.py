import threading

import pytest

from dataflow_engine import Plan, ThreadedEngine
from dataflow_engine.backpressure import LOOK_EVERY
from tests.engine.helpers import PATIENCE, Gate


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open()


def hold_worker(engine, gate):
    engine.push(gate)
    gate.wait_entered()


def test_who_pushes_too_much_helps(gate):
    with ThreadedEngine(1, inline_below_us=0.0, max_pending=50) as engine:
        hold_worker(engine, gate)
        threads, most = set(), 0

        def work():
            threads.add(threading.current_thread())

        for _ in range(1000):
            engine.push(work)
            most = max(most, engine.statistics().pending)
        assert most <= 52  # what is pushed, and what is held
        assert threads == {threading.current_thread()}
        gate.open()
        engine.wait_all(PATIENCE)
        assert engine.statistics().completed == 1001


def test_a_plan_counts_as_a_whole(gate):
    with ThreadedEngine(1, inline_below_us=0.0, max_pending=50) as engine:
        hold_worker(engine, gate)
        plan = Plan([engine.operation(lambda: None) for _ in range(40)])
        for _ in range(20):
            engine.replay(plan)
            assert engine.statistics().pending <= 51
        gate.open()


def test_the_bound_is_met_whatever_its_size(gate):
    bound = 3 * LOOK_EVERY + 7
    with ThreadedEngine(1, inline_below_us=0.0, max_pending=bound) as engine:
        hold_worker(engine, gate)
        for _ in range(3 * bound):
            engine.push(lambda: None)
            assert engine.statistics().pending <= bound + 2
        gate.open()


def test_operations_are_never_held_back():
    """A worker would wait for what only itself can run."""
    with ThreadedEngine(1, inline_below_us=0.0, max_pending=10) as engine:
        done = []

        def pushes_many():
            for _ in range(100):
                engine.push(lambda: done.append(1))

        var = engine.new_variable()
        engine.push(pushes_many, (), (var,))
        engine.push(pushes_many, (), (var,), lane="cpu:1")
        engine.wait_all(PATIENCE)
        assert len(done) == 200


def test_who_finds_nothing_to_help_waits(gate):
    """Everything is behind the gate, which somebody opens when the pusher waits."""
    with ThreadedEngine(1, inline_below_us=0.0, max_pending=10) as engine:
        var = engine.new_variable()
        engine.push(gate, (), (var,))
        gate.wait_entered()
        (lane,) = engine._places.cpu.values()
        held_back = threading.Event()
        insert = list.insert

        class Parked(list):
            def insert(self, *arguments):
                insert(self, *arguments)
                held_back.set()

        lane.parked = Parked(lane.parked)
        opener = threading.Thread(
            target=lambda: held_back.wait(PATIENCE) and gate.open()
        )
        opener.start()
        for _ in range(12):
            engine.push(lambda: None, (), (var,))
        assert held_back.is_set()
        opener.join(PATIENCE)
        engine.wait_all(PATIENCE)


def test_bytes_that_are_declared_are_bounded(gate):
    engine = ThreadedEngine(1, inline_below_us=0.0, max_pending_bytes=1000)
    with engine:
        hold_worker(engine, gate)
        work = engine.operation(lambda: None, nbytes=300)
        held = []
        for _ in range(50):
            engine.push(work)
            held.append(engine.statistics().nbytes)
        assert max(held) == 900
        engine.replay(Plan([work] * 2))
        assert engine.statistics().nbytes <= 1000
        gate.open()
        engine.wait_all(PATIENCE)
        assert engine.statistics().nbytes == 0


def test_bytes_of_what_is_skipped_or_fails_are_given_back(engine):
    def fail():
        raise ValueError("why")

    bad = engine.new_variable()
    engine.push(engine.operation(fail, (), (bad,), nbytes=10))
    engine.push(engine.operation(lambda: None, (bad,), (), nbytes=10))
    with pytest.raises(ValueError, match="why"):
        engine.wait_all(PATIENCE)
    assert engine.statistics().nbytes == 0


def test_many_loads_are_summed_up(engine):
    work = engine.operation(lambda: None, nbytes=1)
    for _ in range(5 * LOOK_EVERY):
        engine.push(work)
    engine.wait_all(PATIENCE)
    engine.push(work)
    engine.wait_all(PATIENCE)
    assert engine.statistics().nbytes == 0
    assert len(engine._pressure._ended) <= LOOK_EVERY + 1


def test_bounds_are_checked(any_engine):
    with pytest.raises(ValueError, match="max_pending is at least 1, not 0"):
        ThreadedEngine(max_pending=0)
    with pytest.raises(ValueError, match="not negative"):
        any_engine.operation(lambda: None, nbytes=-1)
    any_engine.push(any_engine.operation(lambda: None, nbytes=5))
    any_engine.wait_all(PATIENCE)
