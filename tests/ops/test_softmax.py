"""Softmax: lengths, types and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

NAMES = ("softmax", "softmin", "log_softmax")


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_what_lies_behind_the_length_does_not_count(axis):
    data = np.random.RandomState(0).normal(size=(3, 4, 5))
    data[-1, -1, -1] = 1e4  # never counted
    count = data.shape[axis]
    shape = np.delete(data.shape, axis)
    lengths = np.arange(np.prod(shape)).reshape(shape) % count
    result = apply("softmax", data, lengths, axis=axis, use_length=True)
    columns = np.moveaxis(result, axis, -1).reshape(-1, count)
    values = np.moveaxis(data, axis, -1).reshape(-1, count)
    for column, value, length in zip(columns, values, lengths.flat, strict=True):
        expected = apply("softmax", value[:length]) if length else []
        np.testing.assert_allclose(column[:length], expected)
        assert not column[length:].any()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_stays_unless_another_is_asked_for(name, dtype):
    data = np.array([[1, 2, 3]], dtype)
    assert apply(name, data).dtype == dtype
    double = apply(name, data, dtype="float64")
    assert double.dtype == "float64"
    np.testing.assert_allclose(double, apply(name, data.astype("float64")), rtol=1e-6)


@pytest.mark.parametrize("name", [*NAMES, "SoftmaxActivation"])
def test_half_precision_is_computed_in_single(name):
    stream = np.random.RandomState(0)
    # 3000 equal numbers: their chances would not add up in half.
    data = np.concatenate([stream.normal(size=(2, 100)) * 4, np.ones((2, 3000))], 1)
    data, head = data.astype("float16"), stream.normal(size=(2, 3100)).astype("float16")
    output = apply(name, data)
    assert output.dtype == np.float16
    expected = apply(name, data.astype("float32"))
    np.testing.assert_allclose(output, expected, rtol=1e-3, atol=1e-6)
    backward = find(f"_backward_{name}")
    inputs = [head, expected.astype("float16")]
    (slope,) = eager.run(backward, backward.parse({}), inputs, [(2, 3100)])
    inputs = [x.astype("float32") for x in inputs]
    (expected,) = eager.run(backward, backward.parse({}), inputs, [(2, 3100)])
    assert slope.dtype == np.float16
    np.testing.assert_allclose(slope, expected, rtol=1e-3, atol=1e-6)


def test_a_half_with_a_single_result_is_computed_in_single():
    data = np.array([[-20.3, 1.7, 5.1]], "float16")
    exact = apply("softmax", data.astype("float64"))
    result = apply("softmax", data, dtype="float32")
    np.testing.assert_allclose(result, exact, rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0,)])
def test_nothing_gives_nothing(name, shape):
    assert apply(name, np.zeros(shape)).shape == shape


def test_what_is_not_finite():
    inf, nan = np.inf, np.nan
    data = np.array([[-inf, 0, 0], [-inf, -inf, -inf], [nan, 0, 1], [0, 1, inf]])
    result = apply("softmax", data)
    np.testing.assert_array_equal(result[0], [0, 0.5, 0.5])
    assert np.isnan(result[1:]).any(axis=1).all()
    np.testing.assert_allclose(np.exp(apply("log_softmax", data)), result)


def test_lengths_beyond_the_axis_count_it_whole():
    data = np.random.RandomState(0).normal(size=(3, 4)).astype("float32")
    lengths = np.array([-1, 4, 9], "int32")
    result = apply("softmax", data, lengths, use_length=True)
    assert not result[0].any()
    np.testing.assert_allclose(result[1:], apply("softmax", data[1:]))


def test_what_lies_behind_the_length_may_be_anything():
    data = np.array([[1, 2, np.nan], [3, np.inf, 4]], "float32")
    result = apply("softmax", data, np.array([2, 1]), use_length=True)
    np.testing.assert_allclose(result, [[0.268941, 0.731059, 0], [1, 0, 0]], rtol=1e-5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", [0, 1])
def test_gradients_may_be_written_over_their_operands(name, source):
    backward = find(f"_backward_{name}")
    attributes = backward.parse({"temperature": 2})
    inputs = list(np.random.RandomState(0).uniform(0, 1, (2, 6, 5)))
    (expected,) = eager.run(backward, attributes, inputs, [(6, 5)])
    outputs = [inputs[source]]
    eager.bind_and_run(backward, attributes, inputs, outputs, Request.WRITE, True)
    np.testing.assert_array_equal(outputs[0], expected)


def test_shapes_go_both_ways():
    inputs, outputs = shapes_of(
        "softmax", None, None, outputs=[(2, 3, 4)], axis=1, use_length=True
    )
    assert (*inputs, *outputs) == ((2, 3, 4), (2, 4), (2, 3, 4))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="axis 2 is out of range"):
        shapes_of("softmax", (2, 3), axis=2)
    with pytest.raises(AttributeValueError, match="only softmax takes lengths"):
        find("log_softmax").parse({"use_length": True})
    with pytest.raises(AttributeValueError, match="expected one of float16"):
        find("softmax").parse({"dtype": "int32"})
    with pytest.raises(AttributeValueError, match="a number other than 0"):
        find("softmin").parse({"temperature": 0})
    with pytest.raises(ShapeError, match="axis 1 is out of range"):
        shapes_of("SoftmaxActivation", (3,), mode="channel")
    softmax = find("softmax")
    with pytest.raises(DTypeError, match="not int32"):
        eager.infer_dtypes(softmax, softmax.parse({}), [np.dtype("int32")])
