"""The rules that operators on stacked matrices share."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.attributes import Attributes
from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.matrices import cubic_cost, fit, number_per_matrix, single_or_double
from dataflow_ops.registry import find

_PRODUCT = "A:mk B:kn output:mn"


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([(2, 3), (-1, 4), None], [(2, 3), (3, 4), (2, 4)]),
        ([(2, 3), None, None], [(2, 3), (3, -1), (2, -1)]),
        ([None, None, (5, 2, 4)], [(5, 2, -1), (5, -1, 4), (5, 2, 4)]),
        ([(-1, 2, 3), (5, 3, 4), None], [(5, 2, 3), (5, 3, 4), (5, 2, 4)]),
        ([(0, 3), (3, 0), None], [(0, 3), (3, 0), (0, 0)]),
        ([None, None, None], [None, None, None]),
    ],
)
def test_equal_letters_are_equal_lengths(shapes, expected):
    assert fit(_PRODUCT, shapes) == expected


def test_the_rows_may_stand_elsewhere():
    told = fit(_PRODUCT, [(2, 7, 3), (3, 7, 4), None], axis=0)
    assert told == [(2, 7, 3), (3, 7, 4), (2, 7, 4)]


def test_letters_may_be_fewer_than_two():
    assert fit("A:nn output:n", [None, (5, 3)]) == [(5, 3, 3), (5, 3)]
    assert fit("A:nn output:", [(5, 3, -1), None]) == [(5, 3, 3), (5,)]


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(2, 3), (4, 5), None], r"A \(2, 3\) and B \(4, 5\) do not fit: .* 3 and 4"),
        ([(2, 3), None, (4, 5)], r"A \(2, 3\) and output \(4, 5\)"),
        ([(5, 2, 3), (6, 3, 4), None], "should agree before"),
        ([(2, 3), (1, 3, 4), None], "should agree before"),
        ([(3,), (3, 4), None], r"A \(3,\) should have at least 2 dimensions"),
    ],
)
def test_what_does_not_fit_is_named(shapes, message):
    with pytest.raises(ShapeError, match=message):
        fit(_PRODUCT, shapes)


def test_matrices_that_are_not_square_are_named():
    with pytest.raises(ShapeError, match=r"A \(2, 3\) should hold square .* 2 x 3"):
        fit("A:nn output:nn", [(2, 3), None])


@pytest.mark.parametrize("axis", [2, -1])
def test_the_last_axis_cannot_be_that_of_the_rows(axis):
    with pytest.raises(ShapeError, match="cannot be that of the rows"):
        fit(_PRODUCT, [(2, 3, 4), (2, 4, 3), None], axis=axis)


@pytest.mark.parametrize(
    ("matrices", "output", "expected"),
    [
        ((3, 3), None, ((3, 3), (1,))),
        ((5, 3, 3), None, ((5, 3, 3), (5,))),
        ((-1, 3, -1), (5,), ((5, 3, 3), (5,))),
        (None, (5,), ((5, -1, -1), (5,))),
        (None, (2, 5), ((2, 5, -1, -1), (2, 5))),
        (None, (1,), (None, (1,))),
        (None, (-1,), (None, (-1,))),
        (None, None, (None, None)),
        ((1, 3, 3), (1,), ((1, 3, 3), (1,))),
    ],
)
def test_a_number_for_each_matrix(matrices, output, expected):
    told = number_per_matrix(Attributes({}), [matrices], [output])
    assert (told[0][0], told[1][0]) == expected


def test_only_single_and_double_precision_is_taken():
    single = np.dtype("float32")
    assert single_or_double(Attributes({}), [single, None], [None]) == (
        [single, single],
        [single],
    )
    for refused in ("float16", "int32"):
        with pytest.raises(DTypeError, match=f"float32 or float64 .* not {refused}"):
            single_or_double(Attributes({}), [np.dtype(refused)], [None])


def test_cubic_work():
    cost = cubic_cost(2)(Attributes({}), [(5, 2, 3)], [(5, 2, 3)])
    assert cost == (2 * 5 * 2 * 2 * 3, 60)


@pytest.mark.parametrize("name", ["gemm", "potrf", "extracttrian", "syevd", "slogdet"])
def test_operators_have_the_names_that_files_and_users_know(name):
    assert find(f"linalg_{name}") is find(f"_linalg_{name}")
