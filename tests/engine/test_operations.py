import threading

import pytest

from dataflow_engine import Cost, ThreadedEngine
from tests.engine.helpers import PATIENCE


def test_early_samples_keep_the_least():
    cost = Cost()
    assert cost.us is None
    for us in (900.0, 12.0, 10.0, 11.0):
        cost.sample(us)
    assert cost.us == 10.0


def test_a_first_guess_gives_way_to_the_first_measurement():
    cost = Cost(5.0)
    cost.sample(500.0)
    assert cost.us == 500.0


def test_later_samples_move_it_slowly_and_never_far():
    cost = Cost()
    for us in (10.0, 10.0, 10.0, 10.0):
        cost.sample(us)
    cost.sample(5000.0)  # preempted in the middle
    assert cost.us == 17.5
    for _ in range(30):
        cost.sample(100.0)
    assert cost.us == pytest.approx(100.0, rel=0.01)


def test_it_is_sampled_on_early_runs_and_then_on_few(engine):
    samples = []

    class Watched(Cost):
        __slots__ = ()

        def sample(self, us):
            samples.append(us)
            super().sample(us)

    operation = engine.operation(lambda: None, cost=Watched())
    for _ in range(4 + 64 * 3):
        engine.push(operation)
        engine.wait_all(PATIENCE)
    assert len(samples) == 4 + 3


def test_a_shared_cost_is_learned_by_running(engine):
    cost = Cost()
    var = engine.new_variable()
    for _ in range(10):
        engine.push(lambda: None, (), (var,), cost=cost)
    engine.wait_for(var, PATIENCE)
    assert cost.us is not None
    assert cost.us < 1000


def test_a_given_cost_is_never_measured(engine):
    var = engine.new_variable()
    operation = engine.operation(lambda: None, (), (var,), cost=250)
    for _ in range(10):
        engine.push(operation)
    engine.wait_for(var, PATIENCE)
    assert operation.cost.us == 250.0


def test_cheap_operations_run_in_the_pusher_and_others_do_not():
    with ThreadedEngine(1, inline_below_us=10.0) as engine:
        var = engine.new_variable()
        engine.push(lambda: None, (), (var,), cost=1.0)
        engine.wait_for(var, PATIENCE)
        assert engine.statistics().inline == 1
        for cost in (None, Cost(), 50.0):
            engine.push(lambda: None, (), (var,), cost=cost)
        engine.wait_for(var, PATIENCE)
        assert engine.statistics().inline == 1


def test_inlining_can_be_forbidden():
    with ThreadedEngine(1, inline_below_us=0.0) as engine:
        var = engine.new_variable()
        for cost in (0.0, 1.0):
            engine.push(lambda: None, (), (var,), cost=cost)
        engine.wait_for(var, PATIENCE)
        assert engine.statistics().inline == 0


def test_operations_do_not_nest_inline(engine):
    """A cheap operation that pushes a cheap one does not run it on its own stack."""
    depths, depth = [], threading.local()

    def descend(left):
        depth.now = getattr(depth, "now", 0) + 1
        depths.append(depth.now)
        if left:
            engine.push(lambda: descend(left - 1), cost=1.0)
        depth.now -= 1

    engine.push(lambda: descend(2000), cost=1.0)
    engine.wait_all(PATIENCE)
    assert max(depths) == 1
    assert len(depths) == 2001


def test_reprs(engine):
    operation = engine.operation(len, name="length")
    assert repr(operation) == "<Operation length on cpu>"
    assert repr(Cost()) == "Cost(unknown)"
    assert "x" in repr(engine.new_variable("x"))
