"""Operators of the user's own, on symbols and on arrays."""

from __future__ import annotations

import threading
from typing import ClassVar

import numpy as np
import pytest
import trio

import dataflow as mx
from dataflow import autograd
from dataflow.errors import ArgumentError, ArgumentTypeError, InferenceError


class Softmax(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        x = in_data[0].asnumpy()
        y = np.exp(x - x.max(axis=1).reshape((x.shape[0], 1)))
        y /= y.sum(axis=1).reshape((x.shape[0], 1))
        self.assign(out_data[0], req[0], mx.nd.array(y))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        label = in_data[1].asnumpy().ravel().astype(int)
        y = out_data[0].asnumpy()
        y[np.arange(label.shape[0]), label] -= 1.0
        self.assign(in_grad[0], req[0], mx.nd.array(y))


@mx.operator.register("test_softmax")
class SoftmaxProp(mx.operator.CustomOpProp):
    def __init__(self):
        super().__init__(need_top_grad=False)

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], (in_shape[0][0],)], [in_shape[0]], []

    def create_operator(self, ctx, shapes, dtypes):
        return Softmax()


class Scaled(mx.operator.CustomOp):
    """Two outputs, an auxiliary state that counts, and computing on arrays."""

    def __init__(self, factor):
        self.factor = factor

    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0] * self.factor)
        self.assign(out_data[1], req[1], in_data[0] + in_data[1])
        if is_train:
            aux[0][:] = aux[0] + 1

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        assert in_data == [None, None]
        assert out_data == [None, None]
        self.assign(in_grad[0], req[0], out_grad[0] * self.factor + out_grad[1])
        self.assign(in_grad[1], req[1], out_grad[1])


@mx.operator.register("test_scaled")
class ScaledProp(mx.operator.CustomOpProp):
    def __init__(self, factor="2"):
        super().__init__()
        self.factor = float(factor)

    def list_arguments(self):
        return ["a", "b"]

    def list_outputs(self):
        return ["scaled", "total"]

    def list_auxiliary_states(self):
        return ["count"]

    def infer_shape(self, in_shape):
        return [in_shape[0]] * 2, [in_shape[0]] * 2, [(1,)]

    def declare_backward_dependency(self, out_grad, in_data, out_data):
        return out_grad

    def create_operator(self, ctx, shapes, dtypes):
        assert ctx == mx.cpu()
        assert shapes[0] == [2, 3]
        return Scaled(self.factor)


def test_a_loss_of_the_users_own():
    data, label = mx.sym.Variable("data"), mx.sym.Variable("label")
    net = mx.sym.Custom(data=data, label=label, op_type="test_softmax", name="softmax")
    assert net.list_outputs() == ["softmax_output"]
    assert net.infer_shape(data=(4, 3))[0] == [(4, 3), (4,)]
    executor = net.simple_bind(mx.cpu(), data=(4, 3), grad_req={"data": "write"})
    values = np.random.RandomState(0).normal(size=(4, 3))
    executor.forward(is_train=True, data=values, label=np.array([0, 1, 2, 1]))
    executor.backward()
    e = np.exp(values)
    expected = e / e.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(executor.outputs[0].asnumpy(), expected, rtol=1e-5)
    expected[range(4), [0, 1, 2, 1]] -= 1
    np.testing.assert_allclose(
        executor.grad_dict["data"].asnumpy(), expected, rtol=1e-5, atol=1e-7
    )


def test_missing_inputs_become_variables():
    net = mx.sym.Custom(mx.sym.Variable("x"), op_type="test_scaled", name="op")
    assert net.list_arguments() == ["x", "op_b"]
    assert net.list_auxiliary_states() == ["op_count"]
    assert net.list_outputs() == ["op_scaled", "op_total"]
    assert net[0].attr("op_type") == "test_scaled"


def scaled(**kwargs):
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    return mx.sym.Custom(a=a, b=b, op_type="test_scaled", name="op", **kwargs)


@pytest.mark.parametrize("request_", ["write", "add"])
def test_outputs_states_dependencies_and_requests(request_):
    executor = scaled(factor=3).simple_bind(mx.cpu(), request_, a=(2, 3))
    executor.arg_dict["a"][:] = 2
    executor.arg_dict["b"][:] = 5
    for _ in range(2):
        executor.forward(is_train=True)
        executor.backward([mx.nd.ones((2, 3)), mx.nd.ones((2, 3)) * 10])
    executor.forward()
    assert (executor.outputs[0].asnumpy() == 6).all()
    assert (executor.outputs[1].asnumpy() == 7).all()
    assert executor.aux_dict["op_count"].asnumpy() == [2]
    times = {"write": 1, "add": 2}[request_]
    assert (executor.grad_dict["a"].asnumpy() == 13 * times).all()
    assert (executor.grad_dict["b"].asnumpy() == 10 * times).all()


def test_inside_a_graph_beside_other_operators():
    x = mx.sym.Variable("x")
    net = scaled()(a=mx.sym.exp(x), b=x * 2)
    net = mx.sym.MakeLoss(mx.sym.sum(net[0] * net[1]))
    executor = net.simple_bind(mx.cpu(), x=(2, 3))
    value = np.random.RandomState(1).normal(size=(2, 3))
    executor.forward(is_train=True, x=value)
    executor.backward()
    e = np.exp(value)  # the loss: 2 e^x (e^x + 2 x)
    expected = 2 * e * (e + 2 * value) + 2 * e * (e + 2)
    np.testing.assert_allclose(executor.grad_dict["x"].asnumpy(), expected, rtol=1e-4)


def test_on_arrays_and_recorded():
    a, b, count = mx.nd.ones((2, 3)), mx.nd.ones((2, 3)) * 4, mx.nd.zeros((1,))
    a.attach_grad()
    with autograd.record():
        first, second = mx.nd.Custom(a, b, count, op_type="test_scaled", factor=7)
        loss = first + second * 2
    loss.backward()
    assert (first.asnumpy() == 7).all()
    assert (second.asnumpy() == 5).all()
    assert (a.grad.asnumpy() == 9).all()
    assert count.asnumpy() == [1]


def test_many_from_several_threads_without_deadlock():
    net = scaled()
    executors = [net.simple_bind(mx.cpu(), a=(2, 3)) for _ in range(4)]

    def work(executor, number):
        for _ in range(25):
            executor.forward(is_train=True, a=np.full((2, 3), number))
            executor.backward([mx.nd.ones((2, 3))] * 2)

    threads = [
        threading.Thread(target=work, args=pair)
        for pair in zip(executors, range(4), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for number, executor in enumerate(executors):
        assert (executor.outputs[0].asnumpy() == 2 * number).all()
        assert executor.aux_arrays[0].asnumpy() == [25]


class Failing(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        raise_here(in_data[0].asnumpy())


def raise_here(value):
    raise ZeroDivisionError(f"not with {value.tolist()}")


@mx.operator.register("test_failing")
class FailingProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Failing()


def test_an_exception_reaches_the_caller_with_its_traceback():
    net = mx.sym.Custom(mx.sym.Variable("x"), op_type="test_failing", name="bad")
    executor = net.simple_bind(mx.cpu(), x=(2,))
    with pytest.raises(mx.MXNetError, match=r"'bad'.*not with") as caught:
        executor.forward()[0].asnumpy()
    cause = caught.value.__cause__
    assert isinstance(cause, ZeroDivisionError)
    names = []
    trace = cause.__traceback__
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert names[-1] == "raise_here"
    with pytest.raises(mx.MXNetError, match="not with"):
        mx.nd.Custom(mx.nd.ones((1,)), op_type="test_failing").asnumpy()


def test_bad_calls_are_refused_before_anything_runs():
    x = mx.sym.Variable("x")
    with pytest.raises(ArgumentError, match="did you mean 'test_softmax'"):
        mx.sym.Custom(x, op_type="test_sofmax")
    with pytest.raises(ArgumentError, match="'op_type' is missing"):
        mx.sym.Custom(x)
    with pytest.raises(ArgumentError, match="unexpected keyword argument 'facto'"):
        mx.sym.Custom(x, op_type="test_scaled", facto=2)
    with pytest.raises(ArgumentTypeError, match="derived from CustomOpProp"):
        mx.operator.register("bad")(int)


def test_rules_that_fail_or_return_too_little_are_named():
    @mx.operator.register("test_bad_rules")
    class BadRules(mx.operator.CustomOpProp):
        def __init__(self, how):
            super().__init__()
            self.how = how

        def infer_shape(self, in_shape):
            if self.how == "raise":
                raise KeyError("oops")
            return in_shape, []

    for how, message in (("raise", "infer_shape.*oops"), ("few", "1 outputs .*not 0")):
        net = mx.sym.Custom(mx.sym.Variable("x"), op_type="test_bad_rules", how=how)
        with pytest.raises(InferenceError, match=message):
            net.infer_shape(x=(2, 3))


def test_numpy_op():
    class Square(mx.operator.NumpyOp):
        def forward(self, in_data, out_data):
            assert isinstance(in_data[0], np.ndarray)
            out_data[0][:] = in_data[0] ** 2

        def backward(self, out_grad, in_data, out_data, in_grad):
            in_grad[0][:] = 2 * in_data[0] * out_grad[0]

    net = Square()(mx.sym.Variable("x"), name="square")
    assert net.list_outputs() == ["square_output"]
    executor = net.simple_bind(mx.cpu(), x=(3,), grad_req="add")
    executor.forward(is_train=True, x=[1, 2, 3])
    executor.backward([mx.nd.array([1, 1, 10])])
    assert executor.outputs[0].asnumpy().tolist() == [1, 4, 9]
    assert executor.grad_arrays[0].asnumpy().tolist() == [2, 4, 60]


def test_ndarray_op_without_head_gradients():
    class Loss(mx.operator.NDArrayOp):
        def __init__(self):
            super().__init__(need_top_grad=False)

        def forward(self, in_data, out_data):
            out_data[0][:] = in_data[0] * 1

        def backward(self, out_grad, in_data, out_data, in_grad):
            in_grad[0][:] = out_data[0] - 1

    executor = Loss()(mx.sym.Variable("x")).simple_bind(mx.cpu(), x=(2,))
    executor.forward(is_train=True, x=[3, 4])
    executor.backward()
    assert executor.grad_arrays[0].asnumpy().tolist() == [2, 3]


class Slow(mx.operator.CustomOp):
    """Awaits while others run: its forward in several steps, its backward in one."""

    async def forward(self, is_train, req, in_data, out_data, aux):
        await trio.lowlevel.checkpoint()
        value = in_data[0].asnumpy() * 2
        await trio.lowlevel.checkpoint()
        self.assign(out_data[0], req[0], mx.nd.array(value))

    async def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        await trio.lowlevel.checkpoint()
        if in_data[0].asnumpy().min() < 0:
            raise_here(in_data[0].asnumpy())
        self.assign(in_grad[0], req[0], out_grad[0] * 2)


@mx.operator.register("test_slow")
class SlowProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Slow()


def test_asynchronous_operators_run_on_the_io_lane():
    x = mx.sym.Variable("x")
    net = mx.sym.Custom(x + 1, op_type="test_slow", name="slow") * 10
    executor = net.simple_bind(mx.cpu(), x=(3,))
    for start in range(5):
        executor.forward(is_train=True, x=[start, 1, 2])
        executor.backward([mx.nd.ones(3)])
        assert executor.outputs[0].asnumpy().tolist() == [20 * start + 20, 40, 60]
        assert executor.grad_arrays[0].asnumpy().tolist() == [20, 20, 20]
    executor.forward(is_train=True, x=[-5, 1, 2])
    executor.backward([mx.nd.ones(3)])
    with pytest.raises(mx.MXNetError, match=r"'slow_backward'.*not with") as caught:
        executor.grad_arrays[0].asnumpy()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


class Rendezvous(mx.operator.CustomOp):
    """Ends only when all of its kind have begun."""

    parties: ClassVar[list[trio.Event]] = []

    async def forward(self, is_train, req, in_data, out_data, aux):
        mine = trio.Event()
        mine.set()
        self.parties.append(mine)
        with trio.fail_after(30):
            while len(self.parties) < 2:
                await trio.lowlevel.checkpoint()
        self.assign(out_data[0], req[0], in_data[0] + 1)


@mx.operator.register("test_rendezvous")
class RendezvousProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return Rendezvous()


def test_asynchronous_operators_of_one_graph_run_at_the_same_time():
    Rendezvous.parties.clear()
    x = mx.sym.Variable("x")
    both = [mx.sym.Custom(x, op_type="test_rendezvous") for _ in range(2)]
    executor = (both[0] + 2 * both[1]).bind(mx.cpu(), {"x": mx.nd.array([1, 2])})
    executor.forward()
    mx.waitall()
    assert executor.outputs[0].asnumpy().tolist() == [6, 9]


def test_what_does_not_need_an_asynchronous_operator_does_not_wait_for_it():
    passed = threading.Event()

    class Patient(mx.operator.CustomOp):
        async def forward(self, is_train, req, in_data, out_data, aux):
            with trio.fail_after(30):
                while not passed.is_set():
                    await trio.lowlevel.checkpoint()
            self.assign(out_data[0], req[0], in_data[0])

    class Passing(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            passed.set()
            self.assign(out_data[0], req[0], in_data[0])

    for kind in (Patient, Passing):
        name = f"test_{kind.__name__}"

        @mx.operator.register(name)
        class Prop(mx.operator.CustomOpProp):
            made = kind

            def create_operator(self, ctx, shapes, dtypes):
                return self.made()

    x = mx.sym.Variable("x")
    late = mx.sym.Custom(x + 1, op_type="test_Patient")
    other = mx.sym.Custom(x * 2, op_type="test_Passing")
    executor = (late * other).bind(mx.cpu(), {"x": mx.nd.array([1, 2])})
    executor.forward()
    mx.waitall()
    assert executor.outputs[0].asnumpy().tolist() == [4, 12]


def test_gradients_are_there_while_backward_goes_on():
    seen = threading.Event()

    class First(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            self.assign(out_data[0], req[0], in_data[0])

        def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
            assert seen.wait(30)
            self.assign(in_grad[0], req[0], out_grad[0])

    @mx.operator.register("test_first")
    class FirstProp(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return First()

    net = mx.sym.Custom(mx.sym.Variable("x"), op_type="test_first")
    net = mx.sym.FullyConnected(net, num_hidden=256, name="late")
    executor = net.simple_bind(mx.cpu(), x=(256, 256))
    executor.forward(is_train=True)
    executor.backward([mx.nd.ones((256, 256))])
    executor.grad_dict["late_weight"].wait_to_read()  # before First lets x's pass
    seen.set()
    executor.grad_dict["x"].wait_to_read()


def test_asynchronous_operators_on_arrays():
    x = mx.nd.array([1, 2])
    x.attach_grad()
    with autograd.record():
        y = mx.nd.Custom(x, op_type="test_slow")
    y.backward()
    assert y.asnumpy().tolist() == [2, 4]
    assert x.grad.asnumpy().tolist() == [2, 2]
