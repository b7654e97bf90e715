"""Reductions: axes, two-way shapes, types and precision."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("data", "output", "settings", "expected"),
    [
        ((0, 3), None, {"axis": 1}, ((0, 3), (0,))),
        ((0, 3), (2,), {"axis": 1}, ((2, 3), (2,))),
        ((0, 3), (2, 1), {"axis": 1, "keepdims": True}, ((2, 3), (2, 1))),
        (None, None, {}, (None, (1,))),
        (None, (4,), {"axis": 1}, (None, (4,))),
        ((2, 3), None, {"axis": ()}, ((2, 3), (1,))),
        ((2, 3, 4), None, {"axis": 0, "exclude": True}, ((2, 3, 4), (2,))),
        ((2, 0), (2, 3), {"axis": (0, 1), "exclude": True}, ((2, 3), (2, 3))),
        ((2, 3), None, {"axis": (), "exclude": True}, ((2, 3), (1,))),
        ((2, 0), None, {"keepdims": True}, ((2, 0), (1, 1))),
    ],
)
def test_shapes_go_both_ways(data, output, settings, expected):
    inputs, outputs = shapes_of("sum", data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("axis", "message"),
    [(2, "axis 2 is out of range for 2"), ((1, -1), "names an axis of data twice")],
)
def test_wrong_axes_are_refused(axis, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("max", (2, 3), axis=axis)


@pytest.mark.parametrize(
    "name",
    ["sum", "mean", "max", "min", "prod", "norm", "nansum", "nanprod", "_square_sum"],
)
@pytest.mark.parametrize("dtype", ["float16", "float64", "int32"])
def test_the_type_stays(name, dtype):
    result = apply(name, np.array([[1, 2], [3, 5]], dtype), axis=1)
    assert result.dtype == dtype
    expected = {
        "sum": [3, 8],
        "mean": [1.5, 4],
        "max": [2, 5],
        "min": [1, 3],
        "prod": [2, 15],
        "norm": [5**0.5, 34**0.5],
        "nansum": [3, 8],
        "nanprod": [2, 15],
        "_square_sum": [5, 34],
    }[name]
    rounded = np.array(expected).astype(dtype)
    np.testing.assert_allclose(result, rounded, rtol=1e-3)


def test_half_precision_does_not_overflow_on_the_way():
    data = np.full(100, 300, np.float16)
    assert apply("norm", data).tolist() == [3000]
    assert apply("mean", data).tolist() == [300]


@pytest.mark.parametrize("name", ["sum", "nansum", "_square_sum", "mean"])
@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
def test_half_precision_does_not_stall_along_the_first_axis(name, request_):
    operator = find(name)
    output = np.zeros(2, np.float16)
    data = np.ones((4096, 2), np.float16)
    attributes = operator.parse({"axis": 0})
    eager.bind_and_run(operator, attributes, [data], [output], request_, True)
    assert output.tolist() == ([1, 1] if name == "mean" else [4096, 4096])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sum", 0),
        ("nansum", 0),
        ("_square_sum", 0),
        ("norm", 0),
        ("prod", 1),
        ("nanprod", 1),
        ("mean", np.nan),
    ],
)
def test_nothing_has_sums_and_products(name, expected):
    data = np.zeros((0, 2), np.float32)
    np.testing.assert_array_equal(apply(name, data, axis=0), [expected, expected])
    np.testing.assert_array_equal(apply(name, data), [expected])
    assert apply(name, data, axis=1).shape == (0,)


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
def test_nothing_has_no_extremes(name):
    operator = find(name)
    for axis in (0, None):
        attributes = operator.parse({"axis": axis})
        with pytest.raises(ShapeError, match=r"\(0, 2\) has nothing to search"):
            operator.shapes(attributes, [(0, 2)], [None])
    assert apply(name, np.zeros((0, 2), np.float32), axis=1).shape == (0,)
    with pytest.raises(ShapeError, match="nothing to search"):
        find("argmax_channel").shapes(operator.parse({}), [(2, 0)], [None])


def test_the_shape_waits_for_data_where_an_axis_is_named():
    assert shapes_of("argmax", None, axis=0) == ([None], [None])
    assert shapes_of("argmax", None) == ([None], [(1,)])


def test_what_is_not_a_number_is_left_out():
    data = np.float32([[1, np.nan, 3], [np.nan, np.nan, np.nan]])
    assert apply("nansum", data, axis=1).tolist() == [4, 0]
    assert apply("nanprod", data, axis=1).tolist() == [3, 1]


def test_closeness_is_that_of_numpy():
    def close(a, b, **settings):
        return apply("_contrib_allclose", np.float32(a), np.float32(b), **settings)

    assert close([1, np.nan], [1, np.nan]).shape == ()
    assert close([1, np.nan], [1, np.nan]).dtype == np.uint8
    assert close([1, np.nan], [1, np.nan]) == 1
    assert close([np.nan], [np.nan], equal_nan=False) == 0
    # MXNet calls these close.
    assert close([np.inf], [-np.inf]) == 0
    assert close([1], [np.inf]) == 0
    assert close([np.inf], [np.inf]) == 1
    assert close([], []) == 1
    with pytest.raises(ShapeError, match=r"\(2,\) against \(3,\)"):
        shapes_of("_contrib_allclose", (2,), (3,))


def test_norm_may_have_another_type():
    result = apply("norm", np.float32([3, 4]), out_dtype="float64")
    assert result.dtype == np.float64
    assert result.tolist() == [5]


def test_norm_knows_two_orders():
    with pytest.raises(AttributeValueError, match="expected 1 or 2"):
        find("norm").parse({"ord": 3})


def test_the_gradient_of_a_norm_is_0_where_the_norm_is_0():
    operator = find("norm")
    data = np.float32([[0, 0], [3, 4]])
    attributes = operator.parse({"axis": 1})
    output = eager.run(operator, attributes, [data])
    call = eager.EagerCall(operator, attributes, [data], output, [np.ones(2, "f4")])
    np.testing.assert_allclose(eager.gradients(call)[0], [[0, 0], [0.6, 0.8]])


@pytest.mark.parametrize(
    ("data", "expected"), [([1, 1], 0), ([0, 2, 1], 1), ([1, np.nan, 3], 1)]
)
def test_argmax_takes_the_first(data, expected):
    result = apply("argmax", np.float32(data))
    assert result.dtype == np.float32
    assert result.tolist() == [expected]


def test_sums_of_many_equal_numbers_stay_exact():
    np.testing.assert_allclose(
        apply("sum", np.full(2**22, 0.1, np.float32)), [0.1 * 2**22], rtol=1e-6
    )
