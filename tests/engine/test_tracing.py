import json
import threading

from dataflow_engine import Tracer
from dataflow_engine.chrome import chrome_trace
from dataflow_engine.tracing import clock


def test_the_ring_keeps_the_newest():
    tracer = Tracer(3)
    for name in "abcde":
        tracer.record(name, "test", "cpu", clock())
    assert [s.name for s in tracer.slices()] == ["c", "d", "e"]
    tracer.clear()
    assert tracer.slices() == []


def test_a_slice_knows_when_and_where():
    tracer = Tracer()
    start = clock()
    tracer.record("a", "test", "cpu:1", start)
    (piece,) = tracer.slices()
    assert piece.start_ns == start
    assert piece.duration_ns >= 0
    assert piece.thread == threading.current_thread().name


def test_chrome_trace():
    tracer = Tracer()
    for lane in ("cpu", "cpu:1", "cpu"):
        tracer.record("work", "test", lane, clock() - 5000)
    trace = json.loads(json.dumps(chrome_trace(tracer.entries())))
    slices = [e for e in trace["traceEvents"] if e["ph"] == "X"]
    names = [e for e in trace["traceEvents"] if e["ph"] == "M"]
    assert len(slices) == 3
    assert all(e["dur"] >= 5 and e["ts"] > 0 for e in slices)
    assert slices[0]["pid"] == slices[2]["pid"] != slices[1]["pid"]
    processes = {
        e["args"]["name"]: e["pid"] for e in names if e["name"] == "process_name"
    }
    assert processes == {"cpu": slices[0]["pid"], "cpu:1": slices[1]["pid"]}
    threads = {(e["pid"], e["tid"]) for e in names if e["name"] == "thread_name"}
    assert threads == {(e["pid"], e["tid"]) for e in slices}
