"""OpenMP's teams of threads: one for the thread that computes, not one for each."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from dataflow_engine import ThreadedEngine
from dataflow_ops.kernels.backends import missing
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.products import matrix, multiply
from dataflow_ops.kernels.resting import rest

TASKS = Path("/proc/self/task")
pytestmark = [
    pytest.mark.skipif(missing("onednn") is not None, reason="oneDNN is not here"),
    pytest.mark.skipif(not TASKS.exists(), reason="nobody tells of all threads"),
]


def compute():
    """Multiply on two cores, in this thread."""
    layouts = {name: matrix(256, 256) for name in ("left", "right", "result")}
    plan = Plan(layouts, threads=2)
    multiply(plan, "left", "right", "result")
    arrays = {name: np.ones((256, 256), "float32") for name in layouts}
    result = {"result": arrays.pop("result")}
    plan.bind(arrays, result, np.empty(plan.nbytes, np.uint8))()
    assert (result["result"] == 256).all()


def threads_become(count):
    """Wait until the process has so many threads."""
    deadline = time.monotonic() + 10
    while len(list(TASKS.iterdir())) != count:
        if time.monotonic() > deadline:
            return False
    return True


class Other:
    """Another thread that does what it is told, one thing after the other."""

    def __init__(self):
        self.work, self.done = None, threading.Barrier(2, timeout=10)
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        self.done.wait()
        while self.work is not None:
            self.work()
            self.done.wait()
            self.done.wait()

    def do(self, work):
        self.work = work
        self.done.wait()
        self.done.wait()

    def end(self):
        self.work = None
        self.done.wait()
        self.thread.join(10)


@pytest.fixture
def other():
    other = Other()
    yield other
    other.end()


def test_a_team_ends_at_rest_once_another_has_computed(other):
    with threadpool_limits(2, "blas"):
        other.do(compute)
        compute()
        count = len(list(TASKS.iterdir()))
        other.do(rest)
        assert threads_become(count - 1)
        other.do(compute)  # it gets one again
        assert threads_become(count)


def test_the_team_that_computed_last_stays(other):
    compute()
    other.do(compute)
    count = len(list(TASKS.iterdir()))
    other.do(rest)
    assert threads_become(count)


def test_how_long_threads_stay_awake_is_left_to_the_user():
    program = (
        "import os; from dataflow_ops.kernels.onednn.library import library; library();"
        "print(os.environ.get('GOMP_SPINCOUNT'))"
    )
    for given in ({}, {"GOMP_SPINCOUNT": "77"}):
        told = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert told.stdout.strip() == str(given.get("GOMP_SPINCOUNT"))


def test_workers_of_the_engine_come_to_rest():
    resting = threading.Event()
    with ThreadedEngine(inline_below_us=0.0, at_rest=resting.set) as engine:
        engine.push(int, writes=(engine.new_variable(),))
        assert resting.wait(10)
