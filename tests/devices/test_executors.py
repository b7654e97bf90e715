"""Executors on simulated devices: results are those of one cpu, bit for bit."""

from __future__ import annotations

import random

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import OperatorError
from dataflow_engine import ThreadedEngine
from dataflow_engine.devices.simulated import Simulation
from tests.executor.networks import assert_same, random_network, run
from tests.executor.running import Faulty, replace_kernel

HOST = mx.Context("cpu", 0)
PLACES = [HOST, mx.sim(0), mx.sim(1)]


def bound(seed, groups):
    """Bind a random network; where its nodes lie follows from the seed."""
    draw = random.Random(seed)
    network = random_network(seed, size=12)
    rng = np.random.default_rng(seed)
    values, heads = network.values(rng), network.heads(rng)
    where = [f"g{draw.randrange(len(PLACES))}" for _ in network.steps]
    requests = {name: draw.choice(("write", "add", "null")) for name in values}
    return network.bind(values, requests, where.__getitem__, groups), heads


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("seed", range(12))
def test_any_placement_gives_the_same(seed):
    """Threads of devices are held back at random; the arrays lie anywhere, too."""
    draw = random.Random(seed)
    with ThreadedEngine(1) as engine, mx.engine.use(engine):
        simulation = Simulation(seed)
        engine.devices.use("sim", simulation)
        with HOST:
            one, heads = bound(seed, None)
        with draw.choice(PLACES):
            groups = {f"g{i}": place for i, place in enumerate(PLACES)}
            many, _ = bound(seed, groups)
        for number in range(3):
            here = heads if number % 2 else ()
            assert_same(run(one, here), run(many, here))
        mx.waitall()
        simulation.check()


def network():
    x = mx.sym.Variable("data")
    for number, place in enumerate(("first", "second", "third")):
        with mx.AttrScope(ctx_group=place):
            x = mx.sym.FullyConnected(x, num_hidden=6, name=f"fc{number}")
            x = mx.sym.BatchNorm(x, name=f"bn{number}")
            x = mx.sym.Activation(x, act_type="tanh", name=f"act{number}")
            x = mx.sym.Dropout(x, p=0.25, name=f"drop{number}")
    x = mx.sym.FullyConnected(x, num_hidden=3, name="out")
    return mx.sym.SoftmaxOutput(x, name="softmax")


def trained(contexts, **how):
    """Train a module for an epoch; return its parameters."""
    mx.random.seed(11)
    draw = np.random.default_rng(5)
    data, label = draw.normal(size=(24, 5)), draw.integers(0, 3, 24)
    batches = mx.io.NDArrayIter(data.astype("float32"), label.astype("float32"), 8)
    module = mx.mod.Module(network(), context=contexts, **how)
    module.fit(
        batches,
        num_epoch=2,
        optimizer_params={"learning_rate": 0.1, "momentum": 0.9},
        initializer=mx.init.Xavier(),
        eval_metric="acc",
    )
    arguments, states = module.get_params()
    return {name: array.asnumpy() for name, array in (arguments | states).items()}


GROUPS = dict(zip(("first", "second", "third"), PLACES, strict=True))


@pytest.mark.usefixtures("reference", "simulation")
@pytest.mark.parametrize(
    ("contexts", "how"),
    [
        (mx.sim(0), {}),
        (HOST, {"group2ctxs": GROUPS}),
        (mx.sim(2), {"group2ctxs": GROUPS}),
    ],
)
def test_training_is_the_same_wherever_it_runs(contexts, how):
    expected, found = trained(HOST), trained(contexts, **how)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


@pytest.mark.usefixtures("simulation", "reference")
def test_several_devices_share_batches():
    """As several cpu contexts do."""
    expected = trained([mx.Context("cpu", 0), mx.Context("cpu", 1)])
    found = trained([mx.sim(0), mx.sim(1)])
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


@pytest.mark.usefixtures("simulation", "reference")
def test_a_monitor_sees_what_lies_anywhere():
    def seen(groups):
        executor = network().simple_bind(HOST, data=(4, 5), group2ctx=groups)
        for name, array in executor.arg_dict.items():
            array[:] = np.linspace(-1, 1, array.size).reshape(array.shape)
            executor.grad_dict[name][:] = 0
        names = {}
        executor.set_monitor_callback(
            lambda name, array: names.update({name: array.asnumpy()}), monitor_all=True
        )
        mx.random.seed(3)
        executor.forward(is_train=True)
        executor.backward()
        return names

    expected, found = seen(None), seen(GROUPS)
    assert expected.keys() <= found.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)
    assert any("_to_sim0" in name for name in found)


@pytest.mark.usefixtures("reference")
def test_copies_run_on_copy_lanes_and_the_rest_where_it_is(threaded):
    executor = network().simple_bind(HOST, data=(4, 5), group2ctx=GROUPS)
    lanes = {}
    for segment in executor._compiled.schedule.segments:
        for node in segment.nodes:
            lane = executor._lowering._lane(segment)
            lanes.setdefault(lane, set()).add(node.operator.name)
    assert lanes.keys() == {"cpu", "sim:0", "sim:0/copy", "sim:1", "sim:1/copy"}
    for lane, names in lanes.items():
        assert (names == {"_CrossDeviceCopy"}) == lane.endswith("/copy")
    executor.forward(is_train=True)
    executor.backward()
    mx.waitall()
    threaded.check()


def test_a_failure_names_the_device_and_reaches_every_other(threaded, monkeypatch):
    faulty = Faulty()
    replace_kernel(monkeypatch, "sin", faulty)
    with mx.AttrScope(ctx_group="away"):
        x = mx.sym.sin(mx.sym.Variable("x"), name="culprit")
    executor = (x + 1).simple_bind(HOST, x=(2,), group2ctx={"away": mx.sim(1)})
    executor.forward(x=[1, 2])
    with pytest.raises(OperatorError, match=r"'culprit'.*failed on sim\(1\)"):
        executor.outputs[0].asnumpy()
    faulty.broken = False
    executor.forward(x=[1, 2])
    assert executor.outputs[0].asnumpy().tolist() == [2, 3]
    threaded.check()
