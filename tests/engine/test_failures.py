"""Whatever an operation raises reaches all who wait for what it spoiled."""

import ctypes
import signal
import threading
import traceback

import pytest
import trio

from dataflow_engine import ThreadedEngine
from tests.engine.helpers import PATIENCE, Broken, Gate, awaiting_raiser

KINDS = [
    *(Broken, SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError, StopIteration),
    *(BaseException, RecursionError),
]
everything = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open()


def fails_with(error):
    def fail():
        raise error

    return fail


@everything
def test_every_waiter_sees_what_was_raised(any_engine, kind):
    spoiled, copied, untouched = (any_engine.new_variable() for _ in range(3))
    error = kind("why")
    any_engine.push(fails_with(error), (), (spoiled,), name="culprit")
    any_engine.push(lambda: None, (spoiled,), (copied,))
    any_engine.push(lambda: None, (), (untouched,))
    for var in (spoiled, copied, spoiled):
        with pytest.raises(kind) as caught:
            any_engine.wait_for(var, PATIENCE)
        assert caught.value is error
        assert traceback.extract_tb(error.__traceback__)[-1].name == "fail"
    any_engine.wait_for(untouched, PATIENCE)
    any_engine.wait_all(PATIENCE)  # it was seen
    counts = any_engine.statistics()
    assert (counts.pushed, counts.completed) == (3, 3)
    assert (counts.failed, counts.skipped) == (1, 1)


@everything
def test_what_nobody_waited_for_is_raised_once(any_engine, kind):
    any_engine.push(fails_with(kind("why")))
    with pytest.raises(kind):
        any_engine.wait_all(PATIENCE)
    any_engine.wait_all(PATIENCE)


@everything
def test_several_threads_wait(kind):
    """All of them are woken, and all see the same."""
    with ThreadedEngine(2) as engine:
        gate, var, seen = Gate(), engine.new_variable(), []
        error = kind("why")

        def fail():
            gate()
            raise error

        engine.push(fail, (), (var,))
        gate.wait_entered()

        def wait():
            try:
                engine.wait_for(var, PATIENCE)
            except BaseException as caught:
                seen.append(caught)

        threads = [threading.Thread(target=wait) for _ in range(5)]
        for thread in threads:
            thread.start()
        gate.open()
        for thread in threads:
            thread.join(PATIENCE)
        assert seen == [error] * 5


@pytest.mark.parametrize("kind", [k for k in KINDS if issubclass(k, Exception)])
def test_asynchronous_ones(engine, kind):
    var = engine.new_variable()
    if kind is StopIteration:
        with pytest.raises(RuntimeError, match="StopIteration"):
            engine.run_async(awaiting_raiser(kind("why")))
        return
    engine.push(awaiting_raiser(kind("why")), (), (var,))
    with pytest.raises(kind, match="why"):
        engine.wait_for(var, PATIENCE)

    async def main():
        with trio.fail_after(PATIENCE):
            await engine.wait_for_async(var)

    with pytest.raises(kind, match="why"):
        trio.run(main)


def test_a_keyboard_interrupt_in_a_worker_is_no_business_of_later_waits(single):
    """It is boxed, and must not come out of a wait inside another operation."""
    bad, inner, good = (single.new_variable() for _ in range(3))
    single.push(fails_with(KeyboardInterrupt()), (), (bad,), lane="cpu:1")
    with pytest.raises(KeyboardInterrupt):
        single.wait_for(bad, PATIENCE)

    def waits_inside():
        single.push(lambda: None, (), (inner,), lane="cpu:1")
        single.wait_for(inner)

    single.push(waits_inside, (), (good,), lane="cpu:1")
    single.wait_for(good, PATIENCE)


def test_ctrl_c_in_an_inline_operation_comes_out_of_the_push(engine):
    var = engine.new_variable()
    with pytest.raises(KeyboardInterrupt):
        engine.push(lambda: signal.raise_signal(signal.SIGINT), (), (var,), cost=1.0)
    with pytest.raises(KeyboardInterrupt):
        engine.wait_for(var, PATIENCE)
    engine.push(lambda: None, (), (var,), cost=1.0)
    engine.wait_for(var, PATIENCE)
    engine.wait_all(PATIENCE)


def test_an_exception_thrown_into_a_worker_does_not_end_it(single, gate):
    """What hits it between two operations is told by the next wait for all."""
    single.push(lambda: None)
    single.wait_all(PATIENCE)
    (lane,) = single._places.cpu.values()
    (worker,) = lane.workers
    throw = ctypes.pythonapi.PyThreadState_SetAsyncExc
    assert throw(ctypes.c_ulong(worker.thread.ident), ctypes.py_object(Broken)) == 1
    done = []
    for _ in range(50):
        single.push(lambda: done.append(1))
    failures = 0
    for _ in range(2):
        try:
            single.wait_all(PATIENCE)
        except Broken:
            failures += 1
    assert worker.thread.is_alive()
    counts = single.statistics()
    assert counts.pushed == counts.completed == 51
    assert len(done) >= 49  # one may have been hit itself
    assert failures <= 1
    single.push(gate)
    gate.wait_entered()
    gate.open()
    single.wait_all(PATIENCE)


def test_dump_tells_everything(single, gate):
    """What runs, what is queued and in which order, what waits, what is poisoned."""
    first, second, bad = (single.new_variable(n) for n in ("first", "second", "bad"))
    single.push(fails_with(Broken("why")), (), (bad,), name="culprit")
    with pytest.raises(Broken):
        single.wait_for(bad, PATIENCE)
    single.push(gate, (), (first,), name="holder")
    gate.wait_entered()
    single.push(lambda: None, (first,), (second,), name="reader")
    single.push(lambda: None, (first, second), name="join")
    single.push(lambda: None, (), (), name="urgent", priority=3)
    for number in range(25):
        single.push(lambda: None, name=f"queued {number}")
    text = single.dump()
    lines = text.splitlines()
    assert lines[0] == (
        "ThreadedEngine: 30 pushed, 1 completed, 1 failed, 0 skipped, 0 in the inbox"
    )
    assert "lane cpu: 26 queued, 1 of 1 workers, 0 parked" in lines
    assert lines.index("  queued urgent") < lines.index("  queued queued 0")
    assert "  ... and 6 more" in lines
    assert "thread dataflow-cpu-0 runs holder" in text
    assert "waiting reader for holder" in lines
    assert "waiting join for holder, reader" in lines
    assert "poisoned <Var bad version 1, poisoned>: Broken('why') of culprit" in lines
    counts = single.statistics()
    assert (counts.pending, counts.queued, counts.poisoned) == (29, 26, 1)
    gate.open()
    single.wait_all(PATIENCE)
    assert single.statistics().pending == 0
