"""Arrays on simulated devices: where things run, and that values are the host's."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
import trio

import dataflow as mx
from dataflow import autograd
from dataflow.errors import ArgumentError, ContextError, OperatorError
from dataflow_engine.devices.simulated import SimulatedStream

VALUE = np.array([[1.5, -2], [3, 4]])
PLACES = [mx.Context("cpu", 0), mx.cpu_pinned(0), mx.sim(0), mx.sim(1)]


@pytest.mark.usefixtures("simulation")
@pytest.mark.parametrize("types", [("float32", "float32"), ("float64", "int32")])
def test_copies_between_all_places(types):
    for here, there in itertools.product(PLACES, PLACES):
        source = mx.nd.array(VALUE, here, types[0])
        target = mx.nd.zeros(VALUE.shape, there, types[1])
        assert source.copyto(target) is target
        assert target.dtype == np.dtype(types[1])
        np.testing.assert_array_equal(target.asnumpy(), VALUE.astype(types[1]))
        moved = source.as_in_context(there)
        assert moved.context == there
        assert moved.dtype == np.dtype(types[0])
        np.testing.assert_array_equal(moved.asnumpy(), VALUE)


def steps(context):
    """Return values that all kinds of calls make."""
    x = mx.nd.array(VALUE, context)
    row, element = x[1], x[0, 1]
    yield x * 2 + x
    x += 1
    x[0] = [7, 8]
    x[1, 1] = 9
    yield row, element
    x[:, 0] = mx.nd.array([5, 6], mx.Context("cpu", 0))
    yield x, x[:, 1], x.T, x.reshape((4,)), x[mx.nd.array([1, 0])]
    x[:] = np.float32(2)
    yield mx.nd.dot(x, x), mx.nd.concat(x, x, dim=0), x.astype("float16")
    a, b = mx.nd.split(mx.nd.arange(6, ctx=context).reshape((2, 3)), 3)[:2]
    yield a, b, mx.nd.topk(a + b), mx.nd.sort(a)
    yield (
        mx.nd.random.normal(shape=(3, 2), ctx=context),
        mx.nd.Dropout(x, mode="always"),
    )


def values(context):
    mx.random.seed(4)
    with context:
        made = [a if isinstance(a, tuple) else (a,) for a in steps(context)]
        assert {x.context for arrays in made for x in arrays} == {context}
        return [x.asnumpy() for arrays in made for x in arrays]


@pytest.mark.usefixtures("simulation", "reference")
def test_calls_give_what_they_give_on_the_host():
    pairs = zip(values(mx.sim(0)), values(mx.Context("cpu", 0)), strict=True)
    for found, expected in pairs:
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.usefixtures("simulation")
def test_gradients_cross_devices():
    x = mx.nd.array([1, 2], mx.sim(0))
    x.attach_grad()
    with autograd.record():
        y = (x * x).as_in_context(mx.sim(1)) * 3
        z = y.as_in_context(mx.Context("cpu", 0)) + 1
    z.backward()
    assert x.grad.context == mx.sim(0)
    assert x.grad.asnumpy().tolist() == [6, 12]


@pytest.mark.usefixtures("simulation")
def test_files_hold_what_devices_hold(tmp_path):
    name = str(tmp_path / "arrays.params")
    mx.nd.save(name, {"a": mx.nd.array(VALUE, mx.sim(1))})
    loaded = mx.nd.load(name)["a"]
    assert loaded.context == mx.Context("cpu", 0)
    np.testing.assert_array_equal(loaded.asnumpy(), VALUE.astype("float32"))
    again = pickle.loads(pickle.dumps(mx.nd.array(VALUE, mx.sim(1))))
    assert again.context == mx.sim(1)
    np.testing.assert_array_equal(again.asnumpy(), VALUE.astype("float32"))


@pytest.mark.usefixtures("simulation")
def test_what_devices_do_not_do():
    x = mx.nd.ones(2, mx.sim(0))
    with pytest.raises(ContextError, match=r"sim\(0\) cannot be shared"):
        np.from_dlpack(x)
    with pytest.raises(ArgumentError, match=r"'rhs' lies on sim\(1\).*as_in_context"):
        x + mx.nd.ones(2, mx.sim(1))


# What runs where


@pytest.fixture
def lanes(monkeypatch):
    """Note which operations run on which streams."""
    noted, run = [], SimulatedStream.run

    def noting(stream, function, accesses):
        noted.append((accesses.name, stream.name))
        run(stream, function, accesses)

    monkeypatch.setattr(SimulatedStream, "run", noting)
    return noted


@pytest.mark.usefixtures("simulation")
def test_copies_run_on_copy_lanes(lanes):
    x = mx.nd.array([1, 2], mx.sim(0))
    y = (x + x).as_in_context(mx.sim(1))
    y.asnumpy()
    assert lanes == [
        ("_copyto", "sim:0/copy"),
        ("broadcast_add", "sim:0"),
        ("_copyto", "sim:1/copy"),
        ("_copyto", "sim:1/copy"),
    ]


def test_a_copy_to_the_host_waits_for_nothing_else(threaded):
    x = mx.nd.array([1, 2], mx.sim(0))
    x.wait_to_read()
    with threaded.hold():
        y = x + 1  # it returns though nothing runs
        z = y.as_in_context(mx.sim(1))
    assert z.asnumpy().tolist() == [2, 3]
    gate = mx.engine.get().new_variable()
    with threaded.hold():
        mx.engine.push(
            mx.engine.operation(lambda: None, [], [gate], lane="sim:1", name="held")
        )
        with pytest.raises(mx.MXNetError, match=r"0\.0 s"):
            mx.engine.wait_for(gate, timeout=0.0)


# The user's own code


class Mixed(mx.operator.CustomOp):
    """Reads values, and computes with operators on the device."""

    def forward(self, is_train, req, in_data, out_data, aux):
        assert in_data[0].context == out_data[0].context
        factor = in_data[0].asnumpy().max()
        self.assign(out_data[0], req[0], in_data[0] * float(factor))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        here = mx.nd.array(out_grad[0].asnumpy())
        self.assign(in_grad[0], req[0], here.as_in_context(in_grad[0].context) * 2)


class Awaited(mx.operator.CustomOp):
    """Awaits what it needs on the host."""

    async def forward(self, is_train, req, in_data, out_data, aux):
        here = in_data[0].as_in_context(mx.Context("cpu", 0))
        await here.wait_to_read()
        await trio.lowlevel.checkpoint()
        self.assign(out_data[0], req[0], here.asnumpy() * here.asnumpy().max())

    async def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * 2)


class Old(mx.operator.NumpyOp):
    """On NumPy arrays, by the older interface."""

    def __init__(self):
        super().__init__()

    def forward(self, in_data, out_data):
        out_data[0][:] = in_data[0] * in_data[0].max()

    def backward(self, out_grad, in_data, out_data, in_grad):
        in_grad[0][:] = out_grad[0] * 2


for made in (Mixed, Awaited):

    @mx.operator.register(f"device_test_{made.__name__}")
    class Properties(mx.operator.CustomOpProp):
        kind = made

        def create_operator(self, ctx, shapes, dtypes):
            return self.kind()


def symbol(name):
    x = mx.sym.Variable("x") + 1
    if name == "Old":
        return Old()(x, name="own") * 2
    return mx.sym.Custom(x, op_type=f"device_test_{name}", name="own") * 2


@pytest.mark.usefixtures("simulation")
@pytest.mark.parametrize("name", ["Mixed", "Awaited", "Old"])
def test_operators_of_the_users_own_in_executors(name):
    executor = symbol(name).simple_bind(mx.sim(0), x=(2,))
    for start in (0, 4):
        executor.forward(is_train=True, x=np.arange(start, start + 2))
        executor.backward(mx.nd.ones(2))
        x = np.arange(start, start + 2) + 1
        assert executor.outputs[0].asnumpy().tolist() == (2 * x * x.max()).tolist()
        assert executor.grad_dict["x"].asnumpy().tolist() == [4, 4]


@pytest.mark.usefixtures("simulation")
@pytest.mark.parametrize("name", ["Mixed", "Awaited"])
def test_operators_of_the_users_own_on_arrays(name):
    x = mx.nd.array([1, 3], mx.sim(0))
    x.attach_grad()
    with autograd.record():
        y = mx.nd.Custom(x, op_type=f"device_test_{name}")
    y.backward()
    assert y.context == mx.sim(0)
    assert y.asnumpy().tolist() == [3, 9]
    assert x.grad.asnumpy().tolist() == [2, 2]


@pytest.mark.usefixtures("simulation")
def test_functions_are_pushed_with_arrays_of_a_device():
    x, y = mx.nd.array([1, 3], mx.sim(0)), mx.nd.zeros(2, mx.sim(0))

    def work(source, target):
        target[:] = source * float(source.asnumpy().max())

    mx.engine.push(work, [x], [y])
    assert y.asnumpy().tolist() == [3, 9]


def test_a_failure_on_a_device_names_the_operator(threaded):
    x = mx.nd.array([1, 3], mx.sim(0))
    y = mx.nd.Custom(x.reshape((2, 1)), op_type="device_test_Mixed")

    def fail(*_):
        raise ZeroDivisionError("broken on purpose")

    mx.engine.push(fail, [], [y], name="culprit")
    z = (y + 1).as_in_context(mx.Context("cpu", 0))
    with pytest.raises(OperatorError, match=r"culprit.*ZeroDivisionError"):
        z.asnumpy()
    threaded.check()
