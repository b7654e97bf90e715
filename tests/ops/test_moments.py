"""Mean and variance: shapes both ways, types, precision, single outputs."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("data", "outputs", "settings", "expected"),
    [
        ((2, 3), [None, None], {"axes": 0}, ((2, 3), (3,), (3,))),
        ((2, 0), [None, (3,)], {"axes": 0}, ((2, 3), (3,), (3,))),
        (
            (2, 0, 4),
            [None, None],
            {"axes": (0, -1), "keepdims": True},
            ((2, 0, 4), (1, 0, 1), (1, 0, 1)),
        ),
        ((2, 3), [None, None], {}, ((2, 3), (1,), (1,))),
        (None, [(3,), None], {"axes": 0}, (None, (3,), (3,))),
    ],
)
def test_shapes_go_both_ways(data, outputs, settings, expected):
    inputs, made = shapes_of("moments", data, outputs=outputs, **settings)
    assert (*inputs, *made) == expected


@pytest.mark.parametrize(
    ("axes", "message"),
    [(2, "axis 2 is out of range for 2"), ((0, -2), "names an axis of data twice")],
)
def test_wrong_axes_are_refused(axes, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("moments", (2, 3), axes=axes)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_the_type_stays(dtype):
    mean, variance = apply("moments", np.array([[1, 5], [3, 9]], dtype), axes=0)
    assert mean.dtype == variance.dtype == dtype
    assert (mean.tolist(), variance.tolist()) == ([2, 7], [1, 4])


def test_half_precision_does_not_overflow_on_the_way():
    mean, variance = apply("moments", np.full(3000, 300, np.float16))
    assert (mean.tolist(), variance.tolist()) == ([300], [0])


def test_a_mean_of_nothing_is_not_a_number():
    for result in apply("moments", np.zeros((0, 2), np.float32), axes=0):
        np.testing.assert_array_equal(result, [np.nan, np.nan])


@pytest.mark.parametrize("wanted", [0, 1])
def test_each_can_be_had_alone_and_added(wanted):
    operator = find("moments")
    data = np.float32([[1, 5], [3, 9]])
    outputs = [None, None]
    outputs[wanted] = np.ones(2, np.float32)
    attributes = operator.parse({"axes": 0})
    eager.bind_and_run(operator, attributes, [data], outputs, Request.ADD, True)
    assert outputs[wanted].tolist() == [[3, 8], [2, 5]][wanted]
