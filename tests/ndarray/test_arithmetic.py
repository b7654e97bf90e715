"""Operators on arrays: NumPy's values, MXNet's types."""

from __future__ import annotations

import operator

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, InferenceError

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "float32")
B = np.array([[2.0], [3.0]], "float32")
ARITHMETIC = (
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.mod,
    operator.pow,
)
COMPARISONS = (
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
)


@pytest.mark.parametrize("function", ARITHMETIC + COMPARISONS)
def test_operators_broadcast(function):
    a, b = mx.nd.array(A), mx.nd.array(B)
    np.testing.assert_allclose(function(a, b).asnumpy(), function(A, B), rtol=1e-6)
    np.testing.assert_allclose(function(b, a).asnumpy(), function(B, A), rtol=1e-6)


@pytest.mark.parametrize("function", ARITHMETIC + COMPARISONS)
@pytest.mark.parametrize("scalar", [2, 2.5, np.float32(3)])
def test_scalars_stand_on_either_side(function, scalar):
    a = mx.nd.array(A)
    np.testing.assert_allclose(
        function(a, scalar).asnumpy(), function(A, scalar), rtol=1e-6
    )
    np.testing.assert_allclose(
        function(scalar, a).asnumpy(), function(scalar, A), rtol=1e-5
    )


def test_numpy_arrays_stand_on_either_side():
    a = mx.nd.array(A)
    for found in (a + A, A + a):
        assert isinstance(found, mx.nd.NDArray)
        np.testing.assert_array_equal(found.asnumpy(), A + A)


@pytest.mark.parametrize(
    "function", [operator.iadd, operator.isub, operator.imul, operator.itruediv]
)
@pytest.mark.parametrize("other", [2.5, B])
def test_updates_in_place_keep_the_array(function, other):
    a = alias = mx.nd.array(A)
    value = mx.nd.array(other) if isinstance(other, np.ndarray) else other
    a = function(a, value)
    assert a is alias
    np.testing.assert_allclose(a.asnumpy(), function(A.copy(), other), rtol=1e-6)


def test_an_update_may_read_the_array_itself():
    a = mx.nd.array(A)
    a += a
    a *= a
    np.testing.assert_array_equal(a.asnumpy(), (2 * A) ** 2)


def test_an_update_may_read_a_view_of_the_array():
    a = mx.nd.array(A)
    a += a[0]
    np.testing.assert_array_equal(a.asnumpy(), A + A[0])


def test_unary_operators():
    a = mx.nd.array(-A)
    np.testing.assert_array_equal((-a).asnumpy(), A)
    np.testing.assert_array_equal(abs(a).asnumpy(), A)


def test_comparisons_give_numbers_of_the_arrays_type():
    a = mx.nd.array(A)
    assert (a == a).dtype == np.float32
    assert (a > 2).asnumpy().tolist() == [[0, 0, 1], [1, 1, 1]]


def test_comparison_with_none_is_plain():
    a = mx.nd.array(A)
    assert (a == None) is False  # noqa: E711
    assert (a != None) is True  # noqa: E711


def test_integers_stay_integers():
    a = mx.nd.array([7, -7], dtype="int32")
    assert (a + 1).dtype == np.int32
    assert (a * a).asnumpy().tolist() == [49, 49]


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda a: a + mx.nd.ones(5), InferenceError),
        (lambda a: a + mx.nd.ones((2, 3), dtype="int32"), InferenceError),
        (lambda a: operator.iadd(a, mx.nd.ones((2, 2, 3))), ArgumentError),
        (lambda a: mx.nd.exp(3), ArgumentTypeError),
        (mx.nd.dot, ArgumentError),
        (lambda a: mx.nd.clip(a, a_min=0, a_mx=1), ArgumentError),
        (lambda a: mx.nd.exp(a, out=mx.nd.ones(2)), ArgumentError),
        (lambda a: mx.nd.exp(a, out=A), ArgumentTypeError),
    ],
)
def test_what_does_not_fit_is_refused_at_once(call, kind):
    a = mx.nd.array(A)
    with pytest.raises(kind) as caught:
        call(a)
    assert isinstance(caught.value, mx.MXNetError)
    np.testing.assert_array_equal(a.asnumpy(), A)


def test_a_refusal_names_operator_shapes_and_types():
    with pytest.raises(InferenceError) as caught:
        mx.nd.array(A) + mx.nd.ones(5)
    for part in ("broadcast_add", "(2, 3)", "(5,)", "float32"):
        assert part in str(caught.value)


def test_results_may_be_written_into_an_array():
    target = mx.nd.zeros((2, 3))
    assert mx.nd.exp(mx.nd.array(A), out=target) is target
    np.testing.assert_allclose(target.asnumpy(), np.exp(A), rtol=1e-6)


def test_a_target_may_be_an_input():
    a = mx.nd.array(A)
    mx.nd.broadcast_add(a, a[0].reshape((1, 3)), out=a)
    np.testing.assert_array_equal(a.asnumpy(), A + A[0])
    square = mx.nd.array([[1, 2], [3, 4]])
    mx.nd.dot(square, square, out=square)
    assert square.asnumpy().tolist() == [[7, 10], [15, 22]]


def test_arrays_of_two_cpus_combine_where_the_first_lies():
    total = mx.nd.ones((2,), ctx=mx.cpu(1)) + mx.nd.ones((2,))
    assert total.context == mx.cpu(1)
    assert total.asnumpy().tolist() == [2, 2]
