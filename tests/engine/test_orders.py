"""Orders recorded from any engine, kept in files, replayed exactly."""

import json
import threading
from contextvars import Context
from functools import partial

import pytest
import trio

from dataflow_engine import (
    NaiveEngine,
    Order,
    OrderError,
    Plan,
    ReplayEngine,
    SeededEngine,
    ThreadedEngine,
    WaitTimeout,
)
from dataflow_engine.determinism.orders import pusher_of
from dataflow_engine.determinism.recording import Recorder
from tests.engine.helpers import PATIENCE, Broken, Program, forget_failures, raiser


def recorded(engine, program):
    """Run a program; return what it returns, and the order."""
    with engine, engine.record() as recorder:
        result = program(engine)
        forget_failures(engine)
    return result, recorder.order


def replayed(order, program):
    """Replay a program; return what it returns, and the order that was run."""
    return recorded(ReplayEngine(order), program)


def nested(engine):
    """Operations that push, wait, are asynchronous and fail; what they log is exact."""
    log = {}
    a, b, c, d, e = (engine.new_variable() for _ in range(5))

    def inner(name):
        log[name] = len(log)

    async def asynchronous():
        await trio.lowlevel.checkpoint()
        engine.push(lambda: inner("by a task"), (), (d,), name="by a task")
        await engine.wait_for_async(d)

    def outer():
        engine.push(lambda: inner("inner"), (), (b,), name="inner")
        engine.wait_for(b, PATIENCE)
        engine.push(lambda: inner("later"), (), (b,), name="later")

    for _ in range(3):
        engine.push(outer, (), (a,), name="outer")
        engine.push(asynchronous, (), (c,))
        engine.replay(Plan([engine.operation(lambda: None, (a,), name="reader")] * 2))
    engine.push(raiser("why"), (), (e,))
    engine.push(lambda: None, (e,), name="skipped")
    engine.wait_for(a, PATIENCE)
    engine.wait_for(c, PATIENCE)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_orders_of_threaded_engines_are_replayed(workers):
    for seed in range(150):
        program = Program.make(seed)
        engine = ThreadedEngine(workers, 0.0 if seed % 2 else 10.0)
        result, order = recorded(engine, program.run)
        assert len(order.pushed) == len(program.steps)
        again, same = replayed(order, program.run)
        assert again == result, f"seed {seed}"
        assert same == order, f"seed {seed}"


@pytest.mark.parametrize("seed", range(10))
def test_orders_of_nested_programs_are_replayed(seed):
    for engine in (SeededEngine(seed), ThreadedEngine(2), NaiveEngine()):
        _, order = recorded(engine, nested)
        assert "5.1" not in order.pushed or order.pushed["5.1"] == "inner"
        assert {"1.1", "1.2", "2.1"} <= set(order.pushed)
        assert "skipped" not in order.names()
        _, same = replayed(order, nested)
        assert same == order


def test_a_seeded_order_can_be_written_down():
    def program(engine):
        for number in range(20):
            engine.push(lambda: None, name=f"n{number}")

    _, order = recorded(SeededEngine(3), program)
    assert order.names() != [f"n{number}" for number in range(20)]
    assert replayed(order, program)[1] == order


def test_threads_have_numbers_of_their_own():
    def program(engine):
        var = engine.new_variable()

        def load():
            for _ in range(50):
                engine.push(lambda: None, (), (var,), name="load")

        loader = threading.Thread(target=load, name="a.loader: 1")
        loader.start()
        for _ in range(50):
            engine.push(lambda: None, (var,), (), name="use")
        loader.join(PATIENCE)

    _, order = recorded(ThreadedEngine(2), program)
    assert order.pushed["a.loader: 1:50"] == "load"
    assert order.pushed["50"] == "use"
    assert pusher_of("a.loader: 1:50.2") == ("a.loader: 1:50", None)
    assert pusher_of("a.loader: 1:50") == (None, "a.loader: 1")
    assert pusher_of("50.1.2") == ("50.1", None)
    assert pusher_of("50") == (None, None)


def test_a_replay_waits_for_what_another_thread_pushes():
    def program(engine):
        seen = threading.Event()

        def load():
            assert seen.wait(PATIENCE)
            engine.push(lambda: None, name="load")

        loader = threading.Thread(target=load, name="loader")
        loader.start()
        engine.push(seen.set, name="set")
        engine.push(lambda: None, name="last")
        engine.wait_all(PATIENCE)
        loader.join(PATIENCE)

    pushed = {"1": "set", "2": "last", "loader:1": "load"}
    order = Order(pushed, ["1", "loader:1", "2"])
    with ReplayEngine(order) as engine:
        program(engine)


def test_what_runs_in_a_context_of_its_own_still_pushes_from_inside():
    """Kernels run so; what is pushed there belongs to their operation all the same."""

    def program(engine):
        var, other = engine.new_variable(), engine.new_variable()

        def outer():
            engine.push(lambda: None, (), (other,), name="inner")
            engine.wait_for(other, PATIENCE)

        apart = partial(Context().run, outer)
        engine.push(apart, (), (var,), name="outer")
        engine.wait_for(var, PATIENCE)

    for engine in (NaiveEngine(), SeededEngine(), ThreadedEngine(1)):
        _, order = recorded(engine, program)
        assert order.pushed == {"1": "outer", "1.1": "inner"}
        assert replayed(order, program)[1] == order


# Files


def test_orders_are_kept_in_files(tmp_path):
    order = Order({"1": "write", "2": "read é", "1.1": "inner"}, ["1", "1.1"])
    order.save(tmp_path / "order.json")
    loaded = Order.load(tmp_path / "order.json")
    assert loaded == order
    assert loaded.names() == ["write", "inner"]
    assert len(loaded) == 2
    assert loaded != "order"
    assert "2 operations" in repr(loaded)


GOOD = {"format": "dataflow order 1", "pushed": {"1": "a"}, "started": ["1"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "another"}, "lacks the format"),
        ({"pushed": []}, "mapping 'pushed'"),
        ({"started": {"1": 1}}, "list 'started'"),
        ({"pushed": {"one": "a"}}, "no number"),
        ({"pushed": {"1" * 50: "a"}}, "no number"),
        ({"pushed": {"1" + ".1" * 60: "a"}}, "no number"),
        ({"pushed": {"1": 5}}, "no text"),
        ({"started": ["1", "1"]}, "twice"),
        ({"started": ["2"]}, "never pushed"),
        ({"started": [["1"]]}, "never pushed"),
        ({"started": [None]}, "never pushed"),
    ],
)
def test_malformed_orders_are_refused(change, message):
    with pytest.raises(OrderError, match=message):
        Order.from_json(json.dumps(GOOD | change))


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "[" * 100_000, '{"a": NaN'])
def test_what_is_no_order_at_all_is_refused(text):
    with pytest.raises(OrderError, match="no order"):
        Order.from_json(text)


def test_files_that_are_no_text_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "order.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OrderError, match="nor a text"):
        Order.load(path)
    monkeypatch.setattr("dataflow_engine.determinism.orders.MOST_BYTES", 2)
    with pytest.raises(OrderError, match="too large"):
        Order.load(path)


# Differences


def chain(engine, names="abc"):
    var = engine.new_variable()
    for name in names:
        engine.push(lambda: None, (), (var,), name=name)
    engine.wait_for(var, PATIENCE)


ORDER = Order({"1": "a", "2": "b", "3": "c"}, ["1", "2", "3"])


def test_another_name_is_told_where_it_is_pushed():
    with ReplayEngine(ORDER) as engine:
        with pytest.raises(OrderError, match=r"push 2 is x, and was b: the program is"):
            chain(engine, "axc")
        engine.wait_all(PATIENCE)  # it goes on without the order


def test_a_push_too_many_is_told():
    with (
        ReplayEngine(ORDER) as engine,
        pytest.raises(OrderError, match=r"push 4 \(d\) was not recorded"),
    ):
        chain(engine, "abcd")


def test_a_push_too_few_is_told_by_the_wait():
    order = Order(ORDER.pushed, ["1", "3", "2"])
    with (
        ReplayEngine(order) as engine,
        pytest.raises(OrderError, match=r"goes on with 3 \(c\), which is not pushed"),
    ):
        chain(engine, "ab")


def test_an_end_too_early_is_told_by_close():
    engine = ReplayEngine(ORDER)
    chain(engine, "ab")
    with pytest.raises(OrderError, match=r"ended, but the order goes on with 3 \(c\)"):
        engine.close()
    with pytest.raises(Broken), ReplayEngine(ORDER):
        raise Broken  # which is not covered up


def test_an_order_that_is_not_legal_is_told():
    order = Order(ORDER.pushed, ["1", "3", "2"])
    message = r"starts 3 \(c\) before 2 \(b\) has ended, which"
    with ReplayEngine(order) as engine, pytest.raises(OrderError, match=message):
        chain(engine)


def test_what_failed_when_recorded_and_not_now_is_told():
    def program(engine, function):
        var = engine.new_variable()
        engine.push(function, (), (var,), name="first")
        engine.push(lambda: None, (var,), name="second")

    _, order = recorded(NaiveEngine(), lambda e: program(e, raiser("why")))
    engine = ReplayEngine(order)
    program(engine, lambda: None)
    with pytest.raises(OrderError, match=r"2 \(second\) was not started when recorded"):
        engine.wait_all(PATIENCE)
    engine.close()


@pytest.mark.parametrize("started", ["1234", "2134", "2314", "2341", "3214"])
def test_operations_that_wait_are_suspended_and_resumed(started, monkeypatch):
    """Whichever began last: one waits for what only follows the other."""
    names = {"1": "a", "2": "b", "3": "c", "4": "d"}

    def program(engine):
        log = []
        va, vb, vc, vd = (engine.new_variable() for _ in range(4))

        def a():
            engine.wait_for(vc, PATIENCE)
            log.append("a")

        async def b():
            await engine.wait_for_async(vd)
            log.append("b")

        engine.push(a, (), (va,))
        engine.push(b, (), (vb,))
        engine.push(lambda: log.append("c"), (), (vc,), name="c")
        engine.push(lambda: log.append("d"), (va,), (vd,), name="d")
        engine.wait_all(PATIENCE)
        return log

    order = Order(names, list("".join(started)))
    if started == "2341":  # what it waits for follows the last one
        monkeypatch.setattr("dataflow_engine.determinism.turns.PATIENCE_SECONDS", 0.01)
        message = r"4 \(d\) before 1 \(a\) has ended"
        with pytest.raises(OrderError, match=message):
            replayed(order, program)
        return
    log, same = replayed(order, program)
    assert log == ["c", "a", "d", "b"]
    assert same == order


def test_a_deadline_of_a_suspended_operation_holds():
    def program(engine):
        va, vb = engine.new_variable(), engine.new_variable()

        def a():
            with pytest.raises(WaitTimeout):
                engine.wait_for(vb, 0)

        engine.push(a, (), (va,))
        engine.push(lambda: None, (), (vb,), name="b")
        engine.wait_for(va, PATIENCE)

    replayed(Order({"1": "a", "2": "b"}, ["1", "2"]), program)


# While nothing is recorded


def test_an_engine_that_does_not_record_has_its_own_way_to_push(engine):
    assert engine._baton is engine._registrar.baton
    with engine.record() as recorder:
        assert engine._baton is not engine._registrar.baton
        engine.push(lambda: None, name="seen")
        with engine.record() as inner:
            engine.push(lambda: None, name="inner")
        engine.push(lambda: None, name="again")
    engine.push(lambda: None, name="unseen")
    engine.wait_all(PATIENCE)
    assert recorder.order.pushed == {"1": "seen", "2": "again"}
    assert inner.order.names() == ["inner"]
    assert engine._baton is engine._registrar.baton
    assert engine._recorder is None


def test_twins_are_the_operation_but_for_its_function(any_engine):
    var = any_engine.new_variable()

    class Told:
        def __call__(self):
            pass

        def trace_details(self):
            return {"known": True}

    operation = any_engine.operation(Told(), [var], [var], priority=3, cost=2.0)
    twin = Recorder().twin(operation)
    assert twin.function.trace_details() == {"known": True}
    for name in ("reads", "writes", "inputs", "lane", "priority", "cost", "name"):
        assert getattr(twin, name) == getattr(operation, name)


def test_deleting_is_recorded(any_engine):
    with any_engine.record() as recorder:
        var = any_engine.new_variable()
        any_engine.push(lambda: None, (), (var,), name="write")
        any_engine.delete_variable(var)
    assert recorder.order.names() == ["write", "delete"]
