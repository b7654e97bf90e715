"""The engine whose seed chooses the order."""

import os
import threading

import pytest
import trio

from dataflow_engine import (
    EngineClosed,
    EngineError,
    NaiveEngine,
    Plan,
    SeededEngine,
    WaitTimeout,
)
from tests.engine.helpers import (
    PATIENCE,
    Broken,
    Gate,
    Program,
    forget_failures,
    raiser,
)


def test_random_programs_agree_with_the_naive_engine():
    naive = NaiveEngine()
    for seed in range(800):
        program = Program.make(seed)
        with SeededEngine(
            seed, most_pending=seed % 7 + 1 if seed % 3 else 1000
        ) as ours:
            assert program.run(ours) == program.run(naive), f"seed {seed}"
            assert forget_failures(ours) == forget_failures(naive), f"seed {seed}"


def independent(seed, count=8, **options):
    """The order in which a seed starts operations that nothing holds."""
    log = []
    with SeededEngine(seed, **options) as engine:
        for number in range(count):
            engine.push(lambda n=number: log.append(n))
    return log


def test_a_seed_gives_one_order_and_others_give_others():
    orders = [independent(seed) for seed in range(30)]
    assert orders == [independent(seed) for seed in range(30)]
    assert len({tuple(order) for order in orders}) == 30
    assert all(sorted(order) == list(range(8)) for order in orders)
    # Of every Python: `random.random` is the same in all of them.
    assert independent(7) == [2, 1, 5, 0, 6, 4, 3, 7]


def test_every_legal_order_is_found():
    """A write, two readers of it and a bystander: eight orders, and no other."""

    def order(seed):
        log = []
        with SeededEngine(seed) as engine:
            a, b, c = (engine.new_variable() for _ in range(3))
            engine.push(lambda: log.append("w"), (), (a,))
            engine.push(lambda: log.append("r"), (a,), (b,))
            engine.push(lambda: log.append("s"), (a,), (c,))
            engine.push(lambda: log.append("x"))
        return "".join(log)

    legal = {"wrsx", "wsrx", "wrxs", "wsxr", "wxrs", "wxsr", "xwrs", "xwsr"}
    assert {order(seed) for seed in range(200)} == legal


def test_a_missing_dependency_shows():
    def result(seed, reads):
        cell = [0]
        with SeededEngine(seed) as engine:
            first, second = engine.new_variable(), engine.new_variable()
            engine.push(lambda: cell.append(1), (), (first,))
            declared = (first,) if reads else ()
            engine.push(lambda: cell.append(sum(cell)), declared, (second,))
        return cell

    assert {tuple(result(seed, True)) for seed in range(20)} == {(0, 1, 1)}
    assert {tuple(result(seed, False)) for seed in range(20)} == {(0, 1, 1), (0, 0, 1)}


def test_nothing_runs_before_somebody_waits_and_then_no_more_than_needed():
    log = []
    with SeededEngine() as engine:
        a, b = engine.new_variable(), engine.new_variable()
        engine.push(lambda: log.append("a"), (), (a,))
        engine.push(lambda: log.append("b"), (), (b,))
        assert log == []
        assert engine.statistics().queued == 2
        engine.wait_for(a, PATIENCE)
        assert "a" in log
    assert sorted(log) == ["a", "b"]


def test_a_bound_keeps_the_queue_short():
    assert independent(3, most_pending=1) != independent(3)
    with SeededEngine(most_pending=4) as engine:
        for _ in range(100):
            engine.push(lambda: None)
        counts = engine.statistics()
        assert counts.pushed - counts.completed == 4
    with pytest.raises(ValueError, match="at least 1"):
        SeededEngine(most_pending=0)
    with pytest.raises(TypeError, match="integer"):
        SeededEngine("7")


@pytest.mark.parametrize("seed", range(20))
def test_waits_inside_operations_never_hang(seed):
    """An operation waits for one, while another waits for what follows the first."""
    log = []
    with SeededEngine(seed) as engine:
        a, b, c, d = (engine.new_variable() for _ in range(4))

        def outer():
            engine.push(lambda: log.append("inner"), (), (b,))
            engine.wait_for(b, PATIENCE)
            log.append("outer")

        def other():
            engine.wait_for(d, PATIENCE)
            log.append("other")

        engine.push(outer, (), (a,))
        engine.push(lambda: log.append("after"), (a,), (d,))
        engine.push(other, (), (c,))
        engine.wait_all(PATIENCE)
    assert log.index("inner") < log.index("outer") < log.index("after")
    assert log.index("after") < log.index("other")


def test_an_operation_that_waits_for_one_pushed_later_on_itself():
    with SeededEngine(3) as engine:
        a, b = engine.new_variable(), engine.new_variable()
        engine.push(lambda: engine.wait_for(b, PATIENCE), (), (a,))
        engine.push(lambda: None, (a,), (b,))
        with pytest.raises(EngineError, match="waits for itself"):
            engine.wait_for(a, PATIENCE)


@pytest.mark.parametrize("seed", range(10))
def test_asynchronous_operations_push_and_wait(seed):
    log = []
    with SeededEngine(seed) as engine:
        a, b, c = (engine.new_variable() for _ in range(3))

        async def nested():
            await trio.lowlevel.checkpoint()
            log.append("nested")

        async def outer():
            engine.push(nested, (), (b,))
            await engine.wait_for_async(b)
            engine.push(nested, (), (c,))
            with pytest.raises(EngineError, match="await"):
                engine.wait_for(c)
            await trio.to_thread.run_sync(engine.wait_for, c, PATIENCE)
            log.append("outer")

        engine.push(outer, (), (a,))
        engine.wait_for(a, PATIENCE)
        assert log == ["nested", "nested", "outer"]

        async def main():
            with trio.fail_after(PATIENCE):
                engine.push(outer, (), (a,))
                await engine.wait_for_async(a)
                await engine.wait_all_async()

        trio.run(main)
    assert log == ["nested", "nested", "outer"] * 2


def test_a_cancelled_wait_is_given_up_between_operations():
    with SeededEngine() as engine:
        var = engine.new_variable()

        async def main():
            with trio.CancelScope() as scope:
                engine.push(scope.cancel, (), (var,))
                engine.push(lambda: None, (), (var,))
                await engine.wait_for_async(var)
            assert scope.cancelled_caught
            assert var.version == 1

        trio.run(main)
    assert var.version == 2


def test_short_waits_get_on():
    with SeededEngine() as engine:
        var = engine.new_variable()
        for _ in range(10):
            engine.push(lambda: None, (), (var,))
        missed = 0
        while var.version < 10:
            try:
                engine.wait_for(var, 0)
            except WaitTimeout:
                missed += 1
    assert missed == 9


def test_several_threads_push_and_wait():
    """Each runs what it finds; one waits for what another one runs."""
    gate = Gate()
    with SeededEngine() as engine:
        var, mine = engine.new_variable(), engine.new_variable()
        engine.push(gate, (), (var,))
        other = threading.Thread(target=engine.wait_for, args=(var, PATIENCE))
        other.start()
        gate.wait_entered()
        engine.push(lambda: None, (), (mine,))
        engine.wait_for(mine, PATIENCE)  # nothing holds that up
        with pytest.raises(WaitTimeout):
            engine.wait_for(var, 0)
        engine.push(gate.open, (), (mine,))
        engine.wait_all(PATIENCE)
        other.join(PATIENCE)
        assert not other.is_alive()


def test_ctrl_c_in_an_operation_ends_the_wait():
    with SeededEngine() as engine:
        var = engine.new_variable()
        engine.push(raiser_of(KeyboardInterrupt), (), (var,))
        with pytest.raises(KeyboardInterrupt):
            engine.wait_all(PATIENCE)
        assert isinstance(var.exception, KeyboardInterrupt)


def raiser_of(kind):
    def fail():
        raise kind

    return fail


def test_closing_without_draining_gives_up_what_did_not_run():
    engine = SeededEngine()
    var = engine.new_variable()
    engine.push(raiser("never"), (), (var,))
    engine.close(drain=False, timeout=PATIENCE)
    with pytest.raises(EngineClosed, match="had run"):
        engine.wait_for(var)
    assert engine.statistics().skipped == 1


def test_dump_tells_what_waits():
    engine = SeededEngine(5)
    var = engine.new_variable("v")
    engine.push(raiser("why"), (), (var,), name="first")
    engine.push(lambda: None, (var,), name="second")
    assert "SeededEngine(seed=5): 2 pushed" in engine.dump()
    assert "  ready 1 (first)\n  waiting 2 (second)" in engine.dump()
    with pytest.raises(Broken):
        engine.wait_all(PATIENCE)
    assert "poisoned <Var v" in engine.dump()
    engine.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_gives_up_what_was_pending():
    engine = SeededEngine()
    var, other = engine.new_variable(), engine.new_variable()
    engine.push(lambda: None, (), (var,))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            engine.wait_for(var)
        except EngineError as error:
            engine.push(lambda: None, (), (other,))
            engine.wait_all()
            code = 0 if "forked" in str(error) and other.version == 1 else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    engine.wait_for(var, PATIENCE)
    engine.close()


def test_plans_are_pushed_as_one():
    with SeededEngine(1) as engine:
        log, var = [], engine.new_variable()
        operation = engine.operation(lambda: log.append(1), (), (var,))
        engine.replay(Plan([operation] * 5))
        engine.wait_for(var, PATIENCE)
    assert log == [1] * 5
