"""Histograms: two-way shapes, types, special values, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("bins", "outputs", "expected"),
    [
        ((4,), [None, None], ((4,), (3,), (4,))),
        (None, [(3,), None], ((4,), (3,), (4,))),
        (None, [None, (4,)], ((4,), (3,), (4,))),
        (None, [None, None], ((0,), (0,), (0,))),
    ],
)
def test_shapes_go_both_ways(bins, outputs, expected):
    inputs, told = shapes_of("_histogram", (2, 3), bins, outputs=outputs)
    assert (inputs[1], *told) == expected


def test_a_number_of_bins_replaces_the_input():
    operator = find("_histogram")
    attributes = operator.parse({"bin_cnt": 3, "range": "(0, 2.5)"})
    assert operator.input_names(attributes) == ("data",)
    assert operator.input_names(operator.parse({})) == ("data", "bins")
    assert shapes_of("_histogram", None, bin_cnt=3, range=(0, 1))[1] == [(3,), (4,)]


@pytest.mark.parametrize("bins", [(1,), (2, 1)])
def test_bounds_that_make_no_bin_are_refused(bins):
    with pytest.raises(ShapeError, match="must be a vector of 2 bounds or more"):
        shapes_of("_histogram", (3,), bins)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bin_cnt": 0, "range": (0, 1)}, "'bin_cnt' cannot be 0"),
        ({"bin_cnt": 2, "range": (1, 0)}, "the first not above the second"),
        ({"bin_cnt": 2, "range": (0, float("nan"))}, "the first not above the second"),
        ({"bin_cnt": 2, "range": (0, 1, 2)}, "expected two numbers"),
        ({"bin_cnt": 2, "range": 3}, "expected two numbers"),
    ],
)
def test_wrong_attributes_are_refused(given, message):
    with pytest.raises(AttributeValueError, match=message):
        find("_histogram").parse(given)


@pytest.mark.parametrize("given", [{"bin_cnt": 2}, {"range": (0, 1)}])
def test_a_number_of_bins_needs_a_range(given):
    operator = find("_histogram")
    attributes = operator.parse(given)
    inputs = [None] * len(operator.input_names(attributes))
    with pytest.raises(AttributeValueError, match="together or not at all"):
        operator.shapes(attributes, inputs, [None, None])


def test_counts_are_integers_and_bounds_have_the_type_of_the_data():
    operator = find("_histogram")
    f16, f64, i64 = map(np.dtype, ("float16", "float64", "int64"))
    plain = operator.parse({})
    assert operator.dtypes(plain, [f16, None], [None, None]) == ([f16] * 2, [i64, f16])
    with pytest.raises(DTypeError):
        operator.dtypes(plain, [f16, f64], [None, None])


def test_what_lies_outside_or_is_no_number_is_left_out():
    data = np.float32([0, 1, 2, 5, 5.01, -0.01, np.nan, np.inf, -np.inf])
    counts, bounds = apply("_histogram", data, bin_cnt=5, range=(0, 5))
    assert counts.tolist() == [1, 1, 1, 0, 1]
    assert counts.dtype == np.int64
    assert bounds.tolist() == [0, 1, 2, 3, 4, 5]
    counts, _ = apply("_histogram", data, np.float32([0, 1, np.inf]))
    assert counts.tolist() == [1, 5]


def test_no_data_make_empty_bins():
    counts, _ = apply("_histogram", np.ones((0, 3), np.float32), np.float32([0, 1, 2]))
    assert counts.tolist() == [0, 0]


def test_many_numbers_are_counted_as_numpy_does():
    data = np.random.RandomState(0).uniform(-1, 2, (100, 30)).astype(np.float32)
    counts, bounds = apply("_histogram", data, bin_cnt=7, range=(-0.3, 1.7))
    np.testing.assert_array_equal(counts, np.histogram(data, bounds)[0])
