"""What is remembered of calls: alike are only those that mean the same."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, InferenceError, MXNetError
from dataflow.ndarray import calls
from dataflow_ops.kernels import backends
from tests.executor.running import replace_kernel

DATA = np.array([-1.0, 0.5, 2.0], np.float32)


@pytest.fixture
def data():
    return mx.nd.array(DATA)


# Attributes


def test_numbers_that_are_equal_are_told_apart_where_a_parser_does(data):
    assert mx.nd.expand_dims(data, axis=1).shape == (3, 1)
    for _ in range(2):
        with pytest.raises(ArgumentError, match="axis"):
            mx.nd.expand_dims(data, axis=True)
    assert mx.nd.expand_dims(data, axis=1).shape == (3, 1)


def test_zeros_keep_their_sign(data):
    assert not np.signbit((abs(data) * 0.0).asnumpy()).any()
    assert np.signbit((abs(data) * -0.0).asnumpy()).all()
    assert not np.signbit((abs(data) * np.float32(0.0)).asnumpy()).any()
    assert np.signbit((abs(data) * np.float32(-0.0)).asnumpy()).all()


@pytest.mark.parametrize("scalar", [2, 2.0, True, np.float64(2), np.float32(2), "2"])
def test_scalars_of_all_kinds(data, scalar):
    for _ in range(2):
        made = mx.nd._plus_scalar(data, scalar=scalar)
        np.testing.assert_array_equal(made.asnumpy(), DATA + np.float32(scalar))


def test_keys_of_values():
    values = [1, 1.0, True, "1", np.float32(1), np.float64(1), np.int64(1), (1,), [1]]
    values += [0.0, -0.0, 0, False, None, "None", (1.0,), (True,), (0.0,), (-0.0,)]
    values += [np.float32, np.dtype(np.float32), np.dtype(np.float64), ((1,),), ()]
    keys = [calls.exact(value) for value in values]
    assert len(set(keys)) == len(values)
    again = [calls.exact(value) for value in values]
    assert again == keys


@pytest.mark.parametrize("value", [{}, np.ones(2), slice(1), object(), mx.cpu()])
def test_of_what_may_change_nothing_is_remembered(value):
    with pytest.raises(TypeError):
        calls.exact(value)


@pytest.mark.parametrize("dtype", ["float64", np.float64, np.dtype("f8"), float])
def test_types_by_name_and_as_objects(data, dtype):
    assert mx.nd.cast(data, dtype="float16").dtype is np.float16
    for _ in range(2):
        assert mx.nd.cast(data, dtype=dtype).dtype is np.float64


def test_a_list_may_change_between_calls():
    data, axes = mx.nd.ones((2, 3, 4)), [0]
    assert mx.nd.sum(data, axis=axes).shape == (3, 4)
    axes.append(1)
    assert mx.nd.sum(data, axis=axes).shape == (4,)


def test_shapes_and_types_tell_calls_apart(data):
    wide = mx.nd.array(DATA, dtype="float64")
    for _ in range(2):
        assert mx.nd.exp(data).dtype is np.float32
        assert mx.nd.exp(wide).dtype is np.float64
        assert mx.nd.exp(data.reshape((3, 1))).shape == (3, 1)
        with pytest.raises(InferenceError):
            mx.nd.elemwise_add(data, mx.nd.ones((2,)))


def test_how_arrays_are_passed_makes_no_difference(data):
    other = data * 3
    for _ in range(2):
        for made in (
            mx.nd.elemwise_sub(data, other),
            mx.nd.elemwise_sub(data, rhs=other),
            mx.nd.elemwise_sub(rhs=other, lhs=data),
            mx.nd.elemwise_sub(data, other, out=mx.nd.zeros((3,))),
        ):
            np.testing.assert_array_equal(made.asnumpy(), DATA - 3 * DATA)
        with pytest.raises(MXNetError, match="missing"):
            mx.nd.elemwise_sub(data)
        with pytest.raises(ArgumentError, match="bogus"):
            mx.nd.elemwise_sub(data, other, bogus=1)


def test_counts_of_arrays_tell_calls_apart(data):
    for count in (2, 3, 2, 3):
        made = mx.nd.add_n(*[data] * count)
        np.testing.assert_allclose(made.asnumpy(), count * DATA)


def test_streams_of_random_numbers_go_on():
    mx.random.seed(3)
    first, second = (mx.nd.random_uniform(shape=(4,)).asnumpy() for _ in range(2))
    assert (first != second).any()
    mx.random.seed(3)
    np.testing.assert_array_equal(mx.nd.random_uniform(shape=(4,)).asnumpy(), first)


def test_training_is_not_remembered():
    data = mx.nd.ones((100,))
    for _ in range(2):
        np.testing.assert_array_equal(mx.nd.Dropout(data).asnumpy(), 1)
        with mx.autograd.record():
            assert (mx.nd.Dropout(data).asnumpy() == 0).any()


def test_contexts_of_calls_without_arrays():
    for device in (0, 1, 0):
        assert mx.nd._ones(shape=(2,), ctx=mx.cpu(device)).context == mx.cpu(device)


def test_only_so_many_are_kept(data, monkeypatch):
    monkeypatch.setattr(calls, "MOST", 3)
    monkeypatch.setattr(calls, "_calls", {})
    for number in range(10):
        made = (data + float(number)).asnumpy()
        np.testing.assert_array_equal(made, DATA + np.float32(number))
        assert len(calls._calls) <= 3


# Kernels


def test_kernels_may_change(data, monkeypatch):
    def seven(invocation):
        invocation.outputs[0][...] = 7

    before = mx.nd.sin(data).asnumpy()
    with monkeypatch.context() as patch:
        replace_kernel(patch, "sin", seven)
        np.testing.assert_array_equal(mx.nd.sin(data).asnumpy(), 7)
    np.testing.assert_array_equal(mx.nd.sin(data).asnumpy(), before)


def test_back_ends_may_change(data, monkeypatch):
    operator = mx.nd.functions.registry.find("exp")
    call = calls.resolve(operator, [data], {})
    call.on(mx.cpu())
    monkeypatch.setattr(backends, "available", lambda: ("reference",))
    assert calls.resolve(operator, [data], {}) is call
    assert call.on(mx.cpu()).backend == "reference"
    assert call.on(mx.cpu()) is call.on(mx.cpu())


def test_each_context_has_its_lane(data):
    call = calls.resolve(mx.nd.functions.registry.find("exp"), [data], {})
    assert [call.on(mx.cpu(n)).lane for n in (0, 1, 0)] == ["cpu", "cpu:1", "cpu"]
