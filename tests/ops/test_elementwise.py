"""Unary functions: types, halves, special values."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply

UNARY = (
    *("abs", "exp", "log", "sqrt", "rsqrt", "sigmoid", "tanh", "relu", "square"),
    *("negative", "sign", "round", "rint", "floor", "_copy", "zeros_like", "ones_like"),
)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", UNARY)
def test_the_type_stays_in_both_directions(name, dtype):
    operator = find(name)
    data = np.array([0.25, 1, 4], dtype)
    output = apply(name, data)
    assert output.dtype == dtype
    call = eager.EagerCall(operator, operator.parse({}), [data], [output], [output])
    for grad in eager.gradients(call):
        assert grad is None or grad.dtype == dtype


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exp", [1, 2, 7, 54]),
        ("sqrt", [0, 1, 1, 2]),
        ("log", [np.iinfo(np.int32).min, 0, 0, 1]),
        ("negative", [0, -1, -2, -4]),
        ("sigmoid", [0, 0, 0, 0]),
        ("tanh", [0, 0, 0, 0]),
        ("sign", [0, 1, 1, 1]),
        ("abs", [0, 1, 2, 4]),
        ("relu", [0, 1, 2, 4]),
        ("logical_not", [1, 0, 0, 0]),
    ],
)
def test_integers_are_computed_through_floats(name, expected):
    result = apply(name, np.array([0, 1, 2, 4], np.int32))
    assert result.dtype == np.int32
    assert result.tolist() == expected


def test_sigmoid_of_large_numbers_is_0_and_1():
    assert apply("sigmoid", np.float32([-1000, 1000])).tolist() == [0, 1]


def test_rounding_is_exact_beside_halves():
    data = np.float32([0.49999997, 8388609, -8388609])
    assert apply("round", data).tolist() == [0, 8388609, -8388609]
    assert apply("rint", data).tolist() == [0, 8388609, -8388609]


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("int32", [1, -1, 300]), ("uint8", [1, 255, 44]), ("float64", [1.75, -1.75, 300])],
)
def test_cast_drops_fractions_as_c_does(dtype, expected):
    result = apply("Cast", np.float32([1.75, -1.75, 300]), dtype=dtype)
    assert result.dtype == dtype
    assert result.tolist() == expected


def test_cast_gives_its_gradient_the_type_of_the_input():
    operator = find("_backward_Cast")
    output = [np.empty(2, np.float32)]
    attributes = operator.parse({"dtype": "float16"})
    eager.run(operator, attributes, [np.ones(2, np.float16)], outputs=output)
    assert output[0].tolist() == [1, 1]


@pytest.mark.parametrize("dtype", ["complex64", "string", None, "float31"])
def test_cast_to_a_type_that_does_not_exist_is_refused(dtype):
    with pytest.raises(AttributeValueError, match="'dtype' cannot be"):
        find("Cast").parse({"dtype": dtype})


def test_the_type_of_a_cast_is_known_before_its_input():
    cast = find("Cast")
    attributes = cast.parse({"dtype": "int64"})
    assert cast.dtypes(attributes, [None], [None]) == ([None], [np.dtype("int64")])


def test_a_sum_may_lie_in_any_input_that_comes_again():
    data, other = np.ones(3, np.float32), np.full(3, 2, np.float32)
    operator = find("add_n")
    attributes = operator.parse({"num_args": 3})
    eager.run(operator, attributes, [data, other, data], outputs=[data])
    assert data.tolist() == [4, 4, 4]
