"""Traces as a viewer reads them: `check` holds whatever is traced."""

import json
import threading
from collections import Counter

import pytest

from dataflow_engine import SerialProgram, Tracer
from dataflow_engine.chrome import chrome_trace
from dataflow_engine.entries import (
    GAP,
    MEMORY,
    OPERATION,
    OPERATOR,
    PROGRAM,
    SKIPPED,
    WAIT,
    Mark,
    Sample,
    Slice,
)
from tests.engine.helpers import PATIENCE, Program, forget_failures

A, B = 11, 22  # stand for the ids of two Vars


def piece(name, start_us=0, length_us=1, category=OPERATION, lane="cpu", **more):
    thread = more.pop("thread", "worker")
    return Slice(
        name, category, lane, thread, start_us * 1000, length_us * 1000, **more
    )


def shown(*entries, **options):
    """The trace of some entries, checked, as it comes back from a file."""
    trace = json.loads(json.dumps(chrome_trace(entries, **options)))
    check(trace["traceEvents"])
    return trace


def events(trace, *phases):
    return [e for e in trace["traceEvents"] if e["ph"] in phases]


def check(found):
    """What Perfetto relies on."""
    timed = [e for e in found if e["ph"] != "M"]
    assert [e["ts"] for e in timed] == sorted(e["ts"] for e in timed)
    assert all(e["ts"] >= 0 and e.get("dur", 0) >= 0 for e in timed)
    assert {e["ph"] for e in timed} <= set("XbesfiC")
    named = [(e["name"], e["pid"], e["tid"]) for e in found if e["ph"] == "M"]
    assert len(named) == len(set(named))
    for event in timed:
        assert ("process_name", event["pid"], 0) in named
        if event["ph"] != "C":
            assert ("thread_name", event["pid"], event["tid"]) in named
    check_nesting(timed)
    check_pairs(timed)


def check_nesting(timed):
    """Slices of a thread nest, and arrows begin and end at the innermost."""
    open_slices = {}
    for event in timed:
        stack = open_slices.setdefault((event["pid"], event.get("tid")), [])
        while stack and stack[-1][1] <= event["ts"] and stack[-1][1] > stack[-1][0]:
            stack.pop()
        if event["ph"] == "X":
            end = event["ts"] + event["dur"]
            inside = [s for s in stack if s[1] > s[0]]
            assert not inside or end <= inside[-1][1] + 1e-6
            stack.append((event["ts"], end))
        elif event["ph"] in "sf":
            assert stack[-1][0] == event["ts"]


def check_pairs(timed):
    for first, last in ("sf", "be"):
        begun, ended = (
            {e["id"]: e for e in timed if e["ph"] == phase} for phase in (first, last)
        )
        assert begun.keys() == ended.keys()
        assert all(begun[i]["ts"] <= ended[i]["ts"] for i in begun)
        assert all(begun[i]["cat"] == ended[i]["cat"] for i in begun)
    ids = Counter((e["ph"], e["id"]) for e in timed if "id" in e)
    assert set(ids.values()) <= {1}


def arrows(trace):
    """From which slice to which the arrows lead."""
    at = {(e["pid"], e["tid"], e["ts"]): e["name"] for e in events(trace, "X")}
    ends = {e["id"]: e for e in events(trace, "f")}
    return sorted(
        tuple(at[e["pid"], e["tid"], e["ts"]] for e in (start, ends[start["id"]]))
        for start in events(trace, "s")
    )


def test_nothing_gives_an_empty_trace():
    trace = shown()
    assert trace["traceEvents"] == []
    assert trace["otherData"]["dropped"] == 0


def test_lanes_are_processes_and_their_threads_are_named():
    trace = shown(
        piece("a", lane="cpu"),
        piece("b", lane="cpu:1"),
        piece("c", 2, lane="cpu", thread="helper"),
        piece("wait", 3, category=WAIT, lane=PROGRAM, thread="helper"),
        dropped=7,
    )
    names = {e["pid"]: e["args"]["name"] for e in named(trace, "process_name")}
    order = {e["pid"]: e["args"]["sort_index"] for e in named(trace, "process_sort")}
    in_order = [names[pid] for pid in sorted(order, key=order.get)]
    assert in_order == ["program", "cpu", "cpu:1"]
    threads = [
        (names[e["pid"]], e["args"]["name"]) for e in named(trace, "thread_name")
    ]
    assert threads == [
        ("cpu", "worker"),
        ("cpu:1", "worker"),
        ("cpu", "helper"),
        ("program", "helper"),
    ]
    assert trace["otherData"]["dropped"] == 7


def named(trace, kind):
    return [e for e in events(trace, "M") if e["name"].startswith(kind)]


def test_namesakes_are_two_threads():
    trace = shown(piece("a", 0, 5, ident=1), piece("b", 1, 5, ident=2))
    first, second = events(trace, "X")
    assert first["tid"] != second["tid"]


def test_times_are_counted_from_the_first_in_microseconds():
    day = 86_400_000_000
    trace = shown(piece("late", day + 2, 3), piece("early", day, 1))
    times = [(e["name"], e["ts"], e["dur"]) for e in events(trace, "X")]
    assert times == [("early", 0, 1), ("late", 2, 3)]


def test_inner_slices_come_after_the_outer_one():
    """Also where they begin at one moment; the arrow is bound to the outer."""
    trace = shown(
        piece("before", 0, 2, writes=((A, 1),)),
        piece("inner", 5, 1, category=OPERATOR),
        piece("next", 6, 1, category=OPERATOR),
        piece("outer", 5, 3, reads=((A, 1),)),
    )
    assert [e["name"] for e in events(trace, "X")] == [
        *("before", "outer", "inner", "next")
    ]
    phases = [(e["ph"], e["name"]) for e in events(trace, "X", "f")]
    assert phases[2] == ("f", "dependency")


def test_arrows_lead_from_what_wrote_to_what_reads_it():
    trace = shown(
        piece("a", 0, writes=((A, 1), (B, 1))),
        piece("b", 2, reads=((A, 1),), writes=((A, 2),)),
        piece("c", 4, reads=((A, 2), (B, 1)), thread="other"),
        piece("d", 6, reads=((A, 2), (A, 9))),
    )
    assert arrows(trace) == [("a", "b"), ("a", "c"), ("b", "c"), ("b", "d")]


def test_one_arrow_between_two_slices_is_enough():
    trace = shown(
        piece("a", 0, writes=((A, 1), (B, 1))), piece("b", 2, reads=((A, 1), (B, 1)))
    )
    assert arrows(trace) == [("a", "b")]


def test_no_arrow_leads_across_a_gap():
    """A Var's id and version may come again after writes that were not traced."""
    trace = shown(
        piece("a", 0, writes=((A, 1),)),
        Mark("resumed", GAP, PROGRAM, "worker", 1, 1500, "process"),
        piece("b", 2, reads=((A, 1),)),
    )
    assert arrows(trace) == []


def test_failures_are_marked():
    trace = shown(
        piece("bad", 0, error="Broken: why"),
        piece("after", 1, 0, category=SKIPPED, error="Broken: why"),
        piece("good", 2),
    )
    bad, after, good = events(trace, "X")
    assert bad["args"] == {"error": "Broken: why"}
    assert bad["cname"] == "terrible"
    assert after["args"] == {"skipped after": "Broken: why"}
    assert "args" not in good
    assert "cname" not in good


def test_details_are_arguments_and_bytes_are_counted():
    trace = shown(
        piece("a", 0, 1, details={"operator": "dot", "bytes": 8}),
        piece("b", 1, 1, details={"bytes": 4}),
        piece("c", 1, 1, lane="cpu:1", details={"bytes": 2}),
    )
    assert events(trace, "X")[0]["args"] == {"operator": "dot", "bytes": 8}
    counted = [(e["pid"], e["ts"], e["args"]) for e in events(trace, "C")]
    assert counted == [
        (1, 1, {"bytes written": 8}),
        (1, 2, {"bytes written": 12}),
        (2, 2, {"bytes written": 2}),
    ]
    assert not events(shown(piece("a", details={"bytes": 8}), memory=False), "C")
    assert not events(shown(piece("a", details={"bytes": 8}, error="E")), "C")


def test_bytes_are_summed_in_the_order_of_time():
    """Slices of several threads are recorded when their operation has ended."""
    trace = shown(
        piece("late", 3, 1, details={"bytes": 2}),
        piece("early", 0, 1, details={"bytes": 5}, thread="other"),
    )
    counted = [(e["ts"], e["args"]["bytes written"]) for e in events(trace, "C")]
    assert counted == [(1, 5), (4, 7)]


def test_queued_operations_are_a_counter_that_tells_changes():
    queued = [3, 3, 0, -1, 1]
    pieces = [piece("a", n, 1, queued=q) for n, q in enumerate(queued)]
    counted = [(e["ts"], e["args"]) for e in events(shown(*pieces), "C")]
    assert counted == [
        (1, {"queued operations": 3}),
        (3, {"queued operations": 0}),
        (5, {"queued operations": 1}),
    ]


def test_memory_is_a_counter_that_tells_changes():
    samples = [Sample("arena", MEMORY, "cpu", n, v) for n, v in enumerate([5, 5, 6])]
    others = [Sample("arena", MEMORY, "cpu:1", 9, 6), Sample("a", "mine", "cpu", 9, 6)]
    trace = shown(*samples, *others, others[-1])
    assert [e["args"] for e in events(trace, "C")] == [
        *({"arena": 5}, {"arena": 6}, {"arena": 6}, {"a": 6}, {"a": 6})
    ]


def test_samples_are_counters_and_marks_are_instants():
    trace = shown(
        Sample("level", MEMORY, "cpu", 5000, 2.5),
        Mark("now", "mine", PROGRAM, "main", 1, 6000, "thread"),
        Mark("now", "mine", PROGRAM, "main", 1, 6000, "global"),
    )
    (sample,) = events(trace, "C")
    assert (sample["name"], sample["args"]) == ("level", {"level": 2.5})
    assert [e["s"] for e in events(trace, "i")] == ["t", "g"]


def test_what_a_program_records_itself_may_overlap():
    trace = shown(
        piece("task", 0, 5, category="domain", lane=PROGRAM),
        piece("task", 3, 5, category="domain", lane=PROGRAM, details={"a": 1}),
    )
    begun, ended = events(trace, "b"), events(trace, "e")
    assert [e["ts"] for e in begun] == [0, 3]
    assert [e["ts"] for e in ended] == [5, 8]
    assert begun[1]["args"] == {"a": 1}


@pytest.mark.parametrize("seed", range(12))
def test_any_program_gives_a_trace_in_order(any_engine, seed):
    """Every arrow leads from an operation that had ended to one that began later."""
    any_engine.tracer = tracer = Tracer()
    Program.make(seed).run(any_engine)
    forget_failures(any_engine)
    any_engine.tracer = None
    trace = shown(*tracer.entries())
    slices = {s.start_ns: s for s in tracer.slices()}
    ran = [e for e in events(trace, "X") if e["cat"] != WAIT]
    assert len(ran) == len(tracer.slices()) == len(slices)
    known = [s for s in tracer.slices() if s.reads]
    made = {state for s in tracer.slices() for state in s.writes}
    expected = sum(1 for s in known for _ in [*filter(made.__contains__, s.reads)])
    assert len(events(trace, "s")) <= expected


def test_a_program_in_several_threads_nests(engine):
    barrier = threading.Barrier(2)

    def meet():
        barrier.wait(PATIENCE)

    engine.tracer = tracer = Tracer()
    for number in range(2):
        program = SerialProgram([meet] * 3, "abc")
        engine.push(program, (), (engine.new_variable(),), name=f"whole {number}")
    engine.wait_all(PATIENCE)
    trace = shown(*tracer.entries())
    ran = [e for e in events(trace, "X") if e["cat"] != WAIT]
    count = Counter((e["pid"], e["tid"]) for e in ran)
    assert sorted(count.values()) == [4, 4]
