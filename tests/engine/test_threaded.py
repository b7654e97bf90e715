import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest

from dataflow_engine import (
    EngineClosed,
    EngineError,
    ThreadedEngine,
    WaitTimeout,
    lanes,
)
from dataflow_engine.census import Census
from dataflow_engine.workers import Agent
from tests.engine.helpers import PATIENCE, Broken, Gate, raiser


@pytest.fixture
def gate():
    """A gate that is open at the end, whatever happens."""
    gate = Gate()
    yield gate
    gate.open()


def test_independent_operations_run_side_by_side(engine):
    meeting = threading.Barrier(2)
    variables = [engine.new_variable() for _ in range(2)]
    for var in variables:
        engine.push(lambda: meeting.wait(PATIENCE), (), (var,))
    for var in variables:
        engine.wait_for(var, PATIENCE)


def test_readers_run_side_by_side(engine):
    meeting, var = threading.Barrier(2), engine.new_variable()
    for _ in range(2):
        engine.push(lambda: meeting.wait(PATIENCE), (var,), ())
    engine.wait_all(PATIENCE)


def test_lanes_have_workers_of_their_own(single):
    """One worker each, yet operations of two lanes meet."""
    meeting = threading.Barrier(2)
    threads = []

    def meet():
        threads.append(threading.current_thread().name)
        meeting.wait(PATIENCE)

    for lane in ("cpu", "cpu:1"):
        single.push(meet, lane=lane)
    single.wait_all(PATIENCE)
    assert sorted(threads) == ["dataflow-cpu-0", "dataflow-cpu:1-0"]


def test_workers_start_lazily():
    with ThreadedEngine(3) as engine:
        assert engine.statistics().lanes == {}
        engine.push(lambda: None)
        engine.wait_all(PATIENCE)
        assert engine.statistics().lanes["cpu"].workers == 1


def test_waits_time_out_and_what_they_awaited_goes_on(engine, gate):
    var = engine.new_variable("slow")
    engine.push(gate, (), (var,))
    gate.wait_entered()
    with pytest.raises(WaitTimeout, match="slow"):
        engine.wait_for(var, 0.01)
    with pytest.raises(TimeoutError):
        engine.wait_all(timeout=0.01)
    with pytest.raises(WaitTimeout):
        engine.wait_for(var, 0)
    gate.open()
    engine.wait_for(var, PATIENCE)


def test_a_wait_with_a_deadline_does_not_run_what_may_never_end(single, gate):
    second = Gate()
    single.push(gate)
    gate.wait_entered()
    var = single.new_variable()
    single.push(second, (), (var,))  # queued: the only worker is held
    with pytest.raises(WaitTimeout):
        single.wait_for(var, 0.01)
    assert not second.entered.is_set()
    second.open()
    gate.open()
    single.wait_all(PATIENCE)


def test_a_wait_without_a_deadline_helps(single, gate):
    single.push(gate)
    gate.wait_entered()
    var, threads = single.new_variable(), []
    for lane in ("cpu", "cpu:1"):
        single.push(
            lambda: threads.append(threading.current_thread().name),
            (),
            (var,),
            lane=lane,
        )
    single.wait_for(var)
    assert threads[0] == threading.current_thread().name


def test_a_wait_with_a_deadline_helps_with_what_surely_ends(single, gate):
    single.push(gate)
    gate.wait_entered()
    var, threads = single.new_variable(), []
    single.push(
        lambda: threads.append(threading.current_thread()), (), (var,), cost=50.0
    )
    single.wait_for(var, PATIENCE)
    assert threads == [threading.current_thread()]


def test_nested_waits_help_with_every_worker_inside_one(single):
    """Deeper than there are workers: each wait has to run the next level."""
    reached = []

    def level(left):
        if left:
            var = single.new_variable()
            single.push(lambda: level(left - 1), (), (var,))
            single.wait_for(var, PATIENCE)
        reached.append(left)

    var = single.new_variable()
    single.push(lambda: level(20), (), (var,))
    single.wait_for(var, PATIENCE)
    assert reached == list(range(21))


def test_a_wake_taken_by_a_wait_inside_is_not_missed(single, gate, monkeypatch):
    """The last look before parking runs what waits itself, and has a follower."""
    awaited, seen, helped = (single.new_variable() for _ in range(3))
    single.push(gate, (), (awaited,))
    gate.wait_entered()  # the only worker is held

    def waits_inside():
        gate.open()
        single.push(lambda: None, (awaited,), (seen,))  # the worker goes on with it
        single.wait_for(seen)

    single.push(waits_inside, (), (helped,), cost=50.0)
    single.push(lambda: None, (helped,), (), cost=50.0)
    (lane,) = single._places.cpu.values()
    peek, looks = lane.peek, []

    def look_twice():
        looks.append(1)
        return peek() if len(looks) > 1 else None

    monkeypatch.setattr(lane, "peek", look_twice)
    start = time.monotonic()
    single.wait_for(awaited, PATIENCE)
    assert time.monotonic() - start < PATIENCE / 2


def test_small_backlogs_are_run_without_a_wait(single):
    """Nobody is woken for them, yet a worker that lingers finds them."""
    done = threading.Event()
    single.push(lambda: None)
    single.wait_all(PATIENCE)

    def outer():
        single.push(done.set, cost=0.5)

    single.push(outer)
    assert done.wait(PATIENCE)
    done.clear()
    with ThreadedEngine(1, inline_below_us=0.0) as engine:
        for _ in range(3):
            engine.push(done.set, cost=0.5)
            assert done.wait(PATIENCE)
            done.clear()


def test_small_backlogs_are_run_while_every_worker_waits(gate):
    """Another one stands in for a worker that waits inside an operation."""
    with ThreadedEngine(1, inline_below_us=0.0) as engine:
        var, done = engine.new_variable(), threading.Event()
        engine.push(gate, (), (var,), lane="cpu:1")
        gate.wait_entered()
        engine.push(lambda: engine.wait_for(var))
        deadline = time.monotonic() + PATIENCE
        while not engine._places.cpu["cpu"].absent:  # the worker has begun to wait
            assert time.monotonic() < deadline
        for _ in range(3):
            engine.push(done.set, cost=0.5)
            assert done.wait(PATIENCE)
            done.clear()
        gate.open()


def test_a_lane_that_sleeps_is_always_woken(monkeypatch):
    monkeypatch.setattr(lanes, "LINGER_ROUNDS", 0)
    with ThreadedEngine(1, inline_below_us=0.0) as engine:
        done = threading.Event()
        for _ in range(50):
            engine.push(done.set, cost=0.5)
            assert done.wait(PATIENCE)
            done.clear()


@pytest.mark.usefixtures("frantic")
def test_sleeping_and_pushing_race(monkeypatch):
    monkeypatch.setattr(lanes, "LINGER_ROUNDS", 1)
    monkeypatch.setattr(lanes, "LINGER_SECONDS", 1e-5)
    with ThreadedEngine(2, inline_below_us=0.0) as engine:
        done = threading.Event()
        for _ in range(500):
            engine.push(done.set, cost=0.5)
            assert done.wait(PATIENCE)
            done.clear()


def test_priority_goes_first(single, gate):
    log = []
    single.push(gate)
    gate.wait_entered()
    for priority in (0, -1, 5, 0, 2):
        single.push(lambda p=priority: log.append(p), priority=priority)
    gate.open()
    single.wait_all(PATIENCE)
    assert log == [5, 2, 0, 0, -1]


def test_the_traceback_is_that_of_the_operation(engine):
    var = engine.new_variable()
    engine.push(raiser("deep"), (), (var,))
    with pytest.raises(Broken) as caught:
        engine.wait_for(var, PATIENCE)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert frames[-1].name == "fail"
    lengths = []
    for _ in range(2):
        with pytest.raises(Broken) as caught:
            engine.wait_for(var, PATIENCE)
        lengths.append(len(traceback.extract_tb(caught.value.__traceback__)))
    assert lengths[0] == lengths[1]


def test_dump_names_what_runs_what_waits_and_what_is_poisoned(single, gate):
    var = single.new_variable("bad")
    single.push(raiser("why"), (), (var,))
    with pytest.raises(Broken):
        single.wait_for(var, PATIENCE)
    single.push(gate, name="holder")
    gate.wait_entered()
    single.push(lambda: None, name="next in line")
    text = single.dump()
    assert "thread dataflow-cpu-0 runs holder" in text
    assert "queued next in line" in text
    assert "poisoned <Var bad" in text
    assert single.statistics().queued == 1
    gate.open()
    single.wait_all(PATIENCE)


def test_statistics_survive_threads_that_end(engine):
    def push_some():
        for _ in range(10):
            engine.push(lambda: None, cost=1.0)

    for _ in range(5):
        thread = threading.Thread(target=push_some)
        thread.start()
        thread.join(PATIENCE)
    engine.wait_all(PATIENCE)
    counts = engine.statistics()
    assert (counts.pushed, counts.completed, counts.inline) == (50, 50, 50)
    assert len(list(engine._census)) <= 4


class Starting(threading.Thread):
    """A thread in the middle of its start: it has an ident, but is not alive yet."""

    ident = 1

    def is_alive(self):
        return False


@pytest.mark.parametrize("thread", [threading.Thread(), Starting()])
def test_a_worker_that_is_about_to_start_is_counted(thread):
    """It is enrolled before it is alive; once it was taken for one that ended."""
    census = Census()
    worker = Agent(thread, worker=True)
    census.enroll(worker)
    census.agent()
    worker.completed = 3
    assert census.completed() == 3


def test_close_drains(gate):
    engine, log = ThreadedEngine(1), []
    var = engine.new_variable()
    engine.push(gate, (), (var,))
    engine.push(lambda: log.append(1), (var,), ())
    gate.open()
    engine.close(timeout=PATIENCE)
    assert log == [1]
    assert all(
        not t.name.startswith("dataflow") or not t.is_alive() for t in workers(engine)
    )


def workers(engine):
    return [a.thread for lane in engine._places.cpu.values() for a in lane.workers]


def test_close_without_drain_poisons_what_has_not_started(gate):
    engine, log = ThreadedEngine(1), []
    first, second = engine.new_variable(), engine.new_variable()
    engine.push(gate, (), (first,))
    gate.wait_entered()
    engine.push(lambda: log.append(1), (first,), (second,))
    opener = threading.Timer(0.05, gate.open)
    opener.start()
    engine.close(drain=False, timeout=PATIENCE)
    opener.join()
    engine.wait_for(first, PATIENCE)
    with pytest.raises(EngineClosed):
        engine.wait_for(second, PATIENCE)
    assert log == []
    assert not any(thread.is_alive() for thread in workers(engine))


@pytest.mark.parametrize("drain", [True, False])
def test_close_is_bounded(gate, drain):
    engine = ThreadedEngine(1)
    var = engine.new_variable()
    engine.push(gate, (), (var,))
    gate.wait_entered()
    engine.push(lambda: None, (), (var,))
    with pytest.raises(WaitTimeout):
        engine.close(drain=drain, timeout=0.01)
    gate.open()
    with pytest.raises(EngineClosed):
        engine.wait_for(var, PATIENCE)


def test_close_inside_an_operation_is_refused(engine):
    engine.push(engine.close)
    with pytest.raises(EngineError, match="waits for itself"):
        engine.wait_all(PATIENCE)


def test_close_logs_what_nobody_saw(caplog):
    engine = ThreadedEngine(1)
    engine.push(raiser("lost"), name="loser")
    engine.close(timeout=PATIENCE)
    assert "loser" in caplog.text
    assert "lost" in caplog.text


def test_ctrl_c_in_a_waiter_leaves_the_engine_usable(single, gate):
    var = single.new_variable()
    single.push(gate, (), (var,))
    gate.wait_entered()
    timer = threading.Timer(
        0.05, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT]
    )
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        single.wait_for(var, PATIENCE)
    timer.join()
    gate.open()
    single.wait_for(var, PATIENCE)


def test_ctrl_c_in_an_operation_that_the_waiter_runs_reaches_the_waiter(single, gate):
    single.push(gate)
    gate.wait_entered()
    hit, free = single.new_variable(), single.new_variable()
    single.push(lambda: signal.raise_signal(signal.SIGINT), (), (hit,))
    single.push(lambda: None, (), (free,))
    with pytest.raises(KeyboardInterrupt):
        single.wait_for(free)
    single.wait_for(free)
    with pytest.raises(KeyboardInterrupt):
        single.wait_for(hit, PATIENCE)
    gate.open()
    single.wait_all(PATIENCE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_goes_on_without_what_was_pending(single, gate):
    done, lost, after = (single.new_variable() for _ in range(3))
    single.push(lambda: None, (), (done,))
    single.wait_for(done, PATIENCE)
    single.push(gate, (), (lost,))
    gate.wait_entered()
    child = os.fork()
    if child == 0:
        os._exit(check_child(single, done, lost, after))
    gate.open()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    single.wait_for(lost, PATIENCE)


def check_child(engine, done, lost, after):
    """Return 0 if all is well; the number of the step that failed otherwise."""
    log = []
    try:
        engine.wait_for(done, PATIENCE)
    except BaseException:
        return 1
    try:
        engine.wait_for(lost, PATIENCE)
    except EngineError as error:
        if "forked" not in str(error):
            return 2
    else:
        return 3
    engine.push(lambda: log.append(1), (), (after,))
    engine.push(lambda: log.append(2), (), (lost,))
    engine.wait_for(after, PATIENCE)
    engine.wait_for(lost, PATIENCE)
    engine.wait_all(PATIENCE)
    counts = engine.statistics()
    if sorted(log) != [1, 2] or (counts.pushed, counts.completed) != (2, 2):
        return 4
    engine.close(timeout=PATIENCE)
    return 0


SCRIPT = """
from dataflow_engine import ThreadedEngine
engine = ThreadedEngine(1)
var = engine.new_variable()
for number in range(3):
    engine.push(lambda n=number: print(n), (), (var,))
"""


def test_the_interpreter_drains_at_exit():
    folder = Path(sys.modules["dataflow_engine"].__file__).parents[1]
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert result.stdout.split() == ["0", "1", "2"]
    assert result.stderr == ""


def test_a_late_wake_leaves_no_double_in_the_stack(single):
    single.push(lambda: None)
    single.wait_all(PATIENCE)
    (lane,) = single._places.cpu.values()
    (worker,) = lane.workers
    for _ in range(100):
        worker.wake()  # without having been unparked
        single.push(lambda: None)
        single.wait_all(PATIENCE)
        assert lane.parked.count(worker) <= 1


@pytest.mark.usefixtures("frantic")
def test_small_operations_cross_lanes_without_delay(single):
    """A hop that waited for a lingering worker would take 20 ms each."""
    var, log = single.new_variable(), []
    for number in range(2000):
        single.push(
            lambda n=number: log.append(n),
            (),
            (var,),
            lane=f"cpu:{number % 2}",
            cost=1.0,
        )
    single.wait_for(var, PATIENCE)
    assert log == list(range(2000))


@pytest.mark.usefixtures("frantic")
def test_many_threads_wait_and_push(engine):
    """Waiters with and without deadlines, helping each other out."""
    total = [0] * 6
    errors = []

    def user(me):
        try:
            var = engine.new_variable()
            shared = variables[me % 2]

            def bump():
                total[me] += 1

            for number in range(300):
                cost = (None, 1.0, 30.0)[number % 3]
                engine.push(bump, (shared,), (var,), cost=cost)
                if number % 7 == 0:
                    engine.push(lambda: None, (), (shared,), cost=cost)
                if number % 5 == 0:
                    engine.wait_for(var, None if number % 2 else PATIENCE)
            engine.wait_for(var)
        except BaseException as error:
            errors.append(error)

    variables = [engine.new_variable() for _ in range(2)]
    threads = [threading.Thread(target=user, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert errors == []
    assert total == [300] * 6
    engine.wait_all(PATIENCE)
