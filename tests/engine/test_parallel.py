import _thread
import contextlib
import gc
import queue
import random
import threading
import weakref
from functools import partial

import pytest

from dataflow_engine import NaiveEngine, ParallelProgram, ThreadedEngine, Tracer
from tests.engine.helpers import PATIENCE, Broken, raiser


class Division:
    """A random program whose callables check that what they need was done."""

    def __init__(self, seed, parts, breaks=0.0):
        rng = random.Random(seed)
        count = rng.randint(parts, 24)
        self.needs = [
            rng.sample(range(i), rng.randint(0, min(i, 3))) for i in range(count)
        ]
        self.part_of = [rng.randrange(parts) for _ in range(count)]
        self.lists = [
            [i for i in range(count) if self.part_of[i] == p] for p in range(parts)
        ]
        self.edges = [
            (j, i)
            for i in range(count)
            for j in self.needs[i]
            if self.part_of[i] != self.part_of[j]
        ]
        self.broken = {i for i in range(count) if rng.random() < breaks}
        self.done = [0] * count
        self.round = 0
        self.wrong = []

    def program(self, **options):
        count = len(self.needs)
        calls = [partial(self.call, i) for i in range(count)]
        names = [str(i) for i in range(count)]
        return ParallelProgram(calls, names, self.lists, self.edges, **options)

    def call(self, number):
        if number in self.broken:
            raise Broken(number)
        wanted = self.round if not self.broken else self.done[number] + 1
        self.done[number] += 1
        if any(self.done[i] < wanted for i in self.needs[number]) and not self.broken:
            self.wrong.append(number)


def run_in(engine, program, rounds=1, division=None):
    var = engine.new_variable()
    operation = engine.operation(program, (), (var,))
    for _ in range(rounds):
        if division is not None:
            division.round += 1
        engine.push(operation)
        engine.wait_for(var, PATIENCE)


@pytest.mark.parametrize("parts", [2, 3, 4])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_every_callable_once_and_in_order(workers, parts, frantic):
    with ThreadedEngine(workers) as engine:
        for seed in range(12):
            division = Division(seed, parts)
            program = division.program()
            program.offer_on(engine, "cpu")
            run_in(engine, program, 12, division)
            assert division.wrong == []
            assert division.done == [12] * len(division.needs)


def test_alone_it_keeps_its_order():
    for seed in range(20):
        division = Division(seed, 3)
        program = division.program()
        for _ in range(3):
            division.round += 1
            program()
        assert division.wrong == []
        assert division.done == [3] * len(division.needs)
        done = {number: at for at, number in enumerate(program.order)}
        assert all(done[i] < done[j] for i, j in division.edges)


class Rendezvous:
    """Two callables that can only both end in two threads."""

    def __init__(self):
        self.met = threading.Barrier(2)
        self.threads = {}

    def __call__(self, name):
        self.threads[name] = threading.current_thread()
        self.met.wait(PATIENCE)


def test_an_idle_worker_helps(engine):
    meet = Rendezvous()
    calls = [partial(meet, "a"), partial(meet, "b")]
    program = ParallelProgram(calls, "ab", [[0], [1]])
    program.offer_on(engine, "cpu")
    run_in(engine, program, 20)
    assert meet.threads["a"] is not meet.threads["b"]


def test_a_waiting_thread_helps(single):
    meet = Rendezvous()
    calls = [partial(meet, "a"), partial(meet, "b")]
    program = ParallelProgram(calls, "ab", [[0], [1]])
    program.offer_on(single, "cpu")
    var = single.new_variable()
    operation = single.operation(program, (), (var,))
    for _ in range(20):
        single.push(operation)
        # Without a deadline: what may take long is not taken by one that has one.
        single.wait_for(var)
        assert threading.main_thread() in meet.threads.values()


def test_values_pass_both_ways_in_one_run(engine):
    log = []
    started = threading.Event()

    def first():
        assert started.wait(PATIENCE)
        log.append(0)

    def second():
        started.set()

    calls = [first, second, *(partial(log.append, i) for i in range(2, 6))]
    edges = [(0, 2), (2, 3), (3, 4), (4, 5)]
    parts = [[0, 3, 5], [1, 2, 4]]
    program = ParallelProgram(calls, "abcdef", parts, edges)
    program.offer_on(engine, "cpu")
    for _ in range(20):
        log.clear()
        started.clear()
        run_in(engine, program)
        assert log == [0, 2, 3, 4, 5]


def test_parts_must_hold_everything_once():
    with pytest.raises(ValueError, match="each of 2 callables once"):
        ParallelProgram([print, print], "ab", [[0], [0]])
    with pytest.raises(ValueError, match="each of 2 callables once"):
        ParallelProgram([print, print], "ab", [[0], []])


def test_parts_that_would_wait_for_each_other_are_refused():
    with pytest.raises(ValueError, match="wait for each other"):
        ParallelProgram([print] * 4, "abcd", [[0, 1], [2, 3]], [(1, 2), (3, 0)])


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("failing", [0, 1])
def test_a_failure_in_either_part_is_named_and_forgotten(engine, failing, traced):
    def blame(index, error):
        return LookupError(f"callable {index}: {error}")

    engine.tracer = Tracer() if traced else None
    faulty = [True]
    met = threading.Barrier(2)
    later = []

    def work(number):
        met.wait(PATIENCE)
        if faulty[0] and number == failing:
            raise Broken("why")

    calls = [partial(work, 0), partial(work, 1)]
    calls += [partial(later.append, 2), partial(later.append, 3)]
    # Whatever fails, somebody waits for it at that moment or later.
    edges = [(0, 3), (1, 2)]
    program = ParallelProgram(calls, "abcd", [[0, 2], [1, 3]], edges, blame)
    program.offer_on(engine, "cpu")
    for _ in range(10):
        faulty[0] = True
        later.clear()
        with pytest.raises(LookupError, match=f"callable {failing}: why") as caught:
            run_in(engine, program)
        assert isinstance(caught.value.__cause__, Broken)
        assert (3 if failing == 0 else 2) not in later
        faulty[0] = False
        later.clear()
        run_in(engine, program)
        assert sorted(later) == [2, 3]


def test_the_first_of_several_failures_is_reported(engine):
    met = threading.Barrier(2)

    def fail(number):
        met.wait(PATIENCE)
        raise Broken(number)

    calls = [partial(fail, 0), partial(fail, 1)]
    for parts in ([[0], [1]], [[1], [0]]):
        program = ParallelProgram(calls, "ab", parts, on_error=lambda i, e: KeyError(i))
        program.offer_on(engine, "cpu")
        for _ in range(10):
            with pytest.raises(KeyError, match="0"):
                run_in(engine, program)


@pytest.fixture
def three():
    """A threaded engine with three workers."""
    engine = ThreadedEngine(3)
    yield engine
    engine.close(drain=False, timeout=10)


def test_who_waits_for_a_part_that_is_not_gone_on_with_is_let_go(three):
    """A helper fails before the owner has begun what the other helper waits for."""

    def until_it_has_failed():
        end = program._crew.parts.ends[1]
        assert end.acquire(timeout=PATIENCE)
        end.release()

    calls = [until_it_has_failed, int, raiser("early"), int]
    parts, edges = [[0, 1], [2], [3]], [(2, 1), (1, 3)]
    program = ParallelProgram(calls, "abcd", parts, edges)
    program.offer_on(three, "cpu")
    for _ in range(10):
        with pytest.raises(Broken, match="early"):
            run_in(three, program)


def test_random_failures_leave_a_program_that_can_be_replayed(engine, frantic):
    for seed in range(60):
        division = Division(seed, 3, breaks=0.15)
        program = division.program()
        program.offer_on(engine, "cpu")
        broken = division.broken.copy()
        for _ in range(4):
            if broken:
                with pytest.raises(Broken):
                    run_in(engine, program)
            division.broken.clear()
            division.done = [0] * len(division.needs)
            division.round = 0
            run_in(engine, program, 2, division)
            assert division.wrong == []
            assert division.done == [2] * len(division.needs)
            division.broken |= broken


@pytest.mark.parametrize("where", [0, 1])
def test_an_interrupt_in_either_part_stops_all(engine, where):
    met = threading.Barrier(2)
    interrupts = [True]

    def work(number):
        met.wait(PATIENCE)
        if interrupts[0] and number == where:
            raise KeyboardInterrupt

    calls = [partial(work, 0), partial(work, 1), int, int]
    program = ParallelProgram(calls, "abcd", [[0, 2], [1, 3]], [(0, 3), (1, 2)])
    program.offer_on(engine, "cpu")
    for _ in range(10):
        interrupts[0] = True
        with pytest.raises(KeyboardInterrupt):
            run_in(engine, program)
        interrupts[0] = False
        run_in(engine, program)
    with contextlib.suppress(KeyboardInterrupt):  # also raised where it hit
        engine.wait_all(PATIENCE)


class Helpers:
    """Stands for an engine: what is pushed, threads call at once.

    Unlike an engine it can be interrupted anywhere.
    """

    def __init__(self, count):
        self.queue = queue.SimpleQueue()
        self.push = self.queue.put
        self.threads = [
            threading.Thread(target=self.work, daemon=True) for _ in range(count)
        ]
        for thread in self.threads:
            thread.start()

    def operation(self, function, **_):
        return function

    def work(self):
        while (function := self.queue.get()) is not None:
            function()

    def close(self):
        for _ in self.threads:
            self.push(None)
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_real_interrupts_at_any_moment(frantic):
    draw = random.Random(0)
    division = Division(5, 3)
    program = division.program()
    helpers = Helpers(2)
    program.offer_on(helpers, "cpu")
    hits = 0
    for _ in range(150):
        division.wrong.clear()
        sender = threading.Timer(draw.random() * 1e-3, _thread.interrupt_main)
        try:
            try:
                sender.start()
                program()
            finally:
                sender.join(PATIENCE)
                assert not sender.is_alive()  # so that it has come by now
        except KeyboardInterrupt:
            hits += 1
        division.done = [0] * len(division.needs)
        division.round = 1
        program()
        assert division.wrong == []
        assert division.done == [1] * len(division.needs)
    helpers.close()
    assert hits > 0


def test_two_programs_share_the_workers(engine, frantic):
    divisions = [Division(seed, 3) for seed in range(6)]
    variables = [engine.new_variable() for _ in divisions]
    operations = []
    for division, var in zip(divisions, variables, strict=True):
        program = division.program()
        program.offer_on(engine, "cpu")

        def run(division=division, program=program):
            division.round += 1
            program()

        operations.append(engine.operation(run, (), (var,)))
    for _ in range(150):
        for operation in operations:
            engine.push(operation)
    engine.wait_all(60)
    for division in divisions:
        assert division.wrong == []
        assert division.done == [150] * len(division.needs)


def test_other_engines_run_it_alone():
    with NaiveEngine() as engine:
        division = Division(3, 3)
        program = division.program()
        program.offer_on(engine, "cpu")
        run_in(engine, program, 3, division)
        assert division.wrong == []
        assert division.done == [3] * len(division.needs)


def test_a_busy_lane_helps_nobody(single):
    """What is queued before the offer goes first, and nothing waits for it."""
    division = Division(3, 2)
    program = division.program()
    program.offer_on(single, "cpu")
    var, log = single.new_variable(), []

    def busy():
        log.append("other")

    def run():
        division.round += 1
        program()

    for _ in range(20):
        single.push(run, (), (var,))
        single.push(busy)
    single.wait_all(PATIENCE)
    assert division.done == [20] * len(division.needs)
    assert len(log) == 20


def test_slices_stand_on_the_thread_that_ran_them(engine):
    meet = Rendezvous()
    calls = [partial(meet, "a"), partial(meet, "b"), int]
    program = ParallelProgram(
        calls, "abc", [[0, 2], [1]], [(1, 2)], details=lambda i: {"number": i}
    )
    program.offer_on(engine, "cpu")
    engine.tracer = tracer = Tracer()
    run_in(engine, program)
    engine.wait_all(PATIENCE)
    engine.tracer = None
    slices = {s.name: s for s in tracer.slices() if s.category == "operator"}
    assert sorted(slices) == ["a", "b", "c"]
    assert slices["a"].thread == meet.threads["a"].name
    assert slices["b"].thread == meet.threads["b"].name
    assert slices["c"].thread == slices["a"].thread
    assert [slices[name].details["number"] for name in "abc"] == [0, 1, 2]
    assert slices["c"].start_ns >= slices["b"].start_ns + slices["b"].duration_ns


def test_what_runs_a_part_elsewhere_is_wrapped(engine):
    meet, wrapped = Rendezvous(), []

    def within(run):
        def call():
            wrapped.append(threading.current_thread())
            run()

        return call

    calls = [partial(meet, "a"), partial(meet, "b")]
    program = ParallelProgram(calls, "ab", [[0], [1]], within=within)
    program.offer_on(engine, "cpu")
    run_in(engine, program)
    assert wrapped == [meet.threads["b"]]


def test_it_fails_like_a_serial_program_when_alone():
    program = ParallelProgram([int, raiser("x"), int], "abc", [[0], [1, 2]])
    with pytest.raises(Broken, match="x"):
        program()


def test_a_dropped_program_frees_its_callables(engine):
    class Held:
        def __call__(self):
            pass

    held = Held()
    program = ParallelProgram([held, int], "ab", [[0], [1]])
    program.offer_on(engine, "cpu")
    run_in(engine, program)
    engine.wait_all(PATIENCE)
    gc.collect()
    gc.disable()
    try:
        seen = weakref.ref(held)
        del held, program
        assert seen() is None
    finally:
        gc.enable()
