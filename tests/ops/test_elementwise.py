"""Unary functions: types, halves, special values."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

UNARY = (
    *("abs", "exp", "log", "sqrt", "rsqrt", "sigmoid", "tanh", "relu", "square"),
    *("negative", "sign", "round", "rint", "floor", "_copy", "zeros_like", "ones_like"),
    *("rcbrt", "softsign", "erf", "gamma", "gammaln", "degrees", "radians"),
    *("_contrib_round_ste", "_contrib_sign_ste", "_contrib_gradientmultiplier"),
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
        ("gammaln", [np.iinfo(np.int32).min, 0, 0, 1]),
        ("degrees", [0, 57, 114, 229]),
        ("radians", [0, 0, 0, 0]),
        ("softsign", [0, 0, 0, 0]),
        ("_contrib_round_ste", [0, 1, 2, 4]),
    ],
)
def test_integers_are_computed_through_floats(name, expected):
    result = apply(name, np.array([0, 1, 2, 4], np.int32))
    assert result.dtype == np.int32
    assert result.tolist() == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("degrees", 11459 % 256), ("exp", 22026 % 256), ("sqrt", 14)]
)
def test_small_integers_are_not_computed_in_half_precision(name, expected):
    data = {"exp": 10}.get(name, 200)
    assert apply(name, np.array([data], np.uint8)).tolist() == [expected]


def test_sigmoid_of_large_numbers_is_0_and_1():
    assert apply("sigmoid", np.float32([-1000, 1000])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("erf", [-np.inf, -0.0, np.inf, np.nan], [-1, 0, 1, np.nan]),
        ("erfinv", [-1, 0, 1, 1.5], [-np.inf, 0, np.inf, np.nan]),
        ("gamma", [-1, 0, 171, np.inf], [np.nan, np.inf, np.inf, np.inf]),
        ("gammaln", [-1, 0, 1, np.inf], [np.inf, np.inf, 0, np.inf]),
        ("rcbrt", [-8, 0, 8, np.inf], [-0.5, np.inf, 0.5, 0]),
        ("softsign", [-3, 0, 3, np.inf], [-0.75, 0, 0.75, np.nan]),
    ],
)
def test_special_values(name, data, expected):
    np.testing.assert_allclose(apply(name, np.float32(data)), expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["erfinv", "gamma", "rcbrt", "_contrib_sign_ste"])
def test_nothing_stays_nothing(name):
    assert apply(name, np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_bounds_beyond_an_integer_type_are_its_own():
    data = np.array([0, 1, 200], np.uint8)
    assert apply("clip", data, a_min=-5, a_max=1e30).tolist() == [0, 1, 200]
    bounds = {"a_min": -np.inf, "a_max": np.inf}
    assert apply("clip", data.astype(np.int64), **bounds).tolist() == [0, 1, 200]


def test_an_identity_takes_shape_and_type_of_its_neighbour():
    name = "_identity_with_attr_like_rhs"
    told = shapes_of(name, (0, 3), (2, 0), outputs=[None])
    assert told == ([(2, 3), (2, 3)], [(2, 3)])
    with pytest.raises(ShapeError, match=r"\(2,\) against \(3,\)"):
        shapes_of(name, (2,), (3,))


def test_rounding_is_exact_beside_halves():
    data = np.float32([0.49999997, 8388609, -8388609])
    assert apply("round", data).tolist() == [0, 8388609, -8388609]
    assert apply("rint", data).tolist() == [0, 8388609, -8388609]


def test_a_sum_may_lie_in_any_input_that_comes_again():
    data, other = np.ones(3, np.float32), np.full(3, 2, np.float32)
    operator = find("add_n")
    attributes = operator.parse({"num_args": 3})
    eager.run(operator, attributes, [data, other, data], outputs=[data])
    assert data.tolist() == [4, 4, 4]
