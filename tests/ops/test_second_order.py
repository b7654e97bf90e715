"""Gradients of gradients, by the public interface: against differences and MXNet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow import autograd
from dataflow.errors import GradientError
from tests.ops.cases.case import Case
from tests.ops.cases.second_order import cases_differentiated_twice, weights

GOLDEN = Path(__file__).parents[1] / "golden" / "second_order.npz"
every_case = pytest.mark.parametrize(
    "case", cases_differentiated_twice(), ids=lambda case: case.id
)


def marked(value, dtype="float64"):
    array = mx.nd.array(value, dtype=dtype)
    autograd.mark_variables(array, mx.nd.zeros_like(array))
    return array


def call(name, *arrays, **attributes):
    module = mx.nd if hasattr(mx.nd, name) else mx.nd._internal
    made = getattr(module, name)(*arrays, **attributes)
    return made if isinstance(made, list) else [made]


class Twice:
    """An operator whose gradients, added up with weights, are differentiated.

    `variables` are its inputs and the gradients of its outputs, which its own
    gradients depend on too.
    """

    def __init__(self, case: Case, dtype: str) -> None:
        self.case = case
        self.dtype = dtype
        self.inputs = case.values(dtype)
        arrays = [mx.nd.array(x, dtype=dtype) for x in self.inputs.values()]
        made = call(case.operator, *arrays, **case.attributes)
        heads = case.head_gradients([x.shape for x in made], dtype)
        self.heads = {f"head{i}": x for i, x in enumerate(heads)}
        self.dtypes = dict.fromkeys(self.inputs, dtype) | {
            f"head{i}": x.dtype for i, x in enumerate(made)
        }

    @property
    def variables(self) -> dict[str, np.ndarray]:
        every = self.inputs | self.heads
        return {n: x for n, x in every.items() if n not in self.case.integers}

    def loss(self, changed=None, *, create_graph=False):
        """Return the loss and the variables."""
        values = self.inputs | self.heads | (changed or {})
        arrays = {n: marked(x, self.dtypes[n]) for n, x in values.items()}
        inputs = [arrays[n] for n in self.inputs]
        wanted = [n for n in self.inputs if n not in self.case.integers]
        with autograd.record(train_mode=self.case.train):
            outputs = call(self.case.operator, *inputs, **self.case.attributes)
            gradients = autograd.grad(
                outputs,
                [arrays[n] for n in wanted],
                [arrays[n] for n in self.heads],
                create_graph=create_graph,
            )
            drawn = weights(self.case, self.dtype)
            parts = [
                (gradient * mx.nd.array(drawn[name], dtype=self.dtype)).sum()
                for name, gradient in zip(wanted, gradients, strict=True)
            ]
            total = sum(parts[1:], parts[0])
        return total, arrays

    def gradients(self) -> dict[str, np.ndarray]:
        loss, arrays = self.loss(create_graph=True)
        loss.backward()
        return {name: arrays[name].grad.asnumpy() for name in self.variables}


@every_case
def test_second_derivatives_agree_with_differences(case):
    twice = Twice(case, "float64")
    stream = np.random.RandomState(0)
    for name, found in twice.gradients().items():
        start = twice.variables[name]
        step = 1e-6 * stream.choice([-1.0, 1.0], size=start.shape)
        ahead = twice.loss({name: start + step})[0].asscalar()
        behind = twice.loss({name: start - step})[0].asscalar()
        tolerance = 1e-5 * max(1, np.abs(found).sum())
        expected = (ahead - behind) / 2e-6
        assert (found * step / 1e-6).sum() == pytest.approx(expected, abs=tolerance)


with np.load(GOLDEN) as file:
    golden = dict(file)


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in cases_differentiated_twice()
        if any(f"{case.id}/{name}" in golden for name in case.inputs)
    ],
    ids=lambda case: case.id,
)
def test_second_derivatives_agree_with_mxnet(case):
    found = Twice(case, case.dtype).gradients()
    for name in case.inputs:
        expected = golden[f"{case.id}/{name}"]
        assert found[name].dtype == expected.dtype
        tolerance = 10 * case.tolerance
        np.testing.assert_allclose(
            found[name], expected, rtol=tolerance, atol=tolerance
        )


def test_all_that_mxnet_can_do_is_compared():
    known = {case.id for case in cases_differentiated_twice()}
    assert {key.rpartition("/")[0] for key in golden} <= known


def derivatives(function, value, order):
    """Differentiate a function of one array again and again."""
    x = marked(value)
    with autograd.record():
        made = function(x)
        for _ in range(order - 1):
            made = autograd.grad(made, x, create_graph=True)
    made.backward()
    return x.grad.asnumpy()


@pytest.mark.parametrize(
    ("function", "third"),
    [
        (mx.nd.exp, np.exp),
        (mx.nd.sin, lambda x: -np.cos(x)),
        (mx.nd.log, lambda x: 2 / x**3),
        (mx.nd.reciprocal, lambda x: -6 / x**4),
        (lambda x: x**3, lambda x: np.full_like(x, 6)),
        (lambda x: x * x * x * x, lambda x: 24 * x),
        (mx.nd.tanh, lambda x: (6 * np.tanh(x) ** 2 - 2) / np.cosh(x) ** 2),
        (mx.nd.sqrt, lambda x: 3 / 8 * x**-2.5),
    ],
)
def test_third_derivatives(function, third):
    x = np.array([0.3, 1.0, 2.5])
    np.testing.assert_allclose(derivatives(function, x, 3), third(x), atol=1e-12)


def test_what_is_constant_leads_nowhere():
    with pytest.raises(GradientError, match="no array that leads to the heads"):
        derivatives(mx.nd.square, [1.0, 2.0], 3)


def test_a_long_chain_of_derivatives():
    x = np.array([0.5, 2.0])
    np.testing.assert_allclose(derivatives(mx.nd.sin, x, 8), np.sin(x))
    np.testing.assert_allclose(derivatives(mx.nd.exp, x, 8), np.exp(x))


@pytest.mark.parametrize("exponent", [0, 1, 2, 3])
def test_powers_at_zero(exponent):
    found = derivatives(lambda x: x**exponent, [0.0, -1.0], 2)
    factor = exponent * (exponent - 1)
    expected = factor * np.array([0.0, -1.0]) ** max(exponent - 2, 0)
    np.testing.assert_array_equal(found, expected)


def test_exponents_of_negative_numbers_do_not_spoil_the_base():
    x, y = marked([-2.0, 0.0, 3.0]), marked([2.0, 2.0, 2.0])
    with autograd.record():
        (by_x, _) = autograd.grad(
            mx.nd.broadcast_power(x, y), [x, y], create_graph=True
        )
    by_x.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), [2, 2, 2])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sigmoid", [-1e4, 1e4]),
        ("tanh", [-1e4, 1e4]),
        ("softsign", [-1e200, 1e200]),
        ("arctan", [-1e200, 1e200]),
        ("arcsinh", [-1e200, 1e200]),
        ("erf", [-1e4, 1e4]),
        ("softmax", [0.0, 1e4]),
        ("log_softmax", [0.0, 1e4]),
        ("norm", [0.0, 0.0]),
    ],
)
def test_flat_places_have_no_bend(name, value):
    found = derivatives(getattr(mx.nd, name), value, 2)
    np.testing.assert_array_equal(found, 0.0)


def test_parts_and_assignments():
    x = marked([1.0, 2.0, 3.0])
    with autograd.record():
        y = mx.nd.zeros((4,), dtype="float64")
        y[1:3] = x[1:] ** 3
        first = autograd.grad(y[[1, 1, 2, 0]], x, create_graph=True)
    np.testing.assert_allclose(first.asnumpy(), [0, 2 * 12, 27])
    first.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), [0, 2 * 12, 18])


def network(data, weight, bias, last):
    hidden = mx.nd.FullyConnected(data, weight, bias, num_hidden=4)
    hidden = mx.nd.Activation(hidden, act_type="softrelu")
    scores = mx.nd.FullyConnected(hidden, last, num_hidden=3, no_bias=True)
    labels = mx.nd.array([0, 2], dtype="float64")
    return -mx.nd.pick(mx.nd.log_softmax(scores), labels).mean()


def test_hessian_of_a_network_times_a_vector():
    stream = np.random.RandomState(0)
    shapes = [(2, 5), (4, 5), (4,), (3, 4)]
    values = [stream.uniform(-1, 1, size=shape) for shape in shapes]
    vectors = [stream.uniform(-1, 1, size=shape) for shape in shapes]

    def first(step):
        moved = zip(values, vectors, strict=True)
        arrays = [marked(x + step * v) for x, v in moved]
        with autograd.record():
            return arrays, autograd.grad(network(*arrays), arrays, create_graph=True)

    arrays, gradients = first(0)
    autograd.backward(gradients, [mx.nd.array(v, dtype="float64") for v in vectors])
    ahead, behind = first(1e-6)[1], first(-1e-6)[1]
    for array, after, before in zip(arrays, ahead, behind, strict=True):
        expected = (after - before).asnumpy() / 2e-6
        np.testing.assert_allclose(array.grad.asnumpy(), expected, atol=1e-8)


def test_losses_of_symbols_are_differentiated_twice():
    x = mx.sym.Variable("x", shape=(3,))
    loss = mx.sym.MakeLoss(mx.sym.sum(mx.sym.exp(x) * x))
    twice = mx.sym.MakeLoss(mx.sym.sum(loss.grad(["x"]))).grad(["x"])
    value = np.array([0.0, 1.0, -1.0], np.float32)
    (found,) = twice.eval(x=mx.nd.array(value))
    np.testing.assert_allclose(found.asnumpy(), (value + 2) * np.exp(value), rtol=1e-6)


@pytest.mark.parametrize("name", ["gamma", "gammaln", "prod"])
def test_what_has_no_second_derivative_says_so(name):
    x = marked([1.0, 2.0])
    with autograd.record():
        first = autograd.grad(getattr(mx.nd, name)(x), x, create_graph=True)
    with pytest.raises(GradientError, match=f"_backward_{name}.*has no gradient"):
        first.backward()


def test_one_of_several_inputs():
    x, y = marked([1.0, 2.0]), mx.nd.array([3.0, 4.0], dtype="float64")
    with autograd.record():
        first = autograd.grad(mx.nd.broadcast_div(x * x, y), x, create_graph=True)
    first.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), [2 / 3, 2 / 4])
