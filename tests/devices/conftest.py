"""Each test has an engine of its own, with simulated devices that it may shuffle."""

from __future__ import annotations

import queue
import sys

import pytest

import dataflow as mx
from dataflow_engine import NaiveEngine, ThreadedEngine
from dataflow_engine.devices.simulated import SimulatedStream, Simulation
from dataflow_ops.kernels import backends
from tests.devices import fake_cupy
from tests.engine.helpers import PATIENCE


@pytest.fixture(params=["threaded", "naive"])
def simulation(request):
    """Run on an engine of a kind; nothing may be a race."""
    kind = ThreadedEngine(2) if request.param == "threaded" else NaiveEngine()
    with kind as engine, mx.engine.use(engine):
        simulation = Simulation(seed=3)
        engine.devices.use("sim", simulation)
        yield simulation
        mx.waitall()
        simulation.check()


@pytest.fixture
def threaded():
    """Return the simulation of an engine of threads."""
    with ThreadedEngine(2) as engine, mx.engine.use(engine):
        simulation = Simulation()
        engine.devices.use("sim", simulation)
        yield simulation


@pytest.fixture
def given(monkeypatch):
    """Return what waits until something is given to a stream of this name."""
    names, run = queue.SimpleQueue(), SimulatedStream.run

    def noting(stream, function, accesses):
        try:
            run(stream, function, accesses)
        finally:
            names.put(stream.name)

    def until(name):
        while names.get(timeout=PATIENCE) != name:
            pass

    monkeypatch.setattr(SimulatedStream, "run", noting)
    return until


@pytest.fixture
def reference(monkeypatch):
    """Compute on the host with what devices compute with."""
    monkeypatch.setattr(backends, "available", lambda: ("reference",))


@pytest.fixture(params=["threaded", "naive"])
def kind(request):
    return request.param


@pytest.fixture
def gpus(kind, monkeypatch):
    """Have two GPUs that are none."""
    monkeypatch.setitem(sys.modules, "cupy", fake_cupy.make(2))
    for name, module in fake_cupy.special().items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("dataflow.context._opened", set())
    engine = ThreadedEngine(2) if kind == "threaded" else NaiveEngine()
    with engine, mx.engine.use(engine):
        yield
        mx.waitall()
