"""Running sums: shapes both ways, types, precision, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("data", "output", "settings", "expected"),
    [
        ((2, 3), None, {}, ((2, 3), (6,))),
        ((2, 0), None, {}, ((2, 0), (0,))),
        (None, None, {}, (None, (0,))),
        ((0,), (4,), {}, ((4,), (4,))),
        ((0, 3), (2, 0), {"axis": 1}, ((2, 3), (2, 3))),
        (None, (2, 3), {"axis": -1}, ((2, 3), (2, 3))),
        ((), None, {}, ((), (1,))),
    ],
)
def test_shapes_go_both_ways(data, output, settings, expected):
    inputs, outputs = shapes_of("cumsum", data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


def test_an_axis_that_does_not_exist_is_refused():
    with pytest.raises(ShapeError, match="axis 2 is out of range for 2 dimensions"):
        shapes_of("cumsum", (2, 3), axis=2)
    with pytest.raises(AttributeValueError, match="'dtype' cannot be"):
        find("cumsum").parse({"dtype": "complex64"})


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64"])
def test_the_type_stays(dtype):
    result = apply("cumsum", np.array([1, 2, 3], dtype))
    assert result.dtype == dtype
    assert result.tolist() == [1, 3, 6]


def test_small_integers_wrap_around_unless_another_type_is_asked_for():
    data = np.array([100, 100], np.int8)
    assert apply("cumsum", data).tolist() == [100, -56]
    assert apply("cumsum", data, dtype="int32").tolist() == [100, 200]


def test_half_precision_does_not_stall():
    assert apply("cumsum", np.full(3000, 1, np.float16))[-1] == 3000


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_nothing_adds_up_to_nothing(shape, axis):
    data = np.zeros(shape, np.float32)
    assert apply("cumsum", data, axis=axis).size == 0


def test_nan_and_infinities_are_carried_on():
    result = apply("cumsum", np.float32([1, np.inf, 2, -np.inf, 3]))
    np.testing.assert_array_equal(result, [1, np.inf, np.inf, np.nan, np.nan])
