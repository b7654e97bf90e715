"""Copies between arrays, contexts and types."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, ContextError

A = np.arange(6, dtype="float32").reshape(2, 3)


def test_a_copy_is_independent():
    array = mx.nd.array(A)
    other = array.copy()
    array[:] = 0
    np.testing.assert_array_equal(other.asnumpy(), A)


def test_copyto_an_array():
    array, target = mx.nd.array(A), mx.nd.zeros((2, 3))
    assert array.copyto(target) is target
    array[:] = 0
    np.testing.assert_array_equal(target.asnumpy(), A)


def test_copyto_casts():
    target = mx.nd.zeros((2, 3), dtype="int32")
    mx.nd.array(A + 0.5).copyto(target)
    np.testing.assert_array_equal(target.asnumpy(), A.astype("int32"))


def test_copyto_a_context():
    other = mx.nd.array(A).copyto(mx.cpu(1))
    assert other.context == mx.cpu(1)
    np.testing.assert_array_equal(other.asnumpy(), A)


def test_copyto_itself_is_nothing():
    array = mx.nd.array(A)
    array.copyto(array)
    np.testing.assert_array_equal(array.asnumpy(), A)


def test_copyto_an_array_of_another_context():
    target = mx.nd.zeros((2, 3), ctx=mx.cpu(1))
    mx.nd.array(A).copyto(target)
    np.testing.assert_array_equal(target.asnumpy(), A)


def test_as_in_context_copies_only_where_needed():
    array = mx.nd.array(A)
    assert array.as_in_context(mx.cpu(0)) is array
    other = array.as_in_context(mx.cpu(1))
    assert other.context == mx.cpu(1)
    np.testing.assert_array_equal(other.asnumpy(), A)


def test_astype():
    array = mx.nd.array(A)
    assert array.astype("int32").dtype == np.int32
    assert array.astype("float32") is not array
    assert array.astype("float32", copy=False) is array


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (mx.gpu(0), ContextError),
        (3, ArgumentTypeError),
        ("shape", ArgumentError),
    ],
)
def test_impossible_targets_are_refused(target, kind):
    array = mx.nd.array(A)
    goal = mx.nd.zeros(2) if target == "shape" else target
    with pytest.raises(kind) as caught:
        array.copyto(goal)
    assert isinstance(caught.value, mx.MXNetError)
