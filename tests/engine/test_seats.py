"""Threads leave the core of who woke them, and may use every core all the same."""

import os
import threading

from dataflow_engine import ParallelProgram, ThreadedEngine, parallel, seats

TIMEOUT = 10.0
HERE = 1  # the core on which everybody runs


class System:
    """The calls of a system of some cores, and what was asked of it."""

    def __init__(self, patch, cores=range(4)):
        self.cores, self.asked, self.core = set(cores), [], HERE
        self.whose = []  # 0 is the caller itself
        patch.setattr(os, "sched_getaffinity", lambda _: set(self.cores), raising=False)
        patch.setattr(os, "sched_setaffinity", self.set, raising=False)
        patch.setattr(seats, "current_core", lambda: self.core)
        patch.setattr(parallel, "current_core", lambda: self.core)
        patch.setattr(seats, "wakers", {})
        patch.setattr(seats, "kept_off", {})

    def set(self, number, cores):
        assert cores
        self.asked.append(set(cores))
        self.whose.append(number)


def sleep_and_wake(busy=True):
    """Return a thread that was woken, and what lets it go on."""
    gate = threading.Event()

    def work():
        assert gate.wait(TIMEOUT)
        seats.woken(busy)
        seats.woken(busy)  # once is enough

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    seats.waking(thread)
    return thread, gate


def end(thread, gate):
    gate.set()
    thread.join(TIMEOUT)
    assert not thread.is_alive()


def test_a_thread_leaves_the_core_of_who_woke_it(monkeypatch):
    system = System(monkeypatch)
    end(*sleep_and_wake())
    assert system.asked == [{0, 2, 3}, {0, 1, 2, 3}]
    assert not seats.wakers


def test_who_waits_keeps_it_off_its_core_until_it_begins(monkeypatch):
    system = System(monkeypatch)
    thread, gate = sleep_and_wake()
    seats.make_room()
    seats.make_room()  # once is enough
    assert system.asked == [{0, 2, 3}]
    end(thread, gate)
    assert system.asked == [{0, 2, 3}, {0, 1, 2, 3}]
    assert system.whose == [thread.native_id, 0]
    assert not seats.wakers
    assert not seats.kept_off


def test_it_is_kept_off_no_core_that_it_was_not_woken_on(monkeypatch):
    system = System(monkeypatch)
    thread, gate = sleep_and_wake(busy=False)
    system.core = 2
    seats.make_room()
    end(thread, gate)
    assert not system.asked


def test_it_is_not_kept_off_the_only_core(monkeypatch):
    system = System(monkeypatch, [HERE])
    thread, gate = sleep_and_wake()
    seats.make_room()
    end(thread, gate)
    assert not system.asked


def test_it_stays_where_nobody_else_is(monkeypatch):
    system = System(monkeypatch)
    thread, gate = sleep_and_wake()
    system.core = 2
    end(thread, gate)
    assert not system.asked


def test_it_stays_for_a_single_operation(monkeypatch):
    system = System(monkeypatch)
    end(*sleep_and_wake(busy=False))
    assert not system.asked
    assert not seats.wakers


def test_it_stays_where_it_has_no_choice(monkeypatch):
    system = System(monkeypatch, [HERE])
    end(*sleep_and_wake())
    assert not system.asked


def test_what_the_system_refuses_is_let_be(monkeypatch):
    System(monkeypatch)

    def refuse(number, cores):
        raise OSError("no such core any more")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    end(*sleep_and_wake())


def test_who_was_woken_by_nobody_stays(monkeypatch):
    system = System(monkeypatch)
    seats.woken(True)
    seats.waking(threading.current_thread())  # as one thread stands for several
    seats.woken(True)
    seats.waking(threading.Thread())  # it was never started
    assert not system.asked
    assert not seats.wakers


def test_systems_that_tell_no_core_are_left_alone(monkeypatch):
    system = System(monkeypatch)
    system.core = seats.NOT_TOLD
    end(*sleep_and_wake())
    assert not system.asked
    monkeypatch.delattr(os, "sched_setaffinity")
    assert seats._teller()() == seats.NOT_TOLD


def test_who_helps_with_a_program_leaves_the_core_of_its_owner(monkeypatch):
    system = System(monkeypatch)
    helped = threading.Event()
    with ThreadedEngine(1, inline_below_us=0) as engine:
        program = ParallelProgram(
            [lambda: helped.wait(TIMEOUT), helped.set], "ab", [[0], [1]]
        )
        program.offer_on(engine, "cpu")
        program()
    assert helped.is_set()
    assert {0, 2, 3} in system.asked


def test_an_owner_leaves_the_core_on_which_help_would_start(monkeypatch):
    system = System(monkeypatch)
    done = []
    with ThreadedEngine(1, inline_below_us=0) as engine:
        program = ParallelProgram([lambda: done.append(1)] * 2, "ab", [[0], [1]])
        program.offer_on(engine, "cpu")
        program()
        engine.wait_all(TIMEOUT)  # whoever helps, or comes too late, has been there
        system.asked.clear()
        program._crew.spread()
    assert system.asked == [{0, 2, 3}, {0, 1, 2, 3}]


def test_workers_may_use_every_core(monkeypatch):
    if not hasattr(os, "sched_getaffinity"):
        System(monkeypatch)
    seen = []
    mine = os.sched_getaffinity(0)
    with ThreadedEngine(1, inline_below_us=0) as engine:
        var = engine.new_variable()
        for _ in range(20):
            engine.push(lambda: seen.append(os.sched_getaffinity(0)), (), [var])
            engine.wait_all(TIMEOUT)
    assert seen == [mine] * 20
    assert os.sched_getaffinity(0) == mine
