"""What slices tell of operators: their shapes, bytes and memory; and of waits."""

import json
import threading

import numpy as np
import pytest

import dataflow as mx
from tests.profiler.observations import rows

PATIENCE = 20.0


def events(profiler, tmp_path, phase="X"):
    profiler.dump()
    found = json.loads((tmp_path / "profile.json").read_text())["traceEvents"]
    return [e for e in found if e["ph"] == phase]


def bound(size=4, ctx=None, **options):
    net = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="fc")
    net = mx.sym.SoftmaxOutput(net, name="softmax")
    return net.simple_bind(ctx or mx.cpu(), data=(2, size), **options)


def test_nodes_tell_operator_and_shapes(profiler, tmp_path):
    executor = bound()
    profiler.set_state("run")
    executor.forward(is_train=True)
    executor.backward()
    found = {e["name"]: e["args"] for e in events(profiler, tmp_path) if "args" in e}
    assert found["fc"] == {
        "operator": "FullyConnected",
        "inputs": "data=(2, 4) float32, weight=(3, 4) float32, bias=(3,) float32",
        "outputs": "(2, 3) float32",
        "bytes": 24,
    }
    assert found["fc_backward"]["operator"] == "_backward_FullyConnected"
    assert found["forward segment 0 on cpu(0)"] == {"operators": 2}


def test_nodes_are_summed_by_operator_as_in_mxnet(profiler):
    executor = bound()
    profiler.set_state("run")
    for _ in range(3):
        executor.forward(is_train=True)
        executor.backward()
    profiler.set_state("stop")
    counts = {name: numbers[0] for name, numbers in rows(profiler, "operator")}
    names = ("FullyConnected", "SoftmaxOutput", "_backward_FullyConnected")
    assert {name: counts[name] for name in names} == dict.fromkeys(names, 3)


def test_calls_on_arrays_tell_as_much(profiler, tmp_path):
    x = mx.nd.array(np.ones((2, 3), "float32"))
    y = mx.nd.zeros((2, 3), dtype="float64")
    profiler.set_state("run")
    mx.nd.dot(x, x.T)
    x.copyto(mx.nd.empty((2, 3)))
    x.copyto(y)
    found = [(e["name"], e.get("args")) for e in events(profiler, tmp_path)]
    told = dict(found)
    assert told["dot"] == {
        "operator": "dot",
        "inputs": "(2, 3) float32, (3, 2) float32",
        "outputs": "(2, 2) float32",
        "bytes": 16,
    }
    copied = {"outputs": "(2, 3) float32", "bytes": 24}
    assert next(args for name, args in found if name == "_copyto") == copied


def test_a_failed_operator_tells_its_shapes_too(profiler, tmp_path):
    profiler.set_state("run")
    bad = mx.nd.Embedding(mx.nd.array([1]), mx.nd.ones((2, 2)), 2, 2)
    bad.wait_to_read()
    (found,) = [e for e in events(profiler, tmp_path) if e["name"] == "Embedding"]
    assert found["args"]["inputs"] == "(1,) float32, (2, 2) float32"


def test_bytes_written_are_counted_on_their_device(profiler, tmp_path):
    x = mx.nd.ones((4,), ctx=mx.cpu(1))
    mx.nd.waitall()
    profiler.set_state("run")
    mx.nd.exp(x)
    mx.nd.exp(x)
    found = events(profiler, tmp_path, "C")
    written = [e["args"] for e in found if e["name"] == "bytes written"]
    assert written == [{"bytes written": 16}, {"bytes written": 32}]


def test_arenas_are_counters_and_in_the_sums(profiler, tmp_path):
    executors = [bound(), bound(400)]
    profiler.set_state("run")
    for executor in executors:
        executor.forward()
    profiler.set_state("stop")
    told = [name for name, _ in arena_rows(profiler)]
    found = events(profiler, tmp_path, "C")
    arenas = {e["name"]: e["args"][e["name"]] for e in found if "arena" in e["name"]}
    assert len(arenas) == len(told) == 2
    planned = [sum(e.plan_report().arenas.values()) for e in executors]
    assert sorted(arenas.values()) == sorted(planned)


def arena_rows(profiler):
    lines = profiler.dumps().splitlines()
    return [(line[:26], line) for line in lines if "arena of executor" in line]


class Meeting(mx.operator.CustomOp):
    """Two of these end together, so that one thread has to wait and help."""

    barrier = threading.Barrier(2)

    def forward(self, is_train, req, in_data, out_data, aux):
        self.barrier.wait(PATIENCE)


@mx.operator.register("profiled_meeting")
class MeetingProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Meeting()


@pytest.mark.parametrize("name", ["wait_all", "wait_for"])
def test_waits_of_the_program_are_slices(profiler, tmp_path, name):
    with mx.engine.use(mx.engine.create("threaded", 1)):
        x = mx.nd.ones(1)
        profiler.set_state("run")
        held = [mx.nd.Custom(x, op_type="profiled_meeting") for _ in range(2)]
        if name == "wait_for":
            for array in held:
                array.wait_to_read()
        profiler.set_state("stop")
    waits = [e for e in events(profiler, tmp_path) if e["cat"] == "wait"]
    assert name in {e["name"] for e in waits}
    assert all("for" in e["args"] for e in waits)


def test_waits_can_be_left_out(profiler, tmp_path):
    path = tmp_path / "profile.json"
    profiler.set_config(profile_api=False, profile_memory=False, filename=path)
    profiler.set_state("run")
    executor = bound()
    executor.forward()
    executor.outputs[0].wait_to_read()
    profiler.dump()
    found = json.loads(path.read_text())["traceEvents"]
    assert not [e for e in found if e.get("cat") == "wait"]
    assert {e["name"] for e in found if e["ph"] == "C"} <= {"queued operations"}
