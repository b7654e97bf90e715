import pytest

import dataflow as mx
from dataflow.profiler.session import session
from dataflow.profiler.statistics import Statistics


def forget():
    session.stop()
    session.pause(False)
    session.tracer.clear()
    session.statistics = Statistics()
    session.dumpable = False
    mx.profiler.set_config()


@pytest.fixture
def profiler(tmp_path):
    """The profiler, fresh, that writes to ``tmp_path / "profile.json"``."""
    forget()
    mx.profiler.set_config(filename=tmp_path / "profile.json")
    yield mx.profiler
    forget()
