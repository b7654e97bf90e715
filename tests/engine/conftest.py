import sys

import pytest

from dataflow_engine import NaiveEngine, ThreadedEngine

MAKERS = {
    "naive": NaiveEngine,
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
