import logging
import threading

import pytest

from dataflow_engine import ThreadedEngine
from dataflow_engine.watchdog import QUIET_LOOKS, Watchdog, stack_of
from tests.engine.helpers import PATIENCE, AsyncGate, Gate


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watched(clock, monkeypatch):
    """An engine with one worker whose watchdog looks only when it is asked to."""
    monkeypatch.setattr(Watchdog, "_start", lambda self: None)
    with ThreadedEngine(1, watchdog_s=10.0) as engine:
        engine._watchdog._now, engine._watchdog._moved_at = clock, 0.0
        yield engine


@pytest.fixture
def look(watched, clock, caplog):
    """Look so many seconds later; return what is told."""

    def look(seconds):
        caplog.clear()
        clock.now += seconds
        with caplog.at_level(logging.WARNING, "dataflow_engine"):
            watched._watchdog.look()
        return caplog.text

    return look


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open()


def test_a_slow_operation_is_told_once_with_its_stack(watched, look, gate):
    watched.push(gate, name="stubborn")
    gate.wait_entered()
    assert look(0) == ""
    assert look(9.5) == ""
    text = look(1)
    assert "operation stubborn has been running for 10 s in thread dataflow-cpu" in text
    assert "_opened.wait" in text  # where the gate stands
    assert look(100) == ""
    assert "runs stubborn for 110 s" in watched.dump()
    gate.open()
    watched.wait_all(PATIENCE)
    assert look(1) == ""
    assert watched._watchdog.since == {}


def test_each_slow_operation_is_told(watched, look):
    for name in ("first", "second"):
        gate = Gate()
        watched.push(gate, name=name)
        gate.wait_entered()
        look(0)
        assert f"operation {name} has been running" in look(10)
        gate.open()
        watched.wait_all(PATIENCE)


def test_the_innermost_one_is_told(watched, look, gate):
    var = watched.new_variable()

    def outer():
        watched.push(gate, (), (var,), name="inner")
        watched.wait_for(var)

    watched.push(outer, name="outer")
    gate.wait_entered()
    look(0)
    assert "operation inner has been running" in look(10)


def test_a_standstill_is_told_once(watched, look):
    """An asynchronous operation holds all others up: no thread runs any."""
    gate, var = AsyncGate(), watched.new_variable()
    watched.push(gate, (), (var,), name="afar")
    watched.push(lambda: None, (var,), (), name="held up")
    gate.wait_entered()
    assert look(0) == ""
    text = look(10)
    assert "none of 2 pending operations has ended for 10 s, and afar run" in text
    assert "waiting held up for afar" in text
    assert look(100) == ""
    gate.open()
    watched.wait_all(PATIENCE)
    assert look(100) == ""


def test_what_is_idle_or_goes_on_is_not_told(watched, look):
    assert look(100) == ""
    for _ in range(5):
        watched.push(lambda: None)
        watched.wait_all(PATIENCE)
        assert look(9) == ""


def test_its_thread_comes_with_work_sleeps_and_ends(monkeypatch):
    """It is the looks that are counted here, not the seconds."""
    monkeypatch.setattr("dataflow_engine.watchdog.PERIOD", 1e-4)
    asleep = threading.Event()
    engine = ThreadedEngine(1, watchdog_s=1000.0)
    watchdog = engine._watchdog
    assert watchdog._thread is None
    gate, wait, looks = Gate(), watchdog._gate.wait, []

    def counted(timeout=None):
        if timeout is None:
            asleep.set()
        looks.append(timeout)
        return wait(timeout)

    watchdog._gate.wait = counted
    engine.push(gate)
    gate.wait_entered()
    thread = watchdog._thread
    assert thread.daemon
    gate.open()
    engine.wait_all(PATIENCE)
    assert asleep.wait(PATIENCE)
    assert len(looks) > QUIET_LOOKS
    assert watchdog.asleep
    asleep.clear()
    watchdog.rouse()
    assert asleep.wait(PATIENCE)  # it has looked again, and found nothing
    engine.close(timeout=PATIENCE)
    assert not thread.is_alive()
    watchdog.rouse()
    assert not thread.is_alive()


def test_it_can_be_left_out():
    for seconds in (0, None):
        with ThreadedEngine(1, watchdog_s=seconds) as engine:
            engine.push(lambda: None)
            engine.wait_all(PATIENCE)
            assert engine._watchdog is None
            assert "runs" not in engine.dump()


def test_the_stack_of_a_thread_that_has_ended():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join(PATIENCE)
    assert "has ended" in stack_of(thread)
