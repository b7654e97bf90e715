import sys
import threading

import pytest

from dataflow_engine import Cost, Plan, SerialProgram, Tracer
from dataflow_engine.entries import GAP, MEMORY, PROGRAM, Mark, Sample, Slice
from dataflow_engine.tracing import clock
from tests.engine.helpers import PATIENCE, Broken, Gate, outcome, raiser


def traced(engine, *arguments):
    engine.tracer = tracer = Tracer(*arguments)
    return tracer


def nothing():
    pass


def test_the_ring_keeps_the_newest():
    tracer = Tracer(3)
    for name in "abcde":
        tracer.record(name, "test", "cpu", clock())
    assert [s.name for s in tracer.slices()] == ["c", "d", "e"]
    assert tracer.dropped == 2
    tracer.clear()
    assert (tracer.slices(), tracer.dropped) == ([], 0)


def test_what_is_dropped_is_handed_over_once_and_in_order():
    lost = []
    tracer = Tracer(32, lost.extend)
    for number in range(100):
        tracer.record(str(number), "test", "cpu", clock())
        assert len(tracer.entries()) <= 34  # in batches of a sixteenth and one
    kept = [s.name for s in tracer.slices()]
    assert [s.name for s in lost] + kept == [str(n) for n in range(100)]
    assert all(isinstance(s, Slice) for s in lost)
    assert tracer.dropped == len(lost)


def test_the_ring_can_be_made_smaller_and_larger():
    tracer = Tracer(100)
    for number in range(10):
        tracer.record(str(number), "test", "cpu", clock())
    tracer.resize(4)
    tracer.record("last", "test", "cpu", clock())
    assert [s.name for s in tracer.slices()] == ["7", "8", "9", "last"]
    with pytest.raises(ValueError, match="not 0"):
        tracer.resize(0)


def test_several_threads_lose_nothing_silently(frantic):
    lost = []
    tracer = Tracer(50, lost.extend)

    def work():
        for _ in range(500):
            tracer.record("a", "test", "cpu", clock())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(lost) == tracer.dropped
    assert len(lost) + len(tracer.entries()) == 2000
    assert len(tracer.entries()) <= 50 + 4


def test_a_slice_knows_when_and_where():
    tracer = Tracer()
    start = clock()
    tracer.record("a", "test", "cpu:1", start, "Oh: no", {"bytes": 3})
    (piece,) = tracer.slices()
    assert piece.start_ns == start
    assert piece.duration_ns >= 0
    assert piece.thread == threading.current_thread().name
    assert piece.ident == threading.get_ident()
    assert (piece.lane, piece.error, piece.details) == ("cpu:1", "Oh: no", {"bytes": 3})


def test_samples_and_marks():
    tracer = Tracer()
    tracer.sample("level", "tank", 3)
    tracer.mark("now", GAP, "thread")
    sample, mark = tracer.entries()
    assert isinstance(sample, Sample)
    assert (sample.name, sample.value, sample.lane) == ("level", 3, PROGRAM)
    assert isinstance(mark, Mark)
    assert (mark.scope, mark.ident) == ("thread", threading.get_ident())
    assert mark.time_ns >= sample.time_ns
    assert tracer.slices() == []


def test_what_is_read_is_what_another_one_made(any_engine):
    a, b = any_engine.new_variable(), any_engine.new_variable()
    any_engine.push(nothing, (), (a,), name="untraced")
    any_engine.wait_for(a, PATIENCE)
    tracer = traced(any_engine)
    any_engine.push(nothing, (), (a,), name="first")
    any_engine.push(nothing, (a,), (b,), name="reader")
    any_engine.push(nothing, (a, b), (a,), name="updater")
    any_engine.push(nothing, (b,), name="end")
    any_engine.wait_all(PATIENCE)
    found = {s.name: s for s in tracer.slices()}
    assert found["first"].reads == ()
    assert found["first"].writes == ((id(a), 2),)
    assert found["reader"].reads == found["first"].writes
    made = found["reader"].writes
    assert found["updater"].reads == (*found["first"].writes, *made)
    assert found["updater"].writes == ((id(a), 3),)
    assert (found["end"].reads, found["end"].writes) == (made, ())


def test_failures_and_what_they_prevent_are_told(any_engine):
    a, b = any_engine.new_variable(), any_engine.new_variable()
    tracer = traced(any_engine)
    any_engine.push(raiser("why"), (), (a,), name="bad")
    any_engine.push(nothing, (a,), (b,), name="after")
    any_engine.push(nothing, (), (a,), name="good")
    assert outcome(any_engine, b)[0] == ("why",)
    any_engine.wait_for(a, PATIENCE)
    bad, after, good = sorted(tracer.slices(), key=lambda s: s.start_ns)
    assert (bad.name, bad.category, bad.error) == ("bad", "operation", "Broken: why")
    assert (after.name, after.category) == ("after", "skipped")
    assert (after.error, after.duration_ns) == ("Broken: why", 0)
    assert after.reads == bad.writes
    assert (good.name, good.error) == ("good", "")


class Mute(Exception):
    def __str__(self):
        raise Broken


def fail_mutely():
    raise Mute


def test_a_message_that_fails_hides_nothing(any_engine):
    var = any_engine.new_variable()
    tracer = traced(any_engine)
    any_engine.push(fail_mutely, (), (var,))
    with pytest.raises(Mute):
        any_engine.wait_for(var, PATIENCE)
    assert [s.error for s in tracer.slices()] == ["Mute"]


def test_long_messages_are_shortened(any_engine):
    var = any_engine.new_variable()
    tracer = traced(any_engine)
    any_engine.push(raiser("x" * 5000), (), (var,))
    assert outcome(any_engine, var)[0]
    assert len(tracer.slices()[0].error) == 300


class Known:
    """A function that tells the tracer what it does."""

    asked = 0

    def __call__(self):
        pass

    def trace_details(self):
        self.asked += 1
        return {"operator": "dot", "bytes": 40}


def test_a_function_may_tell_more_but_is_asked_while_traced_only(any_engine):
    known, var = Known(), any_engine.new_variable()
    any_engine.push(known, (), (var,))
    any_engine.wait_for(var, PATIENCE)
    assert known.asked == 0
    tracer = traced(any_engine)
    any_engine.push(known, (), (var,))
    any_engine.wait_for(var, PATIENCE)
    assert [s.details for s in tracer.slices()] == [{"operator": "dot", "bytes": 40}]


class Forgetful:
    """A function that fails to tell."""

    def __call__(self):
        pass

    def trace_details(self):
        raise Broken("what was it")


def test_a_function_that_cannot_tell_does_not_fail(any_engine):
    var = any_engine.new_variable()
    tracer = traced(any_engine)
    any_engine.push(Forgetful(), (), (var,))
    any_engine.wait_for(var, PATIENCE)
    (piece,) = tracer.slices()
    assert piece.details == {"details": "Broken: what was it"}


def test_programs_tell_of_each_operator(any_engine):
    asked = []

    def details(index):
        asked.append(index)
        return {"operator": f"op{index}"}

    program = SerialProgram(
        [nothing, nothing], "xy", details=details, memory={"arena": 512}
    )
    var = any_engine.new_variable()
    tracer = traced(any_engine)
    operation = any_engine.operation(program, (), (var,), name="whole")
    any_engine.replay(Plan([operation, operation]))
    any_engine.wait_for(var, PATIENCE)
    assert asked == [0, 1]
    told = [(s.name, dict(s.details)) for s in tracer.slices()]
    once = [("x", {"operator": "op0"}), ("y", {"operator": "op1"})]
    assert told == [*once, ("whole", {"operators": 2})] * 2
    samples = [e for e in tracer.entries() if isinstance(e, Sample)]
    assert [(s.name, s.category, s.value) for s in samples] == [
        ("arena", MEMORY, 512)
    ] * 2


def test_a_program_is_not_the_longer_for_what_it_tells(any_engine):
    def details(index):
        told_at.append(clock())
        return {}

    told_at, var = [], any_engine.new_variable()
    program = SerialProgram([nothing, nothing], "xy", details=details)
    tracer = traced(any_engine)
    any_engine.push(program, (), (var,), name="whole")
    any_engine.wait_for(var, PATIENCE)
    whole = tracer.slices()[-1]
    assert len(told_at) == 2
    assert min(told_at) >= whole.start_ns + whole.duration_ns


def test_the_operator_that_fails_is_marked(any_engine):
    program = SerialProgram([nothing, raiser("why"), nothing], "xyz")
    var = any_engine.new_variable()
    tracer = traced(any_engine)
    any_engine.push(program, (), (var,), name="whole")
    assert outcome(any_engine, var)[0] == ("why",)
    told = [(s.name, s.error, s.category) for s in tracer.slices()]
    assert told == [
        ("x", "", "operator"),
        ("y", "Broken: why", "operator"),
        ("whole", "Broken: why", "operation"),
    ]


def test_programs_run_by_a_wait_inside_an_operation_are_its_own(single):
    inner = single.new_variable()
    program = single.operation(SerialProgram([nothing], "p"), (), (inner,), name="in")
    tracer = traced(single)

    def outer():
        single.push(program)
        single.wait_for(inner, PATIENCE)

    var = single.new_variable()
    single.push(outer, (), (var,), name="out")
    single.wait_for(var, PATIENCE)
    told = [(s.name, s.details.get("operators")) for s in tracer.slices()]
    assert told == [("p", None), ("in", 1), ("out", None)]


def test_a_wait_is_shown_where_it_holds_up_something(any_engine):
    tracer, var = traced(any_engine), any_engine.new_variable()

    def wait():
        tracer.waited("waited", clock(), "something")

    any_engine.push(wait, (), (var,), lane="cpu:1")
    any_engine.wait_for(var, PATIENCE)
    wait()
    waits = [e for e in tracer.entries() if e.name == "waited"]
    assert [(s.category, s.lane) for s in waits] == [
        ("wait", "cpu:1"),
        ("wait", PROGRAM),
    ]
    assert [s.details for s in waits] == [{"for": "something"}] * 2
    assert [s.name for s in tracer.slices()] == ["wait"]


def test_slices_tell_how_many_operations_were_queued(single):
    gate, var = Gate(), single.new_variable()
    tracer = traced(single)
    single.push(gate, (), (var,), name="gate")
    gate.wait_entered()
    for number in range(3):
        single.push(nothing, name=str(number))
    gate.open()
    single.wait_all(PATIENCE)
    queued = {s.name: s.queued for s in tracer.slices()}
    assert queued["gate"] == 3
    assert min(queued.values()) == 0


def test_costs_are_learnt_while_traced(engine):
    cost, var = Cost(), engine.new_variable()
    traced(engine)
    engine.push(nothing, (), (var,), cost=cost)
    engine.wait_for(var, PATIENCE)
    assert cost.us is not None


def test_nothing_is_kept_alive_by_a_slice(any_engine):
    var = any_engine.new_variable()
    tracer = traced(any_engine)

    def function():
        pass

    any_engine.push(function, (), (var,))
    any_engine.wait_for(var, PATIENCE)
    before = sys.getrefcount(function), sys.getrefcount(var)
    tracer.clear()
    assert (sys.getrefcount(function), sys.getrefcount(var)) == before
