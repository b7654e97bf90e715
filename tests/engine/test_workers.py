import threading

import pytest

from dataflow import engine as process_engine
from dataflow.errors import ArgumentError
from dataflow_engine import EngineError, ThreadedEngine, lanes
from tests.engine.helpers import PATIENCE, Gate


def most_at_once(engine, lane, count):
    """Return whether so many operations of a lane run at the same time."""
    meeting = threading.Barrier(count + 1)
    for _ in range(count):
        engine.push(lambda: meeting.wait(PATIENCE), lane=lane)
    meeting.wait(PATIENCE)
    engine.wait_all(PATIENCE)
    return engine.statistics().lanes[lane].workers


def test_each_lane_has_its_count():
    with ThreadedEngine({"cpu": 3, "cpu:1": 1, "cpu:02": 2}) as engine:
        assert most_at_once(engine, "cpu", 3) == 3
        assert most_at_once(engine, "cpu:1", 1) == 1
        assert most_at_once(engine, "cpu:2", 2) == 2
        assert engine.workers("cpu:1") == 1
        assert engine.workers("cpu:9") == ThreadedEngine().workers()
        assert engine.workers("io") == 0


@pytest.mark.parametrize(
    ("counts", "error", "match"),
    [
        (0, ValueError, "cpu_workers is at least 1, not 0"),
        ({"cpu": 0}, ValueError, r"cpu_workers\['cpu'\] is at least 1"),
        ({"cpu": 1.5}, TypeError, "is a count"),
        (True, TypeError, "is a count"),
        ("3", TypeError, "is a count"),
        ({"io": 2}, ValueError, "lane 'io' has no workers to count"),
        ({"tpu": 2}, EngineError, "no lane 'tpu'"),
    ],
)
def test_counts_that_are_none(counts, error, match):
    with pytest.raises(error, match=match):
        ThreadedEngine(counts)


def test_more_workers_from_now_on(single):
    gates = [Gate() for _ in range(3)]
    for gate in gates:
        single.push(gate)
    gates[0].wait_entered()
    single.set_workers("cpu", 3)
    gates[1].wait_entered()
    gates[2].wait_entered()
    for gate in gates:
        gate.open()
    single.wait_all(PATIENCE)


def test_fewer_workers_from_now_on(monkeypatch):
    monkeypatch.setattr(lanes, "LINGER_ROUNDS", 0)
    with ThreadedEngine(3) as engine:
        assert most_at_once(engine, "cpu", 3) == 3
        (lane,) = engine._places.cpu.values()
        workers = [agent.thread for agent in lane.workers]
        engine.set_workers("cpu", 1)
        rest = [agent.thread for agent in lane.workers]
        for thread in workers:
            if thread not in rest:
                thread.join(PATIENCE)
        ended = [thread for thread in workers if not thread.is_alive()]
        while len(ended) < 2:  # they end when they next look
            for thread in workers:
                thread.join(0.001)
            ended = [thread for thread in workers if not thread.is_alive()]
        assert most_at_once(engine, "cpu", 1) == 1
        assert engine.statistics().completed == 4


@pytest.mark.parametrize(
    ("text", "workers"),
    [
        ("3", 3),
        ("cpu=3,cpu:1=1", {"cpu": 3, "cpu:1": 1}),
        (" cpu:2 = 4 ", {"cpu:2": 4}),
    ],
)
def test_the_environment_says_how_many(monkeypatch, text, workers):
    monkeypatch.setenv("DATAFLOW_CPU_WORKERS", text)
    assert process_engine._workers() == workers


@pytest.mark.parametrize("text", ["", "0", "x", "cpu=", "=3", "cpu=0", "3,cpu=1", "-1"])
def test_an_environment_that_makes_no_sense(monkeypatch, text):
    monkeypatch.setenv("DATAFLOW_CPU_WORKERS", text)
    with pytest.raises(ArgumentError, match="DATAFLOW_CPU_WORKERS"):
        process_engine._workers()


def test_a_lane_that_is_none_is_told():
    with pytest.raises(ArgumentError, match="cpu_workers: no lane 'tpu'"):
        process_engine.create("threaded", {"tpu": 1})


def test_the_environment_sets_the_watchdog(monkeypatch):
    monkeypatch.setenv("DATAFLOW_WATCHDOG", "2.5")
    with process_engine.create("threaded", 1) as engine:
        assert engine._watchdog.seconds == 2.5
    monkeypatch.setenv("DATAFLOW_WATCHDOG", "0")
    with process_engine.create("threaded", 1) as engine:
        assert engine._watchdog is None
    for text in ("never", "-1", "nan", "inf"):
        monkeypatch.setenv("DATAFLOW_WATCHDOG", text)
        with pytest.raises(ArgumentError, match="DATAFLOW_WATCHDOG"):
            process_engine.create("threaded", 1)


def test_a_lane_that_gets_no_thread_is_left_to_the_waiter(monkeypatch, caplog):
    engine = ThreadedEngine(1, inline_below_us=0.0, watchdog_s=None)

    def refuse(self):
        raise RuntimeError("can't start new thread")

    var, threads = engine.new_variable(), []
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        engine.push(lambda: threads.append(threading.current_thread()), (), (var,))
        assert "gets no further thread" in caplog.text
        engine.wait_for(var)
    assert threads == [threading.current_thread()]
    engine.push(lambda: None)
    engine.close(timeout=PATIENCE)
