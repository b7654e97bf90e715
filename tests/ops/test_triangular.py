"""Diagonals and triangles of stacked matrices: shapes, errors and order."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, infer_dtypes, shapes_of


@pytest.mark.parametrize(
    ("name", "settings", "matrix", "vector"),
    [
        ("diag", {}, (5, 3, 3), (5, 3)),
        ("diag", {"offset": -2}, (3, 3), (1,)),
        ("trian", {}, (5, 3, 3), (5, 6)),
        ("trian", {"offset": 1, "lower": False}, (4, 4), (6,)),
        ("diag", {}, (0, 3, 3), (0, 3)),
    ],
)
def test_shapes_go_both_ways(name, settings, matrix, vector):
    extract, make = f"_linalg_extract{name}", f"_linalg_make{name}"
    if 0 not in matrix:
        told = ([matrix], [vector])
        assert shapes_of(extract, matrix, **settings) == told
        assert shapes_of(extract, None, outputs=[vector], **settings) == told
        assert shapes_of(extract, (*matrix[:-1], 0), **settings) == told
        assert shapes_of(make, vector, **settings) == told[::-1]
        assert shapes_of(make, None, outputs=[matrix], **settings) == told[::-1]
    assert apply(extract, np.ones(matrix), **settings).shape == vector
    assert apply(make, np.ones(vector), **settings).shape == matrix


def test_what_is_not_known_stays_unknown():
    assert shapes_of("_linalg_extracttrian", (5, 0, 0)) == ([(5, 0, 0)], [(5, 0)])
    assert shapes_of("_linalg_maketrian", (5, 0)) == ([(5, 0)], [(5, 0, 0)])
    assert shapes_of("_linalg_makediag", None) == ([None], [None])


@pytest.mark.parametrize(
    ("name", "shape", "settings", "message"),
    [
        ("extractdiag", (2, 3), {}, r"A \(2, 3\) should hold square matrices"),
        ("extractdiag", (3, 3), {"offset": 4}, "has no diagonal at offset 4"),
        ("extracttrian", (3, 3), {"offset": -4}, "has no diagonal at offset -4"),
        ("extracttrian", (3,), {}, r"A \(3,\) should have at least 2 dimensions"),
        ("maketrian", (4,), {}, "4 elements fill no triangle: 3 or 6 would"),
        ("makediag", (), {}, "should have at least 1 dimension"),
    ],
)
def test_what_cannot_be_is_named(name, shape, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(f"_linalg_{name}", shape, **settings)


@pytest.mark.parametrize(
    "name", ["extractdiag", "makediag", "extracttrian", "maketrian"]
)
def test_half_precision_is_refused(name):
    operator = find(f"_linalg_{name}")
    with pytest.raises(DTypeError, match="not float16"):
        infer_dtypes(operator, operator.parse({}), [np.dtype("float16")])


def test_a_lower_triangle_goes_by_rows_and_an_upper_one_by_columns():
    matrix = np.arange(9.0).reshape(3, 3)
    lower = apply("_linalg_extracttrian", matrix)
    upper = apply("_linalg_extracttrian", matrix.T, lower=False)
    assert lower.tolist() == upper.tolist() == [0, 3, 4, 6, 7, 8]


@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
@pytest.mark.parametrize("lower", [True, False])
def test_making_is_the_inverse_of_extracting(offset, lower):
    matrix = np.arange(1.0, 17).reshape(4, 4)
    settings = {"offset": offset, "lower": lower}
    taken = apply("_linalg_extracttrian", matrix, **settings)
    goes_down = lower if offset == 0 else offset < 0
    kept = np.tril(matrix, offset) if goes_down else np.triu(matrix, offset)
    assert apply("_linalg_maketrian", taken, **settings).tolist() == kept.tolist()


def test_a_diagonal_far_out_is_empty():
    assert apply("_linalg_extractdiag", np.ones((2, 2)), offset=2).shape == (0,)
    result = apply("_linalg_makediag", np.ones(0), offset=2)
    assert result.tolist() == [[0, 0], [0, 0]]


def test_nothing_is_computed():
    operator = find("_linalg_extractdiag")
    assert operator.cost(operator.parse({}), [(3, 3)], [(3,)]) == (0, 12)
