"""The io lane: asynchronous operations on the loop thread."""

import os
import subprocess
import sys
import threading
import traceback
import weakref
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import trio

from dataflow_engine import (
    EngineClosed,
    EngineError,
    OperationTimeout,
    Plan,
    ThreadedEngine,
    Tracer,
    WaitTimeout,
    trio_runtime,
)
from tests.engine.helpers import (
    PATIENCE,
    AsyncGate,
    Broken,
    Gate,
    awaiting_raiser,
    checkpoints,
    raiser,
)


async def nothing():
    pass


class Callable:
    async def __call__(self):
        pass

    async def method(self):
        pass


def test_asynchronous_and_plain_operations_keep_the_order_of_the_variable(any_engine):
    var, log = any_engine.new_variable(), []

    async def wait_first(number):
        await checkpoints(number % 3)
        log.append(number)

    for number in range(60):
        function = wait_first if number % 2 else log.append
        any_engine.push(partial(function, number), (), (var,))
    any_engine.wait_for(var, PATIENCE)
    assert log == list(range(60))
    assert var.version == 60


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (nothing, "nothing"),
        (Callable(), "Callable"),
        (Callable().method, "method"),
        (partial(checkpoints, 2), "checkpoints"),
        (partial(Callable()), "Callable"),
    ],
)
@pytest.mark.parametrize("lane", ["cpu", "cpu:1", "io"])
def test_whatever_is_to_be_awaited_goes_to_the_io_lane(
    any_engine, function, name, lane
):
    var = any_engine.new_variable()
    operation = any_engine.operation(function, (), (var,), lane=lane, cost=1.0)
    assert repr(operation) == f"<Operation {name} on io>"
    any_engine.push(operation)
    any_engine.wait_for(var, PATIENCE)
    assert var.version == 1


def test_what_only_an_asynchronous_function_can_be_given(any_engine):
    with pytest.raises(EngineError, match="<lambda> is a plain function and would"):
        any_engine.push(lambda: None, lane="io")
    with pytest.raises(EngineError, match=r"only an `async def` can have a timeout"):
        any_engine.operation(partial(print), timeout=1)
    with pytest.raises(ValueError, match="not negative"):
        any_engine.operation(nothing, timeout=-1)
    with pytest.raises(EngineError, match="no lane"):
        any_engine.operation(nothing, lane="tpu")
    assert any_engine.statistics().pushed == 0


def test_operations_wait_side_by_side(engine):
    """All of them have to be inside before the first may end."""
    count = 3 * trio_runtime.SLEEPERS
    arrived, everybody = [], trio.Event()

    async def meet():
        arrived.append(1)
        if len(arrived) % count == 0:
            everybody.set()
        with trio.fail_after(PATIENCE):
            await everybody.wait()

    plan = Plan(engine.operation(meet) for _ in range(count))
    for _ in range(3):
        everybody = trio.Event()
        engine.replay(plan)
        engine.wait_all(PATIENCE)
    assert len(arrived) == 3 * count


def test_others_get_turns_among_many_that_never_wait(engine):
    """Operations that end at once do not keep the loop from its other tasks."""
    turns, first = [], engine.new_variable()

    async def count_until(stop):
        while not stop.is_set():
            turns.append(1)
            await trio.lowlevel.checkpoint()

    gate, stop = AsyncGate(), threading.Event()
    engine.push(gate, (), (first,))
    gate.wait_entered()
    engine.push(partial(count_until, stop))
    for _ in range(20 * trio_runtime.TURNS):
        engine.push(nothing, (first,))
    seen = []

    async def look():
        seen.append(len(turns))

    engine.push(look, (first,), priority=1)
    engine.push(look, (first,), priority=-1)
    gate.open()
    engine.wait_for(first, PATIENCE)
    engine.push(stop.set, (), (first,))
    engine.wait_all(PATIENCE)
    assert seen[1] - seen[0] >= 10


@pytest.mark.parametrize("place", [0, 1, 50, *range(95, 103)])
def test_an_operation_that_waits_holds_up_nobody(place):
    """Wherever it stands in the queue: the last one lets it go on."""
    count = trio_runtime.TURNS + 10
    for _ in range(5):
        with ThreadedEngine(1) as engine:
            gate, last, first = AsyncGate(), trio.Event(), engine.new_variable()
            functions = [nothing] * count
            functions[place], functions[-1] = last.wait, partial(set_event, last)
            engine.push(gate, (), (first,))
            gate.wait_entered()
            for function in functions:
                engine.push(function, (first,))
            gate.open()
            engine.wait_all(PATIENCE)


async def set_event(event):
    event.set()


@pytest.mark.parametrize(
    "error",
    [
        Broken("boxed"),
        SystemExit("boxed"),
        KeyboardInterrupt("boxed"),
        GeneratorExit("boxed"),
        BaseExceptionGroup("boxed", [Broken()]),
        trio.TooSlowError("boxed"),
    ],
)
@pytest.mark.parametrize("waits", [False, True])
def test_a_failure_poisons_and_the_loop_lives_on(any_engine, error, waits):
    var, other, log = any_engine.new_variable(), any_engine.new_variable(), []

    async def fail_at_once():
        raise error

    any_engine.push(awaiting_raiser(error) if waits else fail_at_once, (), (var,))
    any_engine.push(partial(checkpoints, 1), (var,), (other,))
    any_engine.push(lambda: log.append("never"), (other,), ())
    for poisoned in (var, other):
        with pytest.raises(type(error), match="boxed") as caught:
            any_engine.wait_for(poisoned, PATIENCE)
        assert caught.value is error
    any_engine.push(nothing, (), (var,))
    any_engine.wait_for(var, PATIENCE)
    any_engine.wait_all(PATIENCE)
    assert log == []
    counts = any_engine.statistics()
    assert (counts.failed, counts.skipped, counts.completed) == (1, 2, 4)


@pytest.mark.parametrize("timeout", [None, PATIENCE])
def test_the_traceback_is_that_of_the_operation(engine, timeout):
    var = engine.new_variable()
    engine.push(awaiting_raiser(Broken()), (), (var,), timeout=timeout)
    for _ in range(2):
        with pytest.raises(Broken) as caught:
            engine.wait_for(var, PATIENCE)
        frames = [f.name for f in traceback.extract_tb(caught.value.__traceback__)]
        assert frames[-1] == "fail"
        assert frames.count("fail") == 1
        assert "_run" not in frames


def test_an_operation_is_cancelled_at_its_deadline(any_engine):
    var, after, log = any_engine.new_variable("v"), any_engine.new_variable(), []

    async def wait():
        try:
            await trio.sleep_forever()
        finally:
            log.append("cleaned up")

    any_engine.push(wait, (), (var,), timeout=0.001, name="sleeper")
    any_engine.push(lambda: log.append("never"), (var,), (after,))
    with pytest.raises(OperationTimeout, match=r"sleeper had not ended after 0.001 s"):
        any_engine.wait_for(var, PATIENCE)
    with pytest.raises(TimeoutError):
        any_engine.wait_for(after, PATIENCE)
    assert log == ["cleaned up"]
    any_engine.push(nothing, (), (var,), timeout=PATIENCE)
    any_engine.wait_for(var, PATIENCE)


def test_a_deadline_does_not_touch_what_runs_beside_it(engine):
    gate, slow, quick = AsyncGate(), engine.new_variable(), engine.new_variable()
    engine.push(gate, (), (slow,))
    gate.wait_entered()
    engine.push(trio.sleep_forever, (), (quick,), timeout=0)
    with pytest.raises(OperationTimeout):
        engine.wait_for(quick, PATIENCE)
    assert not gate.left.is_set()
    gate.open()
    engine.wait_for(slow, PATIENCE)


def test_the_loop_runs_no_plain_operation(engine):
    threads = {}

    def note(name):
        threads[name] = threading.current_thread().name

    async def push_cheap():
        engine.push(partial(note, "pushed there"), cost=0.0)
        note("asynchronous")

    var = engine.new_variable()
    for lane in ("cpu", "cpu:1"):
        engine.push(push_cheap, (), (var,))
        engine.push(partial(note, lane), (var,), (), cost=0.0, lane=lane)
    engine.wait_all(PATIENCE)
    assert threads.pop("asynchronous") == "dataflow-io"
    assert len(threads) == 3
    assert "dataflow-io" not in threads.values()


def test_what_would_block_the_loop_raises_instead(engine):
    var, gate, messages = engine.new_variable(), Gate(), []
    engine.push(gate, (), (var,))

    async def block():
        for wait in (
            lambda: engine.wait_for(var, PATIENCE),
            lambda: engine.run_async(nothing),
            lambda: engine.wait_all(PATIENCE),
            engine.close,
        ):
            with pytest.raises(EngineError) as caught:
                wait()
            messages.append(str(caught.value))

    other = engine.new_variable()
    engine.push(block, (), (other,))
    engine.wait_for(other, PATIENCE)
    gate.open()
    assert "await wait_for_async" in messages[0]
    assert "run_async inside an asynchronous operation" in messages[1]
    assert "wait_all inside an operation" in messages[2]
    assert "close inside an operation" in messages[3]
    engine.wait_for(var, PATIENCE)


def test_a_value_that_is_there_may_be_asked_for_on_the_loop(any_engine):
    var, other = any_engine.new_variable(), any_engine.new_variable()
    any_engine.push(lambda: None, (), (var,))
    any_engine.wait_for(var, PATIENCE)

    async def ask():
        any_engine.wait_for(var, PATIENCE)

    any_engine.push(ask, (var,), (other,))
    any_engine.wait_for(other, PATIENCE)


def test_waits_inside_an_operation(any_engine):
    log = []

    async def outer():
        var = any_engine.new_variable()
        any_engine.push(partial(log.append, "plain"), (), (var,), cost=0.1)
        await any_engine.wait_for_async(var)
        any_engine.push(inner, (), (var,))
        await any_engine.wait_for_async(var)
        any_engine.push(raiser("why"), (), (var,))
        with pytest.raises(Broken, match="why"):
            await any_engine.wait_for_async(var)
        log.append("outer")

    async def inner():
        await trio.lowlevel.checkpoint()
        log.append("inner")

    var = any_engine.new_variable()
    any_engine.push(outer, (), (var,))
    any_engine.wait_for(var, PATIENCE)
    assert log == ["plain", "inner", "outer"]


def test_waits_that_could_only_wait_for_themselves_raise(any_engine):
    a, b, messages = any_engine.new_variable(), any_engine.new_variable(), []

    async def wait(function, *arguments):
        with pytest.raises(EngineError, match="waits for itself") as caught:
            await function(*arguments)
        messages.append(str(caught.value))

    async def outer():
        any_engine.push(lambda: None, (a,), (b,))
        await wait(any_engine.wait_for_async, a)
        await wait(any_engine.wait_for_async, b)
        await wait(any_engine.wait_all_async)
        async with trio.open_nursery() as nursery:  # a task of the operation's own
            nursery.start_soon(wait, any_engine.wait_for_async, b)

    any_engine.push(outer, (), (a,))
    any_engine.wait_for(b, PATIENCE)
    any_engine.wait_all(PATIENCE)
    assert len(messages) == 4


def test_a_thread_of_an_operation_does_not_wait_for_it_either(engine):
    var, messages = engine.new_variable(), []

    def wait():
        for function in (lambda: engine.wait_for(var), engine.wait_all, engine.close):
            with pytest.raises(EngineError, match="waits for itself") as caught:
                function()
            messages.append(str(caught.value))

    engine.push(partial(trio.to_thread.run_sync, wait), (), (var,))
    engine.wait_for(var, PATIENCE)
    assert len(messages) == 3


def test_higher_priority_starts_first(engine):
    first, log = engine.new_variable(), []
    gate = AsyncGate()  # what waits for it is ready in one step of the loop
    engine.push(gate, (), (first,))
    gate.wait_entered()

    async def start(priority):
        log.append(priority)
        await trio.lowlevel.checkpoint()

    for priority in (0, -1, 5, 0, 2, 5):
        engine.push(partial(start, priority), (first,), (), priority=priority)
    gate.open()
    engine.wait_all(PATIENCE)
    assert log == [5, 5, 2, 0, 0, -1]


def test_dump_and_statistics_name_what_runs(engine):
    gates = [AsyncGate() for _ in range(2)]
    for number, gate in enumerate(gates):
        engine.push(gate, name=f"gate {number}")
        gate.wait_entered()
    lane = engine.statistics().lanes["io"]
    assert (lane.queued, lane.workers, lane.parked) == (0, 1, 0)
    assert sorted(lane.running) == ["gate 0", "gate 1"]
    text = engine.dump()
    assert "lane io: 0 queued, 1 of 1 workers, 0 parked" in text
    assert "  running gate 0" in text
    for gate in gates:
        gate.open()
    engine.wait_all(PATIENCE)
    assert engine.statistics().lanes["io"].running == ()


def test_one_slice_for_each_operation(any_engine):
    var = any_engine.new_variable()
    any_engine.tracer = tracer = Tracer()
    any_engine.push(partial(checkpoints, 2), (), (var,), name="good")
    any_engine.push(awaiting_raiser(Broken()), (), (var,), name="bad")
    with pytest.raises(Broken):
        any_engine.wait_for(var, PATIENCE)
    any_engine.tracer = None
    any_engine.push(nothing, (), (var,))
    any_engine.wait_for(var, PATIENCE)
    slices = [(s.name, s.category, s.lane) for s in tracer.slices()]
    assert slices == [("good", "operation", "io"), ("bad", "operation", "io")]


def test_slices_that_overlap_are_shown_on_threads_of_their_own(engine):
    gates = [AsyncGate() for _ in range(2)]
    engine.tracer = tracer = Tracer()
    for gate in gates:
        engine.push(gate)
        gate.wait_entered()
    for gate in gates:
        gate.open()
    engine.wait_all(PATIENCE)
    threads = sorted(s.thread for s in tracer.slices())
    assert threads == ["dataflow-io-0", "dataflow-io-1"]


class Payload:
    """Something that a weak reference can watch."""


def test_nothing_is_kept_alive_after_completion(any_engine):
    var, payload = any_engine.new_variable(), Payload()
    watch = weakref.ref(payload)

    async def use(payload):
        await trio.lowlevel.checkpoint()

    any_engine.push(partial(use, payload), (), (var,))
    any_engine.push(partial(checkpoints, 1), (var,), ())
    del payload
    any_engine.wait_for(var, PATIENCE)
    any_engine.wait_all(PATIENCE)
    assert watch() is None


def test_plans_hold_asynchronous_operations(any_engine):
    a, b, log = any_engine.new_variable(), any_engine.new_variable(), []

    async def write():
        await trio.lowlevel.checkpoint()
        log.append("a")

    plan = Plan(
        [
            any_engine.operation(write, (), (a,)),
            any_engine.operation(lambda: log.append("b"), (a,), (b,)),
        ]
    )
    for _ in range(10):
        any_engine.replay(plan)
    any_engine.wait_for(b, PATIENCE)
    assert log == ["a", "b"] * 10


@pytest.mark.usefixtures("frantic")
def test_many_threads_start_one_loop():
    for _ in range(20):
        with ThreadedEngine(1) as engine:
            barrier = threading.Barrier(4)

            def push(barrier=barrier, engine=engine):
                barrier.wait(PATIENCE)
                engine.push(nothing)

            threads = [threading.Thread(target=push) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
            engine.wait_all(PATIENCE)
            assert engine.statistics().completed == 4
            assert sum(agent.loop for agent in engine._census) == 1


# Running an asynchronous function from plain code


async def answer():
    await trio.lowlevel.checkpoint()
    return 42


def test_run_async_returns_what_the_function_returns(any_engine):
    assert any_engine.run_async(answer) == 42
    assert any_engine.run_async(answer, timeout=PATIENCE) == 42


def test_run_async_raises_what_the_function_raises(any_engine):
    with pytest.raises(Broken, match="why") as caught:
        any_engine.run_async(awaiting_raiser(Broken("why")))
    frames = [f.name for f in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[-1] == "fail"
    with pytest.raises(SystemExit):
        any_engine.run_async(awaiting_raiser(SystemExit()))
    with pytest.raises(OperationTimeout, match="sleep_forever"):
        any_engine.run_async(trio.sleep_forever, timeout=0.001)
    any_engine.wait_all(PATIENCE)


def test_run_async_inside_a_plain_operation(any_engine):
    """Deeper than there are workers: whoever waits has to help."""
    var, log = any_engine.new_variable(), []

    def level(left):
        log.append(any_engine.run_async(answer))
        if left:
            inner = any_engine.new_variable()
            any_engine.push(partial(level, left - 1), (), (inner,))
            any_engine.wait_for(inner, PATIENCE)

    any_engine.push(partial(level, 5), (), (var,))
    any_engine.wait_for(var, PATIENCE)
    assert log == [42] * 6


def test_run_async_is_refused_where_it_would_block(any_engine):
    var = any_engine.new_variable()

    async def block():
        any_engine.run_async(answer)

    any_engine.push(block, (), (var,))
    with pytest.raises(EngineError, match="run_async inside an asynchronous"):
        any_engine.wait_for(var, PATIENCE)


# Stopping


def test_close_drains(engine):
    first, log = engine.new_variable(), []

    async def slow():
        await checkpoints(20)
        log.append("slow")

    engine.push(slow, (), (first,))
    engine.push(lambda: log.append("plain"), (first,), (first,))
    engine.push(slow, (first,), ())
    (thread,) = [agent.thread for agent in engine._places.io.workers]
    engine.close(timeout=PATIENCE)
    assert log == ["slow", "plain", "slow"]
    assert not thread.is_alive()
    with pytest.raises(EngineClosed):
        engine.push(slow)
    with pytest.raises(EngineClosed):
        engine.run_async(slow)


def test_close_without_drain_cancels(engine, caplog):
    gate, log = AsyncGate(), []
    running, plain, queued = (engine.new_variable() for _ in range(3))
    engine.push(gate, (), (running,))
    engine.push(lambda: log.append("plain"), (running,), (plain,))
    engine.push(gate, (plain,), (queued,))
    gate.wait_entered()
    (thread,) = [agent.thread for agent in engine._places.io.workers]
    engine.close(drain=False, timeout=PATIENCE)
    assert gate.left.is_set()
    assert log == []
    for var in (running, plain, queued):
        with pytest.raises(EngineClosed):
            engine.wait_for(var, PATIENCE)
    assert not thread.is_alive()
    assert engine.statistics().failed == 0
    assert caplog.text == ""


def test_close_without_drain_cancels_what_has_tasks_of_its_own(engine):
    gates = [AsyncGate(), AsyncGate()]
    var, own = engine.new_variable(), engine.new_variable()

    async def parent(gate, error):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            nursery.start_soon(gate)
            try:
                await trio.sleep_forever()
            finally:
                if error:
                    raise error

    engine.push(partial(parent, gates[0], None), (), (var,))
    engine.push(partial(parent, gates[1], Broken()), (), (own,))
    for gate in gates:
        gate.wait_entered()
    engine.close(drain=False, timeout=PATIENCE)
    with pytest.raises(EngineClosed):
        engine.wait_for(var, PATIENCE)
    with pytest.raises(BaseExceptionGroup) as caught:
        engine.wait_for(own, PATIENCE)
    assert caught.value.split(Broken)[0] is not None


@pytest.mark.parametrize("drain", [True, False])
def test_close_is_bounded(drain):
    engine, gate = ThreadedEngine(1), AsyncGate()
    var, after = engine.new_variable(), engine.new_variable()

    async def shielded():
        with trio.CancelScope(shield=True):
            await gate()

    engine.push(shielded, (), (var,))
    engine.push(nothing, (var,), (after,))
    gate.wait_entered()
    with pytest.raises(WaitTimeout):
        engine.close(drain=drain, timeout=0.01)
    gate.open()
    engine.wait_for(var, PATIENCE)
    with pytest.raises(EngineClosed):  # it was given up, if by another loop
        engine.wait_for(after, PATIENCE)


def test_what_becomes_ready_after_a_close_in_vain_is_given_up():
    engine, gate = ThreadedEngine(1), Gate()
    variables = [engine.new_variable() for _ in range(10)]
    engine.push(gate, (), variables[:1])
    for before, var in pairwise(variables):
        engine.push(nothing, (before,), (var,))
    gate.wait_entered()
    with pytest.raises(WaitTimeout):
        engine.close(timeout=0.01)
    gate.open()
    engine.wait_for(variables[0], PATIENCE)
    for var in variables[1:]:
        with pytest.raises(EngineClosed):
            engine.wait_for(var, PATIENCE)


async def break_the_loop():
    async def crash():
        raise Broken("system")

    trio.lowlevel.spawn_system_task(crash)
    await trio.sleep_forever()


def test_a_loop_that_breaks_down_fails_what_it_ran_and_is_replaced(engine, caplog):
    gate, log = AsyncGate(), []
    a, b, c, after = (engine.new_variable() for _ in range(4))
    engine.push(gate, (), (a,), name="victim")
    engine.push(nothing, (a,), (c,))
    gate.wait_entered()
    engine.push(break_the_loop, (), (b,))
    for var in (a, b, c):
        with pytest.raises(EngineError, match="broke down") as caught:
            engine.wait_for(var, PATIENCE)
        assert isinstance(caught.value.__cause__, trio.TrioInternalError)
    assert "the io loop broke down" in caplog.text

    async def again():
        log.append("again")

    engine.push(again, (), (after,))
    engine.wait_for(after, PATIENCE)
    assert log == ["again"]
    engine.wait_all(PATIENCE)
    assert engine.statistics().completed == 4


# Processes


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_starts_a_loop_of_its_own(engine):
    gate, lost, after = AsyncGate(), engine.new_variable(), engine.new_variable()
    engine.push(gate, (), (lost,))
    engine.push(nothing, (lost,), (after,))
    gate.wait_entered()
    child = os.fork()
    if child == 0:
        os._exit(check_child(engine, lost, after))
    gate.open()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    engine.wait_for(after, PATIENCE)


def check_child(engine, lost, after):
    """Return 0 if all is well; the number of the step that failed otherwise."""
    for var in (lost, after):
        try:
            engine.wait_for(var, PATIENCE)
        except EngineError as error:
            if "forked" not in str(error):
                return 1
        else:
            return 2
    engine.push(partial(checkpoints, 3), (), (lost,))
    engine.push(nothing, (lost,), (after,))
    engine.wait_for(after, PATIENCE)
    engine.wait_all(PATIENCE)
    counts = engine.statistics()
    if (counts.pushed, counts.completed) != (2, 2):
        return 3
    engine.close(timeout=PATIENCE)
    return 0


def run_script(script):
    folder = Path(sys.modules["dataflow_engine"].__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )


AT_EXIT = """
from functools import partial
from dataflow_engine import ThreadedEngine
engine = ThreadedEngine(1)
var = engine.new_variable()

async def show(number):
    import trio
    await trio.sleep(0)
    print(number)

for number in range(3):
    engine.push(partial(show, number), (), (var,))
"""

WITHOUT_TRIO = """
import sys
from dataflow_engine import NaiveEngine, ThreadedEngine
async def unused(): ...
for engine in (NaiveEngine(), ThreadedEngine(1)):
    with engine:
        var = engine.new_variable()
        engine.operation(unused, (), (var,))
        engine.push(lambda: None, (), (var,))
        engine.wait_for(var)
        engine.wait_all()
print("trio" in sys.modules)
"""


def test_the_interpreter_drains_at_exit():
    result = run_script(AT_EXIT)
    assert result.stdout.split() == ["0", "1", "2"]
    assert result.stderr == ""


def test_trio_is_imported_when_the_first_operation_needs_it():
    assert run_script(WITHOUT_TRIO).stdout == "False\n"
