"""Waits in the user's own trio run, on every engine."""

import threading
import traceback
from functools import partial

import pytest
import trio
import trio.testing

from dataflow_engine import (
    EngineClosed,
    EngineError,
    NaiveEngine,
    ThreadedEngine,
    Tracer,
)
from dataflow_engine import lanes as lanes_module
from dataflow_engine.awaiting import Signal
from dataflow_engine.chrome import chrome_trace
from dataflow_engine.entries import PROGRAM
from tests.engine.helpers import (
    PATIENCE,
    AsyncGate,
    Broken,
    Gate,
    awaiting_raiser,
    checkpoints,
    raiser,
)


def run(function, *arguments):
    """Run a test in trio, with a deadline."""

    async def bounded():
        with trio.fail_after(PATIENCE):
            return await function(*arguments)

    return trio.run(bounded)


@pytest.fixture
def gate():
    """A gate that is open at the end, whatever happens."""
    gate = Gate()
    yield gate
    gate.open()


def test_awaits_operations_of_every_kind(any_engine):
    log = []

    async def asynchronous():
        await trio.lowlevel.checkpoint()
        log.append("asynchronous")

    async def main():
        var, other = any_engine.new_variable(), any_engine.new_variable()
        await any_engine.wait_for_async(var)
        any_engine.push(partial(log.append, "plain"), (), (var,))
        any_engine.push(asynchronous, (var,), (other,))
        await any_engine.wait_for_async(other)
        any_engine.push(partial(log.append, "other"), (other,), (), lane="cpu:1")
        await any_engine.wait_all_async()

    run(main)
    assert log == ["plain", "asynchronous", "other"]


def test_a_failure_is_raised_with_its_own_traceback(any_engine):
    async def main(function):
        var, other = any_engine.new_variable(), any_engine.new_variable()
        any_engine.push(function, (), (var,))
        any_engine.push(lambda: None, (var,), (other,))
        for waited in (other, var, other):
            with pytest.raises(Broken, match="why") as caught:
                await any_engine.wait_for_async(waited)
            frames = traceback.extract_tb(caught.value.__traceback__)
            assert frames[-1].name == "fail"
        await any_engine.wait_all_async()
        any_engine.push(function)
        with pytest.raises(Broken, match="why"):
            await any_engine.wait_all_async()

    run(main, raiser("why"))
    run(main, awaiting_raiser(Broken("why")))


def test_bad_arguments_raise(any_engine):
    async def main():
        with pytest.raises(TypeError, match="hold Vars"):
            await any_engine.wait_for_async("x")
        with pytest.raises(EngineError, match="another engine"):
            await any_engine.wait_for_async(NaiveEngine().new_variable())
        var = any_engine.new_variable()
        any_engine.delete_variable(var)
        with pytest.raises(EngineError, match="deleted"):
            await any_engine.wait_for_async(var)

    run(main)


def test_every_wait_is_a_checkpoint(any_engine):
    """Also one for what has ended long ago, so that a loop of them stays fair."""

    async def main():
        var = any_engine.new_variable()
        with trio.testing.assert_checkpoints():
            await any_engine.wait_for_async(var)
        with trio.testing.assert_checkpoints():
            await any_engine.wait_all_async()
        with trio.CancelScope() as scope:
            scope.cancel()
            await any_engine.wait_all_async()
        assert scope.cancelled_caught

    run(main)


def test_a_cancelled_wait_is_given_up_and_nothing_else(engine, gate):
    var = engine.new_variable()

    async def main():
        engine.push(gate, (), (var,))
        for wait in (partial(engine.wait_for_async, var), engine.wait_all_async):
            with trio.move_on_after(0.001) as scope:
                await wait()
            assert scope.cancelled_caught
        gate.open()
        await engine.wait_for_async(var)

    run(main)
    assert var.version == 1
    assert engine._drainers.notices == []


def test_what_ends_after_the_run_that_waited_for_it_disturbs_nobody(engine, gate):
    var = engine.new_variable()

    async def main():
        with trio.move_on_after(0.001):
            await engine.wait_for_async(var)

    engine.push(gate, (), (var,))
    run(main)
    gate.open()
    engine.wait_for(var, PATIENCE)
    engine.push(lambda: None, (var,), ())
    engine.wait_all(PATIENCE)


def test_many_tasks_wait(engine):
    woken = []

    async def wait(var):
        await engine.wait_for_async(var)
        woken.append(var)

    async def main():
        first, gate = engine.new_variable(), AsyncGate()
        engine.push(gate, (), (first,))
        variables = [engine.new_variable() for _ in range(100)]
        async with trio.open_nursery() as nursery:
            for number, var in enumerate(variables):
                function = partial(checkpoints, 1) if number % 2 else (lambda: None)
                engine.push(function, (first,), (var,))
                nursery.start_soon(wait, var)
            await trio.to_thread.run_sync(gate.wait_entered)
            gate.open()
        assert set(woken) == set(variables)

    run(main)


def test_a_small_backlog_is_run_although_nobody_helps(monkeypatch):
    """Workers that linger would look for it only after very long."""
    monkeypatch.setattr(lanes_module, "LINGER_SECONDS", 1000.0)
    engine = ThreadedEngine(1, inline_below_us=0.0)

    async def main():
        for _ in range(20):
            var = engine.new_variable()
            engine.push(lambda: None, (), (var,), cost=0.1)
            await engine.wait_for_async(var)
            engine.push(lambda: None, cost=0.1)
            await engine.wait_all_async()

    run(main)
    engine.close(timeout=PATIENCE)


@pytest.mark.usefixtures("frantic")
def test_waits_and_ends_race(engine):
    async def main():
        var = engine.new_variable()
        for number in range(500):
            engine.push(partial(checkpoints, number % 2), (), (var,))
            engine.push(lambda: None, (), (var,))
            await engine.wait_for_async(var)
            if number % 10 == 0:
                await engine.wait_all_async()
        assert var.version == 1000

    run(main)


def test_two_runs_wait_for_each_others_work(engine):
    """Each of two threads has a trio run of its own."""
    variables = [engine.new_variable() for _ in range(2)]
    errors = []

    async def main(mine, theirs):
        for _ in range(200):
            engine.push(lambda: None, (theirs,), (mine,))
            await engine.wait_for_async(theirs)

    def thread(mine, theirs):
        try:
            run(main, mine, theirs)
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=thread, args=order)
        for order in (variables, variables[::-1])
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
        assert not each.is_alive()
    assert errors == []


# Engines as asynchronous context managers


@pytest.mark.parametrize("make", [NaiveEngine, ThreadedEngine])
def test_the_end_of_the_block_drains(make):
    log = []

    async def asynchronous():
        await checkpoints(3)
        log.append("asynchronous")

    async def main():
        async with make() as engine:
            var = engine.new_variable()
            engine.push(asynchronous, (), (var,))
            engine.push(partial(log.append, "plain"), (var,), ())
        with pytest.raises(EngineClosed):
            engine.push(asynchronous)

    run(main)
    assert log == ["asynchronous", "plain"]


@pytest.mark.parametrize("make", [NaiveEngine, ThreadedEngine])
def test_an_error_in_the_block_drains_too(make):
    log = []

    async def asynchronous():
        await checkpoints(3)
        log.append("asynchronous")

    async def main():
        async with make() as engine:
            engine.push(asynchronous)
            raise Broken("in the block")

    with pytest.raises(Broken, match="in the block"):
        run(main)
    assert log == ["asynchronous"]


@pytest.mark.parametrize("at_its_end", [False, True])
def test_a_cancelled_block_gives_up_what_is_pending(at_its_end):
    gate, log = AsyncGate(), []

    async def main():
        with trio.CancelScope() as scope:
            async with ThreadedEngine() as engine:
                var = engine.new_variable()
                engine.push(gate, (), (var,))
                engine.push(partial(log.append, "never"), (var,), ())
                await trio.to_thread.run_sync(gate.wait_entered)
                scope.cancel()
                if not at_its_end:
                    await trio.lowlevel.checkpoint()
        assert scope.cancelled_caught
        with pytest.raises(EngineClosed):
            await engine.wait_for_async(var)

    run(main)
    assert log == []
    assert gate.left.is_set()


def test_the_loop_goes_on_while_the_block_drains(gate):
    """What drains is opened by a task of the same run."""

    async def open_gate():
        await trio.to_thread.run_sync(gate.wait_entered)
        gate.open()

    async def main():
        async with trio.open_nursery() as nursery, ThreadedEngine(1) as engine:
            engine.push(gate)
            nursery.start_soon(open_gate)

    run(main)


# The naive engine inside a trio run: one cannot be begun inside another


def test_the_naive_engine_runs_asynchronous_operations_inside_a_run():
    log = []

    async def main():
        engine = NaiveEngine()
        var = engine.new_variable()

        async def inner():
            await trio.lowlevel.checkpoint()
            log.append("inner")
            engine.push(partial(log.append, "innermost"))

        async def outer():
            engine.push(inner)
            engine.push(inner, (), (var,))  # after this one, which writes it
            await trio.lowlevel.checkpoint()
            log.append("outer")

        engine.push(outer, (), (var,))
        engine.push(awaiting_raiser(Broken("why")), (var,), ())
        with pytest.raises(Broken, match="why"):
            await engine.wait_all_async()
        return engine

    engine = run(main)
    assert log == ["inner", "innermost", "outer", "inner", "innermost"]
    counts = engine.statistics()
    assert (counts.pushed, counts.completed) == (6, 6)


# The signal


def test_one_call_answers_many_requests():
    calls = []

    async def main():
        signal = Signal(lambda: calls.append(1))
        for _ in range(5):
            signal.send()
        while not calls:
            await trio.lowlevel.checkpoint()
        assert calls == [1]
        signal.send()
        while len(calls) < 2:
            await trio.lowlevel.checkpoint()
        return signal

    signal = run(main)
    signal.send()  # the run is over: nothing happens
    assert calls == [1, 1]


def test_a_request_that_is_interrupted_is_not_the_last():
    calls = []

    async def main():
        signal = Signal(lambda: calls.append(1))
        token, signal._token = signal._token, Interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.send()
        signal._token = token
        signal.send()
        while not calls:
            await trio.lowlevel.checkpoint()

    run(main)


class Interrupted:
    """A token whose user presses Ctrl-C."""

    def run_sync_soon(self, _):
        raise KeyboardInterrupt


def test_waits_of_tasks_are_traced(engine):
    """A wait in the user's own run, and one inside an asynchronous operation."""
    engine.tracer = tracer = Tracer()
    gates = [Gate(), Gate()]
    variables = [engine.new_variable(name) for name in ("first", "second")]
    for gate, var in zip(gates, variables, strict=True):
        engine.push(gate, (), (var,))
        gate.wait_entered()

    async def opened_when_waited_for():
        await trio.lowlevel.checkpoint()
        gates[0].open()

    async def inner():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, gates[1].open)
            await engine.wait_for_async(variables[1])

    async def main():
        with trio.fail_after(PATIENCE):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(opened_when_waited_for)
                await engine.wait_for_async(variables[0])

    trio.run(main)
    engine.run_async(inner)
    waits = [entry for entry in tracer.entries() if entry.name == "wait_for_async"]
    assert [(w.category, w.lane) for w in waits] == [("wait", PROGRAM), ("wait", "io")]
    assert "first" in waits[0].details["for"]
    assert waits[0].thread.endswith("main")
    assert waits[1].thread.startswith("dataflow-io-")
    assert chrome_trace(tracer.entries())["traceEvents"]
