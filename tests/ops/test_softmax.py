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
    softmax = find("softmax")
    with pytest.raises(DTypeError, match="not int32"):
        eager.infer_dtypes(softmax, softmax.parse({}), [np.dtype("int32")])
