"""Executors of which devices launch segments as graphs: results are those of the host.

On simulated devices, and on two GPUs that are none: their stand-in takes into a capture
only what CuPy does, and refuses what CuPy or CUDA refuse.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, OperatorError
from dataflow_engine import ThreadedEngine
from dataflow_engine.devices.graphs import CapturedProgram
from dataflow_engine.devices.simulated import Simulation
from dataflow_engine.errors import DeviceRace
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.capturing import CAPTURED, can_be_captured
from dataflow_ops.registry import names
from tests.devices import fake_cuda
from tests.devices.test_gpu import CASES, computed
from tests.executor.networks import assert_same, random_network, run
from tests.executor.running import Faulty, replace_kernel

HOST = mx.Context("cpu", 0)
PLACES = {"sim": [mx.sim(0), mx.sim(1)], "gpu": [mx.gpu(0), mx.gpu(1)]}


@pytest.fixture(params=PLACES)
def places(request):
    """Return two devices, which are checked."""
    if request.param == "sim":
        with ThreadedEngine(2) as engine, mx.engine.use(engine):
            simulation = Simulation(seed=7)
            engine.devices.use("sim", simulation)
            yield PLACES["sim"]
            mx.waitall()
            simulation.check()
    else:
        request.getfixturevalue("gpus")
        yield PLACES["gpu"]


@pytest.fixture
def kind():
    return "threaded"


pytestmark = pytest.mark.usefixtures("reference")


def composed():
    """Return a symbol of two runs of functions, with a product between them."""
    x = mx.sym.sin(mx.sym.Variable("x"), name="first")
    x = mx.sym.exp(mx.sym.tanh(x, name="second"), name="third")
    x = mx.sym.FullyConnected(x, num_hidden=3, no_bias=True, name="product")
    return mx.sym.square(mx.sym.cos(x, name="fourth"), name="fifth")


def bound(context, batch=2, symbol=None, **how):
    symbol = composed() if symbol is None else symbol
    executor = symbol.simple_bind(context, x=(batch, 4), **how)
    for name, array in executor.arg_dict.items():
        values = np.random.RandomState(len(name)).uniform(-1, 1, array.shape)
        array[:] = values
    return executor


def forward(executor, seed, **how):
    """Run it forward; return the output."""
    shape = executor.arg_dict["x"].shape
    value = np.random.RandomState(seed).uniform(-1, 1, shape).astype("float32")
    return executor.forward(x=value, **how)[0].asnumpy()


def test_runs_give_what_the_host_gives(places):
    here, there = bound(HOST), bound(places[0])
    for seed in range(4):
        np.testing.assert_array_equal(forward(here, seed), forward(there, seed))
    (line,) = there.plan_report().graphs
    assert line == (
        f"forward segment 0 on {places[0]}: 5 of 6 kernels launched as 2 graphs"
    )
    assert line in str(there.plan_report())
    assert here.plan_report().graphs == []


def test_before_the_second_run_the_report_tells_what_can_be(places):
    executor = bound(places[0])
    forward(executor, 0)
    (line,) = executor.plan_report().graphs
    assert line.endswith("5 of 6 kernels to be captured")


def test_it_can_be_switched_off(places, monkeypatch):
    monkeypatch.setenv("DATAFLOW_GRAPHS", "0")
    executor = bound(places[0])
    found = [forward(executor, seed) for seed in range(3)]
    np.testing.assert_array_equal(found[2], forward(bound(HOST), 2))
    assert executor.plan_report().graphs == []
    monkeypatch.setenv("DATAFLOW_GRAPHS", "yes")
    with pytest.raises(
        ArgumentError, match="DATAFLOW_GRAPHS must be 0 or 1, not 'yes'"
    ):
        forward(bound(places[0]), 0)


def test_other_shapes_and_other_arrays_are_captured_anew(places):
    executors = [bound(places[0])]
    executors.append(executors[0].reshape(x=(5, 4), partial_shaping=True, **UP))
    executors.append(bound(places[0], 3))
    expected = [bound(HOST, batch) for batch in (2, 5, 3)]
    for seed in range(4):
        for found, here in zip(executors, expected, strict=True):
            np.testing.assert_array_equal(forward(found, seed), forward(here, seed))
    for executor in executors:
        assert "launched as 2 graphs" in executor.plan_report().graphs[0]


UP = {"allow_up_sizing": True}


def test_random_numbers_are_fresh_at_each_run(places):
    x = mx.sym.exp(mx.sym.sin(mx.sym.Variable("x")))
    x = mx.sym.Dropout(x, p=0.5, name="drop")
    symbol = mx.sym.cos(mx.sym.square(x))
    found = []
    for context in (HOST, places[0]):
        mx.random.seed(5)
        executor = bound(context, 8, symbol)
        found.append([forward(executor, 1, is_train=True) for _ in range(4)])
    np.testing.assert_array_equal(found[0], found[1])
    assert len({value.tobytes() for value in found[1]}) == 4
    assert executor.plan_report().graphs == [
        f"forward segment 0 on {places[0]}: 4 of 5 kernels launched as 2 graphs"
    ]


def test_a_monitor_sees_every_kernel(places):
    executor, seen = bound(places[0]), {}
    for seed in range(3):
        forward(executor, seed)
    executor.set_monitor_callback(lambda name, array: seen.update({name: array}))
    last = forward(executor, 3)
    assert seen.keys() >= {f"{name}_output" for name in ("first", "third", "fifth")}
    np.testing.assert_array_equal(seen["fifth_output"].asnumpy(), last)
    executor.set_monitor_callback(None)
    np.testing.assert_array_equal(forward(executor, 4), forward(bound(HOST), 4))


def test_what_the_device_refuses_is_run_as_before(places, monkeypatch):
    """A kernel that makes an array, though its operator is thought not to."""

    def allocating(call):
        call.outputs[0][...] = call.inputs[0] * 2

    replace_kernel(monkeypatch, "tanh", allocating)
    here, there = bound(HOST), bound(places[0])
    for seed in range(4):
        np.testing.assert_array_equal(forward(here, seed), forward(there, seed))
    (line,) = there.plan_report().graphs
    if places is PLACES["sim"]:  # where memory is the host's
        assert line.endswith("launched as 2 graphs")
    else:
        assert "2 of 6 kernels launched as 1 graph; 3 kernels one by one" in line
        assert "'second' cannot be captured: CaptureRefused: 8 bytes of the" in line


def test_a_failure_in_a_graph_names_the_node_and_reaches_every_other(monkeypatch):
    faulty = Faulty()
    faulty.broken = False
    replace_kernel(monkeypatch, "tanh", faulty)
    with ThreadedEngine(2) as engine, mx.engine.use(engine):
        executor = bound(mx.sim(0), group2ctx={"away": mx.sim(1)}, symbol=crossing())
        for seed in range(3):
            forward(executor, seed)
        faulty.broken = True
        with pytest.raises(OperatorError, match=r"'second'.*failed on sim\(0\)"):
            forward(executor, 3)
        faulty.broken = False
        host = bound(HOST, symbol=crossing())
        np.testing.assert_array_equal(forward(executor, 4), forward(host, 4))
        assert "launched as 1 graph" in executor.plan_report().graphs[0]


def crossing():
    x = composed().get_internals()["third_output"]
    with mx.AttrScope(ctx_group="away"):
        return mx.sym.cos(mx.sym.square(x))


@pytest.mark.parametrize("seed", range(6))
def test_any_placement_gives_the_same(places, seed):
    draw = random.Random(seed)
    network = random_network(seed, size=14)
    rng = np.random.default_rng(seed)
    inputs, heads = network.values(rng), network.heads(rng)
    requests = {name: draw.choice(("write", "add", "null")) for name in inputs}
    where = [f"g{draw.randrange(3)}" for _ in network.steps]
    groups = {f"g{i}": place for i, place in enumerate([HOST, *places])}
    with HOST:
        one = network.bind(inputs, requests, where.__getitem__)
    with draw.choice(places):
        many = network.bind(inputs, requests, where.__getitem__, groups)
    for number in range(5):
        here = heads if number % 2 else ()
        assert_same(run(one, here), run(many, here))


@pytest.mark.gpu
def test_a_real_gpu_launches_graphs():
    here, there = bound(HOST), bound(mx.gpu(0))
    for seed in range(5):
        expected, found = forward(here, seed), forward(there, seed)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    (line,) = there.plan_report().graphs
    assert line.endswith("5 of 6 kernels launched as 2 graphs")


# What is asked of CuPy, and the table


def test_what_captures_ask_for_is_there():
    golden = Path(__file__).parents[1] / "golden" / "cupy_names.json"
    known = set(json.loads(golden.read_text())["cuda"])
    wanted = {"using_allocator", "runtime.streamCaptureModeThreadLocal", "Graph.launch"}
    wanted |= {f"Stream.{name}" for name in ("begin_capture", "end_capture")}
    assert wanted <= known
    for kind in (fake_cuda.Stream, fake_cuda.Graph, fake_cuda.Event):
        stands_for = {
            n for n in vars(kind) if "capture" in n or n in ("launch", "upload")
        }
        stands_for -= {"captured"}
        assert {f"{kind.__name__}.{name}" for name in stands_for} <= known


def test_the_table_holds_operators_that_draw_nothing():
    known = names()
    for name in CAPTURED:
        assert name in known or name.startswith("_backward_"), name
        assert name.startswith("_backward_") or not known[name].random, name


@pytest.fixture
def capturing(monkeypatch):
    """Have each kernel of a GPU captured and launched that can be; note which."""
    noted, find = [], backends.find

    def found(operator, attributes, inputs, outputs, device="cpu"):
        backend, kernel = find(operator, attributes, inputs, outputs, device)
        if device != "gpu":
            return backend, kernel

        def bind(call):
            thunk = kernel.bind(call)
            if thunk is None or not can_be_captured(
                operator, attributes, call.requests
            ):
                return thunk
            noted.append(operator)
            return lambda: launched(thunk)

        return backend, replace(kernel, bind=bind)

    monkeypatch.setattr(backends, "find", found)
    return noted


def launched(thunk):
    """Capture a kernel on the current stream of the stand-in, and launch that."""
    stream = fake_cuda.current()
    with fake_cuda.using_allocator(fake_cuda.refuse):
        stream.begin_capture(fake_cuda.THREAD_LOCAL)
        thunk()
        graph = stream.end_capture()
    graph.launch(stream)


@pytest.mark.usefixtures("gpus")
@pytest.mark.parametrize("kind", ["naive"])
def test_all_cases_of_what_is_in_the_table_can_be_captured(capturing):
    """On the stand-in, which refuses all that CUDA and CuPy would; see `fake_cupy`."""
    some = [c for c in CASES if c.operator in CAPTURED | {"Activation"}]
    for case in some:
        pairs = zip(computed(case, mx.gpu(1)), computed(case, HOST), strict=True)
        for found, expected in pairs:
            np.testing.assert_array_equal(found, expected, err_msg=case.id)
    met = {c.operator for c in some}
    assert set(capturing) >= met - VIEWS


# Nothing may be to be done: the result shares the memory of its input.
VIEWS = {"Reshape", "Flatten", "expand_dims", "squeeze", "reshape_like"}


# Planted faults


@pytest.fixture
def by_name(monkeypatch):
    """Keep graphs by the names of segments, whatever their arrays are."""
    graphs, make = {}, CapturedProgram._graph

    def keeping(program, stream, accesses, stretch):
        key = accesses.name, stretch
        if key not in graphs:
            graphs[key] = make(program, stream, accesses, stretch)
        return graphs[key]

    monkeypatch.setattr(CapturedProgram, "_graph", keeping)


@pytest.mark.usefixtures("by_name")
def test_a_graph_of_other_arrays_is_told_by_a_simulated_device():
    with ThreadedEngine(2) as engine, mx.engine.use(engine):
        simulation = Simulation()
        engine.devices.use("sim", simulation)
        with pytest.raises(OperatorError, match="which that run does not declare"):
            test_other_shapes_and_other_arrays_are_captured_anew(PLACES["sim"])
        with pytest.raises(DeviceRace, match="which that run does not declare"):
            simulation.check()


@pytest.mark.usefixtures("by_name", "gpus")
def test_a_graph_of_other_arrays_gives_other_results_on_a_gpu():
    with pytest.raises(AssertionError, match="Arrays are not equal"):
        test_other_shapes_and_other_arrays_are_captured_anew(PLACES["gpu"])
