"""Tasks, frames, events, counters and markers."""

import json
import threading

import pytest

from dataflow.profiler.session import session
from dataflow_engine.entries import GAP, Mark, Sample


def made(profiler):
    domain = profiler.Domain("dom")
    return {
        "task": domain.new_task("task"),
        "frame": domain.new_frame("frame"),
        "event": profiler.Event("event"),
    }


def recorded(kind):
    return [e for e in session.tracer.entries() if isinstance(e, kind)]


def told():
    return [(s.name, s.category) for s in session.tracer.slices()]


CATEGORIES = {"task": "dom", "frame": "dom,frame", "event": "event"}


@pytest.mark.parametrize("name", CATEGORIES)
def test_stretches_of_a_program(profiler, name):
    thing = made(profiler)[name]
    profiler.set_state("run")
    thing.start()
    thing.stop()
    with thing as entered:
        assert entered is thing
    assert told() == [(name, CATEGORIES[name])] * 2
    assert str(thing) == name


@pytest.mark.parametrize("name", CATEGORIES)
def test_what_has_no_beginning_or_comes_while_stopped_is_left_out(profiler, name):
    thing = made(profiler)[name]
    thing.start()
    profiler.set_state("run")
    thing.stop()
    thing.start()
    profiler.pause()
    thing.stop()
    profiler.resume()
    thing.stop()
    assert told() == []


def test_a_second_start_begins_anew(profiler):
    task = made(profiler)["task"]
    profiler.set_state("run")
    task.start()
    task.start()
    task.stop()
    task.stop()
    assert told() == [("task", "dom")]


def test_a_block_that_fails_ends(profiler):
    profiler.set_state("run")
    with pytest.raises(LookupError), profiler.Event("fails"):
        raise LookupError
    assert told() == [("fails", "event")]


def test_tasks_may_overlap_and_end_in_another_thread(profiler, tmp_path):
    profiler.set_state("run")
    domain = profiler.Domain("dom")
    first, second = domain.new_task("first"), domain.new_task("second")
    first.start()
    second.start()
    first.stop()
    thread = threading.Thread(target=second.stop)
    thread.start()
    thread.join(20)
    profiler.dump()
    events = json.loads((tmp_path / "profile.json").read_text())["traceEvents"]
    found = [(e["name"], e["ph"]) for e in events if e["ph"] in "be"]
    assert found == [("first", "b"), ("second", "b"), ("first", "e"), ("second", "e")]


def test_a_counter_counts_also_while_nothing_is_recorded(profiler):
    counter = profiler.Domain("dom").new_counter("counter")
    counter += 5
    profiler.set_state("run")
    counter.increment()
    counter -= 2
    counter.decrement(10)
    counter.set_value(2.9)
    assert [s.value for s in recorded(Sample)] == [6, 4, -6, 2]
    assert {(s.name, s.category) for s in recorded(Sample)} == {("counter", "dom")}
    assert str(counter) == "counter"


def test_a_counter_may_begin_with_a_value(profiler):
    profiler.set_state("run")
    domain = profiler.Domain("dom")
    domain.new_counter("c", 7).increment(2)
    domain.new_counter("d")
    assert [s.value for s in recorded(Sample)] == [7, 9]


def test_counters_are_summed_apart_from_times(profiler):
    profiler.set_state("run")
    counter = profiler.Domain("dom").new_counter("counter", 4)
    counter += 2
    text = profiler.dumps().splitlines()
    assert "dom,counter" in text
    (row,) = [line.split() for line in text if line.startswith("counter")]
    assert row[1:] == ["2", "4.0000", "6.0000", "5.0000"]
    found = json.loads(profiler.dumps(format="json"))["Counter"]
    expected = {"Count": 2, "Min": 4, "Max": 6, "Avg": 5}
    assert found == {"dom,counter": {"counter": expected}}


def test_several_threads_count_together(profiler):
    counter = profiler.Domain("dom").new_counter("counter")
    profiler.set_state("run")

    def work():
        for _ in range(200):
            counter.increment()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(s.value for s in recorded(Sample)) == list(range(1, 801))


SCOPES = {
    "global": "global",
    "process": "process",
    "thread": "thread",
    "task": "thread",
    "marker": "thread",
}


@pytest.mark.parametrize("scope", SCOPES)
def test_marks(profiler, scope):
    marker = profiler.Domain("dom").new_marker("mark")
    marker.mark(scope)
    profiler.set_state("run")
    marker.mark(scope)
    (mark,) = [m for m in recorded(Mark) if m.category != GAP]
    assert (mark.name, mark.category) == ("mark", "dom,instant_marker")
    assert mark.scope == SCOPES[scope]


def test_a_reset_counts_anew_and_leaves_the_timeline(profiler, tmp_path):
    profiler.set_state("run")
    event = profiler.Event("event")
    with event:
        pass
    before = json.loads(profiler.dumps(reset=True, format="json"))
    assert before["Time"]["event"]["event"]["Count"] == 1
    assert json.loads(profiler.dumps(format="json"))["Time"] == {}
    with event:
        pass
    after = json.loads(profiler.dumps(format="json"))
    assert after["Time"]["event"]["event"]["Count"] == 1
    assert told() == [("event", "event")] * 2
