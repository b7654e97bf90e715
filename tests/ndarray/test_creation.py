"""Making arrays, and what an array tells about itself."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, ContextError


def test_values_become_float32_unless_said_otherwise():
    assert mx.nd.array([[1, 2], [3, 4]]).dtype == np.float32
    assert mx.nd.array(np.ones(2, "int32")).dtype == np.float32
    assert mx.nd.array([1, 2], dtype="int64").dtype == np.int64
    assert mx.nd.array(mx.nd.ones(2, dtype="int32")).dtype == np.int32


def test_the_source_is_copied():
    source = np.ones(3, "float32")
    array = mx.nd.array(source)
    source[:] = 5
    assert array.asnumpy().tolist() == [1, 1, 1]


def test_the_value_read_is_a_copy():
    array = mx.nd.ones(3)
    array.asnumpy()[:] = 5
    assert array.asnumpy().tolist() == [1, 1, 1]


@pytest.mark.parametrize("shape", [3, (3,), [3]])
def test_shapes_are_integers_or_sequences(shape):
    assert mx.nd.zeros(shape).shape == (3,)


def test_constants():
    assert mx.nd.zeros((2, 2)).asnumpy().tolist() == [[0, 0], [0, 0]]
    assert mx.nd.ones(2, dtype="int8").asnumpy().tolist() == [1, 1]
    assert mx.nd.full((2,), 3.5).asnumpy().tolist() == [3.5, 3.5]
    assert mx.nd.empty((2, 5)).shape == (2, 5)


def test_ranges():
    assert mx.nd.arange(3).asnumpy().tolist() == [0, 1, 2]
    assert mx.nd.arange(2, 8, 2, repeat=2).asnumpy().tolist() == [2, 2, 4, 4, 6, 6]


def test_arrays_are_joined():
    a = mx.nd.ones((2, 2))
    assert mx.nd.concatenate([a, a], axis=1).shape == (2, 4)
    with pytest.raises(ArgumentError):
        mx.nd.concatenate([])


def test_arrays_lie_on_the_current_context():
    assert mx.nd.ones(1).context == mx.cpu(0)
    with mx.cpu(2):
        array = mx.nd.ones(1)
    assert array.context == array.ctx == mx.cpu(2)
    assert mx.nd.ones(1, ctx=mx.cpu(1)).context == mx.cpu(1)


def test_facts():
    array = mx.nd.zeros((3, 4), dtype="float16")
    assert (array.shape, array.size, array.ndim) == ((3, 4), 12, 2)
    assert array.dtype == np.float16
    assert array.stype == "default"
    assert len(array) == 3
    assert array.T.shape == (4, 3)


def test_the_repr_shows_values_and_place():
    text = repr(mx.nd.array([[1, 2]]))
    assert "[[1. 2.]]" in text
    assert "<NDArray 1x2 @cpu(0)>" in text


def test_arrays_can_be_keys_and_numpy_arguments():
    array = mx.nd.array([1, 2])
    assert {array: 1}[array] == 1
    assert np.sum(np.asarray(array)) == 3


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: mx.nd.array("text"), ArgumentTypeError),
        (lambda: mx.nd.array([[1], [1, 2]]), ArgumentTypeError),
        (lambda: mx.nd.zeros((-1, 2)), ArgumentError),
        (lambda: mx.nd.zeros(2, ctx="cpu"), ArgumentTypeError),
        (lambda: mx.nd.zeros(2, ctx=mx.gpu(0)), ContextError),
    ],
)
def test_what_is_no_array_is_refused(make, kind):
    with pytest.raises(kind) as caught:
        make()
    assert isinstance(caught.value, mx.MXNetError)


def test_scalars():
    assert mx.nd.full((1, 1), 2.5).asscalar() == 2.5
    assert float(mx.nd.ones(1)) == 1.0
    assert int(mx.nd.full(1, 7)) == 7
    with pytest.raises(ValueError, match=r"\(2,\)"):
        mx.nd.ones(2).asscalar()


def test_truth():
    assert mx.nd.ones(1)
    assert not mx.nd.zeros((1, 1))
    with pytest.raises(ValueError, match="ambiguous") as caught:
        bool(mx.nd.ones(2))
    assert isinstance(caught.value, mx.MXNetError)
