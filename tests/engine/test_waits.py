"""Waits in odd places: inside operations, and in finalizers inside a push."""

import gc
import threading
import time

import pytest

from dataflow_engine import EngineError
from tests.engine.helpers import PATIENCE, Gate


def test_a_wait_inside_runs_nothing_that_may_wait_for_it(single, gate):
    """B could wait on top of A for what A leads to, and is run by another thread."""
    x, a, y = (single.new_variable(name) for name in "xay")
    second, seen = Gate(), []
    single.push(gate, (), (x,), lane="cpu:1")
    gate.wait_entered()
    single.push(lambda: single.wait_for(x), (), (a,), name="A")
    single.push(lambda: seen.append("C"), (a,), (y,), name="C")

    def waits_too():
        second.entered.set()
        single.wait_for(y)
        seen.append("B")

    single.push(waits_too, name="B")
    second.wait_entered()
    gate.open()
    single.wait_all(PATIENCE)
    assert seen == ["C", "B"]


def test_a_wait_inside_runs_what_it_depends_on(single, gate):
    """From the middle of the queue, also if it has a priority; the rest stays."""
    threads, done = {}, threading.Event()

    def note(name):
        threads[name] = threading.current_thread()

    def waits():
        x, y = single.new_variable(), single.new_variable()
        single.push(gate)
        single.push(lambda: note("first"), (), (x,))
        single.push(lambda: note("second"), (x,), (y,), priority=-1)
        single.wait_for(y)
        note("waits")
        done.set()

    single.push(waits)
    assert done.wait(PATIENCE)
    assert threads["first"] is threads["second"] is threads["waits"]


def test_who_stood_in_ends(single, gate):
    x = single.new_variable()
    single.push(gate, (), (x,), lane="cpu:1")
    gate.wait_entered()
    inside, other = Gate(), Gate()
    single.push(lambda: (inside.entered.set(), single.wait_for(x)))
    inside.wait_entered()
    single.push(other)
    other.wait_entered()
    lane = single._places.cpu["cpu"]
    assert (lane.absent, lane.limit) == (1, 1)
    other.open()
    gate.open()
    single.wait_all(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while len(lane.workers) > 1:
        assert time.monotonic() < deadline
    assert (lane.absent, lane.limit) == (0, 1)


def collecting(engine, finalize):
    """Have a finalizer run in the middle of the next push; return its errors."""
    errors = []

    class Cycle:
        def __init__(self):
            self.itself = self

        def __del__(self):
            try:
                finalize()
            except EngineError as error:
                errors.append(str(error))

    register = engine._register

    def register_and_collect(operation):
        engine._register = register
        Cycle()
        gc.collect()
        return register(operation)

    engine._register = register_and_collect
    return errors


@pytest.mark.parametrize("wait", ["wait_for", "wait_all", "close"])
def test_a_wait_in_a_finalizer_inside_a_push_is_refused(single, gate, wait):
    var, other = single.new_variable("x"), single.new_variable()
    single.push(gate, (), (var,))
    waits = {"wait_for": lambda: single.wait_for(var)}
    errors = collecting(single, waits.get(wait, getattr(single, wait)))
    single.push(lambda: None, (), (other,))
    (error,) = errors
    assert "in a finalizer" in error
    assert "Push what is to be done there" in error
    gate.open()
    single.wait_all(PATIENCE)


def test_a_finalizer_inside_a_push_may_push_and_delete(single, gate):
    """And it may wait for what has ended."""
    var, other, seen = single.new_variable(), single.new_variable(), []

    def finalize():
        single.wait_for(other)
        single.push(lambda: seen.append("pushed"), (var,))
        single.delete_variable(var, lambda: seen.append("deleted"))

    errors = collecting(single, finalize)
    single.push(lambda: seen.append("first"), (), (var,))
    assert errors == []  # what has ended may be waited for
    single.wait_all(PATIENCE)
    assert seen == ["first", "pushed", "deleted"]
    assert var.deleted


def test_another_thread_may_hold_the_baton(single):
    """A wait only ever refuses to interrupt its own thread."""
    var, entered, opened = single.new_variable(), Gate(), threading.Event()
    register = single._register

    def register_slowly(operation):
        single._register = register
        entered()
        return register(operation)

    single._register = register_slowly
    pusher = threading.Thread(target=single.push, args=(lambda: None, (), (var,)))
    pusher.start()
    entered.wait_entered()
    single.push(opened.set, (), (var,))  # into the inbox
    waiter = threading.Thread(target=single.wait_for, args=(var,))
    waiter.start()
    entered.open()
    for thread in (pusher, waiter):
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert opened.is_set()
