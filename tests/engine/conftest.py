import queue
import sys

import pytest

from dataflow_engine import NaiveEngine, SeededEngine, ThreadedEngine
from dataflow_engine.devices.simulated import SimulatedStream, Simulation
from tests.engine.helpers import PATIENCE, Gate

MAKERS = {
    "naive": NaiveEngine,
    "seeded": lambda: SeededEngine(7),
    "one worker": lambda: ThreadedEngine(1),
    "two workers": lambda: ThreadedEngine(2),
    "not inline": lambda: ThreadedEngine(2, inline_below_us=0.0),
}


@pytest.fixture(params=MAKERS)
def any_engine(request):
    """Every engine that keeps the contract."""
    engine = MAKERS[request.param]()
    yield engine
    engine.close(drain=False, timeout=10)


@pytest.fixture
def engine():
    """A threaded engine with two workers."""
    engine = ThreadedEngine(2)
    yield engine
    engine.close(drain=False, timeout=10)


@pytest.fixture
def single():
    """A threaded engine with one worker."""
    engine = ThreadedEngine(1)
    yield engine
    engine.close(drain=False, timeout=10)


@pytest.fixture
def frantic():
    """Let threads switch as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def simulation(engine):
    simulation = Simulation()
    engine.devices.use("sim", simulation)
    yield simulation
    engine.wait_all(PATIENCE)
    simulation.check()


@pytest.fixture
def given(monkeypatch):
    """What was given to streams, in that order: a queue of names."""
    names, run = queue.SimpleQueue(), SimulatedStream.run

    def noting(stream, function, accesses):
        try:
            run(stream, function, accesses)
        finally:
            names.put(accesses.name)

    monkeypatch.setattr(SimulatedStream, "run", noting)
    return lambda: names.get(timeout=PATIENCE)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open()
