"""Norms, layers' rates and finiteness of many arrays."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_sums_of_many_squares_are_exact(dtype):
    large = np.full((1000, 300), 0.1, dtype)
    made = apply("multi_sum_sq", large, large.T, large[::2], num_arrays=3)
    assert made.dtype == np.float32
    square = float(large[0, 0]) ** 2
    expected = [square * 300000, square * 300000, square * 150000]
    np.testing.assert_allclose(made, expected, rtol=1e-6)


def test_empty_arrays_have_no_squares_and_are_finite():
    empty = np.zeros((0, 3), "f4")
    assert apply("multi_sum_sq", empty, num_arrays=1).tolist() == [0]
    assert apply("all_finite", empty).tolist() == [1]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 100000, -1])
def test_one_bad_element_is_found(dtype, bad, place):
    array = np.ones(200000, dtype)
    made = apply("multi_all_finite", array, array, num_arrays=2)
    assert (made.dtype, made.tolist()) == (np.float32, [1])
    array[place] = bad
    other = np.ones((2, 2), dtype)
    assert apply("multi_all_finite", other, array, num_arrays=2).tolist() == [0]
    assert apply("all_finite", array[::-1]).tolist() == [0]


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("bad", [False, True])
def test_findings_can_be_gathered(before, bad):
    operator = find("all_finite")
    parsed = operator.parse({"init_output": False})
    output = np.array([before], "f4")
    data = np.array([1, np.nan if bad else 2], "f4")
    eager.bind_and_run(operator, parsed, [data], [output], Request.WRITE, True)
    assert output.tolist() == [before and not bad]


def test_rates_of_layers():
    names = ([0.1, 0.1, 0.1], [4, 0, 4], [9, 9, 0], [0.5, 0.5, 0.5])
    inputs = [np.array(x, "f8") for x in names]
    made = apply("multi_lars", *inputs, eta=2, eps=1, rescale_grad=0.5)
    assert made.dtype == np.float64
    np.testing.assert_allclose(made, [0.1 * 2 * 2 / (1.5 + 0.5 * 2 + 1), 0.1, 0.1])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_arrays_are_filled_with_zeros(dtype):
    operator = find("reset_arrays")
    arrays = [np.full((2, 3), np.nan, dtype), np.ones((4, 4), dtype)[::2].T]
    parsed = operator.parse({"num_arrays": 2})
    done = np.zeros(1, "f4")
    eager.bind_and_run(operator, parsed, arrays, [done], Request.WRITE, True)
    assert not any(array.any() for array in arrays)
    assert operator.auxiliary_names(parsed) == ("array_0", "array_1")
    assert operator.visible_outputs(parsed) == 0


def test_shapes():
    told = shapes_of("multi_sum_sq", (2, 3), None, num_arrays=2)
    assert told == ([(2, 3), None], [(2,)])
    assert shapes_of("all_finite", None)[1] == [(1,)]
    given = [None, (3,), None, None]
    assert shapes_of("multi_lars", *given, eta=1, eps=1) == ([(3,)] * 4, [(3,)])


def test_what_does_not_fit_is_refused():
    with pytest.raises(AttributeValueError, match="'num_arrays' cannot be 0"):
        find("multi_sum_sq").parse({"num_arrays": 0})
    with pytest.raises(AttributeValueError, match="required attribute 'eta'"):
        find("multi_lars").parse({"eps": 1})
    for name in ("multi_sum_sq", "multi_all_finite", "reset_arrays"):
        operator = find(name)
        parsed = operator.parse({"num_arrays": 1})
        with pytest.raises(DTypeError, match="floating-point numbers are needed"):
            operator.dtypes(parsed, [np.dtype("i4")], [None])
