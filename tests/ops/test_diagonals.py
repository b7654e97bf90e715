"""Diagonals: two-way shapes, types, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import ShapeError
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("data", "output", "settings", "expected"),
    [
        ((0, 3), None, {}, ((0, 3), (0,))),
        ((2, 0, 4), (3, 0), {"axis1": 0, "axis2": 2}, ((2, 3, 4), (3, 2))),
        ((0, 5, 3, 3), (4, 5, 3), {"axis1": 2, "axis2": 3}, ((4, 5, 3, 3), (4, 5, 3))),
        ((0,), (5, 0), {"k": -2}, ((3,), (5, 5))),
        ((0,), None, {"k": -2}, ((0,), (0, 0))),
        (None, (5, 5), {}, (None, (5, 5))),
    ],
)
def test_shapes_go_both_ways(data, output, settings, expected):
    inputs, outputs = shapes_of("diag", data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("data", "settings", "message"),
    [
        ((2, 3), {"k": 4}, r"data \(2, 3\) has no diagonal 4: it must be from -2 to 3"),
        ((2, 3), {"k": -3}, "has no diagonal -3"),
        ((2, 3, 4), {"axis1": -2}, "axis1 -2 and axis2 1 are the same"),
        ((2, 3, 4), {"axis1": 3}, "axis 3 is out of range"),
        ((), {}, "at least 1 dimension"),
    ],
)
def test_diagonals_that_are_not_there_are_refused(data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("diag", data, **settings)


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float64"])
@pytest.mark.parametrize("k", [-2, 0, 1])
def test_the_diagonal_of_a_made_matrix_is_what_it_was_made_of(dtype, k):
    vector = np.array([3, 0, 5], dtype)
    matrix = apply("diag", vector, k=k)
    assert matrix.dtype == dtype
    np.testing.assert_array_equal(matrix, np.diag(vector, k))
    assert apply("diag", matrix, k=k).tolist() == vector.tolist()


@pytest.mark.parametrize("k", [-2, 3])
def test_the_diagonal_just_outside_is_empty(k):
    assert apply("diag", np.ones((2, 3), np.float32), k=k).shape == (0,)


@pytest.mark.parametrize("axes", [(0, 1), (2, 0), (-1, 1)])
def test_axes_count_as_in_numpy(axes):
    data = np.arange(60).reshape(3, 4, 5)
    result = apply("diag", data, k=-1, axis1=axes[0], axis2=axes[1])
    np.testing.assert_array_equal(result, data.diagonal(-1, *axes))
