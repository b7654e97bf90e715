"""What both engines promise."""

import traceback
import weakref

import pytest

from dataflow_engine import (
    Cost,
    EngineClosed,
    EngineError,
    NaiveEngine,
    Operation,
    Plan,
    ThreadedEngine,
    Tracer,
)
from tests.engine.helpers import PATIENCE, Broken, raiser


def test_push_runs_in_order_of_the_variable(any_engine):
    var, log = any_engine.new_variable("x"), []
    for number in range(100):
        any_engine.push(lambda n=number: log.append(n), writes=[var])
    any_engine.wait_for(var, PATIENCE)
    assert log == list(range(100))
    assert var.version == 100


def test_a_prepared_operation_is_pushed_many_times(any_engine):
    var, log = any_engine.new_variable(), []
    operation = any_engine.operation(lambda: log.append(1), (), (var,))
    for _ in range(50):
        any_engine.push(operation)
    any_engine.wait_for(var, PATIENCE)
    assert len(log) == 50


def test_variables_are_normalised_and_write_wins(any_engine):
    a, b = any_engine.new_variable(), any_engine.new_variable()
    operation = any_engine.operation(lambda: None, [a, a, b, b], [b, b])
    assert operation.reads == (a,)
    assert operation.writes == (b,)
    assert operation.inputs == (a, b)
    any_engine.push(operation)
    any_engine.wait_for(b, PATIENCE)
    assert b.version == 1


def test_a_failure_reaches_every_wait_as_the_same_object(any_engine):
    var, other = any_engine.new_variable(), any_engine.new_variable()
    any_engine.push(raiser("boom"), writes=[var, other])
    raised = []
    for waited in (var, other, var):
        with pytest.raises(Broken, match="boom") as caught:
            any_engine.wait_for(waited, PATIENCE)
        raised.append(caught.value)
    assert raised[0] is raised[1] is raised[2] is var.exception
    frames = [f.name for f in traceback.extract_tb(raised[0].__traceback__)]
    assert frames.count("fail") == 1


def test_dependents_are_skipped_and_poisoned(any_engine):
    a, b, c, free = (any_engine.new_variable() for _ in range(4))
    ran = []
    any_engine.push(raiser(1), writes=[a])
    any_engine.push(lambda: ran.append("b"), [a], [b])
    any_engine.push(lambda: ran.append("c"), [b], [c])
    any_engine.push(lambda: ran.append("free"), [], [free])
    any_engine.wait_for(free, PATIENCE)
    for var in (c, b):
        with pytest.raises(Broken):
            any_engine.wait_for(var, PATIENCE)
    assert ran == ["free"]
    assert any_engine.statistics().skipped == 2
    assert any_engine.statistics().failed == 1


def test_a_good_write_recovers(any_engine):
    a, b = any_engine.new_variable(), any_engine.new_variable()
    any_engine.push(raiser(1), writes=[a, b])
    any_engine.push(lambda: None, writes=[a])
    any_engine.wait_for(a, PATIENCE)
    with pytest.raises(Broken):  # what the failure left in b is still broken
        any_engine.wait_for(b, PATIENCE)
    any_engine.push(lambda: None, [a], [b])
    any_engine.wait_for(b, PATIENCE)
    any_engine.wait_all(PATIENCE)


def test_an_update_in_place_does_not_recover(any_engine):
    var = any_engine.new_variable()
    any_engine.push(raiser(1), writes=[var])
    any_engine.push(lambda: None, [var], [var])
    with pytest.raises(Broken):
        any_engine.wait_for(var, PATIENCE)


def test_wait_all_raises_what_nobody_saw(any_engine):
    var = any_engine.new_variable()
    any_engine.push(raiser("seen"), writes=[var])
    with pytest.raises(Broken, match="seen"):
        any_engine.wait_for(var, PATIENCE)
    any_engine.push(raiser("unseen"))
    with pytest.raises(Broken, match="unseen"):
        any_engine.wait_all(PATIENCE)
    any_engine.wait_all(PATIENCE)


@pytest.mark.parametrize("error", [SystemExit, GeneratorExit, BaseException])
def test_any_exception_is_boxed(any_engine, error):
    var = any_engine.new_variable()

    def fail():
        raise error("boxed")

    any_engine.push(fail, writes=[var])
    with pytest.raises(error, match="boxed"):
        any_engine.wait_for(var, PATIENCE)
    any_engine.push(lambda: None, writes=[var])
    any_engine.wait_for(var, PATIENCE)


def test_nested_push_and_wait(any_engine):
    a, b, log = any_engine.new_variable(), any_engine.new_variable(), []

    def outer():
        any_engine.push(lambda: log.append("inner"), (), (b,))
        any_engine.wait_for(b, PATIENCE)
        log.append("outer")

    any_engine.push(outer, (), (a,))
    any_engine.wait_for(a, PATIENCE)
    assert log == ["inner", "outer"]


def test_nested_push_on_an_own_variable_runs_after(any_engine):
    var, log = any_engine.new_variable(), []

    def outer():
        any_engine.push(lambda: log.append("inner"), (), (var,))
        log.append("outer")

    any_engine.push(outer, (), (var,))
    any_engine.wait_all(PATIENCE)
    assert log == ["outer", "inner"]


def test_waits_that_could_only_wait_for_themselves_raise(any_engine):
    a, b, c = (any_engine.new_variable() for _ in range(3))
    messages = []

    def outer():
        any_engine.push(lambda: None, (a,), (b,))
        any_engine.push(lambda: None, (b,), (c,))
        for wait in (
            lambda: any_engine.wait_for(a, PATIENCE),
            lambda: any_engine.wait_for(c, PATIENCE),
            lambda: any_engine.wait_all(PATIENCE),
        ):
            try:
                wait()
            except EngineError as error:
                messages.append(str(error))

    any_engine.push(outer, (), (a,))
    any_engine.wait_for(a, PATIENCE)
    any_engine.wait_for(c, PATIENCE)
    assert len(messages) == 3
    assert all("waits for itself" in message for message in messages)


def test_bad_arguments_raise_before_anything_is_registered(any_engine):
    var = any_engine.new_variable()
    with NaiveEngine() as other:
        foreign, foreign_op = other.new_variable(), other.operation(lambda: None)

    async def generator():
        yield

    for function in (generator, 42):
        with pytest.raises(TypeError):
            any_engine.push(function, (), (var,))
    with pytest.raises(TypeError, match="hold Vars"):
        any_engine.push(lambda: None, ("x",))
    with pytest.raises(EngineError, match="another engine"):
        any_engine.push(lambda: None, (foreign,), (var,))
    with pytest.raises(EngineError, match="another engine"):
        any_engine.push(foreign_op)
    with pytest.raises(EngineError, match="another engine"):
        any_engine.wait_for(foreign)
    for lane in ("gpu:x", "sim:0/", "cpu:x", "io:1", ""):
        with pytest.raises(EngineError, match="no lane"):
            any_engine.push(lambda: None, lane=lane)
    with pytest.raises(TypeError, match="operations"):
        Plan([42])
    with pytest.raises(EngineError, match="another engine"):
        any_engine.replay(Plan([any_engine.operation(lambda: None), foreign_op]))
    assert any_engine.statistics().pushed == 0


def test_delete_variable(any_engine):
    var, free, log = any_engine.new_variable(), any_engine.new_variable(), []
    prepared = any_engine.operation(lambda: log.append("late"), (), (var,))
    reader = any_engine.operation(lambda: log.append("late"), (var,), (free,))
    any_engine.push(lambda: log.append("write"), (), (var,))
    any_engine.push(lambda: log.append("read"), (var,), ())
    any_engine.delete_variable(var, lambda: log.append("deleted"))
    for refused in (
        lambda: any_engine.push(prepared),
        lambda: any_engine.push(reader),
        lambda: any_engine.push(lambda: None, (var,)),
        lambda: any_engine.replay(Plan([prepared])),
        lambda: any_engine.wait_for(var),
        lambda: any_engine.delete_variable(var),
    ):
        with pytest.raises(EngineError, match="deleted"):
            refused()
    any_engine.wait_all(PATIENCE)
    assert log == ["write", "read", "deleted"]
    any_engine.push(lambda: None, (), (free,))  # the refused reader left no trace
    any_engine.wait_for(free, PATIENCE)
    assert any_engine.statistics().pushed == any_engine.statistics().completed


class Payload:
    """Something that a weak reference can watch."""


def test_nothing_is_kept_alive_after_completion(any_engine):
    var, reader = any_engine.new_variable(), any_engine.new_variable()
    payload = Payload()
    watch = weakref.ref(payload)
    any_engine.push(lambda payload=payload: None, (), (var,))
    any_engine.push(lambda payload=payload: None, (var,), (reader,), cost=Cost())
    del payload
    any_engine.wait_for(reader, PATIENCE)
    any_engine.wait_all(PATIENCE)
    assert watch() is None


def test_closed_engines_refuse(any_engine):
    var = any_engine.new_variable()
    operation = any_engine.operation(lambda: None, (), (var,))
    any_engine.push(operation)
    any_engine.close()
    any_engine.close()
    any_engine.wait_for(var, PATIENCE)
    for refused in (
        lambda: any_engine.push(operation),
        lambda: any_engine.replay(Plan([operation])),
        lambda: any_engine.push(lambda: None),
        lambda: any_engine.delete_variable(var),
    ):
        with pytest.raises(EngineClosed):
            refused()


@pytest.mark.parametrize("make", [NaiveEngine, ThreadedEngine])
def test_context_manager_drains(make):
    log = []
    with make() as engine:
        for number in range(20):
            engine.push(lambda n=number: log.append(n))
    assert sorted(log) == list(range(20))


def test_statistics_and_dump(any_engine):
    var = any_engine.new_variable("named")
    any_engine.push(raiser("why"), (), (var,), name="culprit")
    any_engine.push(lambda: None, (var,), ())
    with pytest.raises(Broken):
        any_engine.wait_all(PATIENCE)
    counts = any_engine.statistics()
    assert (counts.pushed, counts.completed) == (2, 2)
    assert (counts.failed, counts.skipped, counts.queued) == (1, 1, 0)
    assert counts.lanes["cpu"].queued == 0
    assert "2 pushed" in any_engine.dump()


def test_plans_run_in_order_and_again(any_engine):
    a, b, log = any_engine.new_variable(), any_engine.new_variable(), []
    plan = Plan(
        [
            any_engine.operation(lambda: log.append("a"), (), (a,)),
            any_engine.operation(lambda: log.append("b"), (a,), (b,)),
        ]
    )
    for _ in range(10):
        any_engine.replay(plan)
    any_engine.wait_for(b, PATIENCE)
    assert log == ["a", "b"] * 10


def test_lanes_have_contexts(any_engine):
    var, log = any_engine.new_variable(), []
    for number in range(30):
        lane = ("cpu", "cpu:1", "cpu:2")[number % 3]
        any_engine.push(lambda n=number: log.append(n), (), (var,), lane=lane)
    any_engine.wait_for(var, PATIENCE)
    assert log == list(range(30))
    operation = any_engine.operation(lambda: None, lane="cpu:0")
    assert isinstance(operation, Operation)
    assert operation.lane == "cpu"


def test_tracer_sees_operations(any_engine):
    var = any_engine.new_variable()
    any_engine.tracer = tracer = Tracer(10)
    any_engine.push(lambda: None, (), (var,), name="traced", lane="cpu:1")
    any_engine.wait_for(var, PATIENCE)
    any_engine.tracer = None
    any_engine.push(lambda: None, (), (var,), name="untraced")
    any_engine.wait_for(var, PATIENCE)
    assert [(s.name, s.lane) for s in tracer.slices()] == [("traced", "cpu:1")]
