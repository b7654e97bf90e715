"""Replacing elements or rows: two-way shapes, types, in place, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("name", "inputs", "output", "expected"),
    [
        ("fill_element_0index", [(0, 3), None, (2,)], None, [(2, 3), (2,), (2,)]),
        ("fill_element_0index", [None] * 3, (2, 3), [(2, 3), (2,), (2,)]),
        ("_onehot_encode", [(2,), (0, 3)], None, [(2,), (2, 3)]),
        ("_onehot_encode", [None, None], (2, 3), [(2,), (2, 3)]),
        ("_contrib_index_copy", [(4, 0), None, (2, 3)], None, [(4, 3), (2,), (2, 3)]),
        ("_contrib_index_copy", [(4, 3), (2,), (0, 0)], None, [(4, 3), (2,), (2, 3)]),
        ("_contrib_index_copy", [None, (2,), (2, 3)], (4, 0), [(4, 3), (2,), (2, 3)]),
    ],
)
def test_shapes_go_both_ways(name, inputs, output, expected):
    assert shapes_of(name, *inputs, outputs=[output])[0] == expected


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("fill_element_0index", [(2, 3, 4), None, None], r"lhs \(2, 3, 4\) .* rank 2"),
        ("fill_element_0index", [(2, 3), (3,), None], r"\(2,\) against \(3,\)"),
        ("fill_element_0index", [(2, 3), None, (2, 1)], r"rhs \(2, 1\) .* rank 1"),
        ("_onehot_encode", [(3,), (2, 3)], r"\(3,\) against \(2,\)"),
        ("_contrib_index_copy", [(4, 3), (2,), (3, 3)], r"\(2,\) against \(3,\)"),
        ("_contrib_index_copy", [(4, 3), (2,), (2, 2)], r"\(3,\) against \(2,\)"),
        ("_contrib_index_copy", [(4, 3), None, (2,)], "must have one rank"),
        ("_contrib_index_copy", [(2, 3), None, (3, 3)], "has more rows than old_tens"),
        ("_contrib_index_copy", [(2, 3), (2, 1), None], r"index_vector .* rank 1"),
    ],
)
def test_what_does_not_fit_is_refused(name, inputs, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, *inputs)


@pytest.mark.parametrize("name", ["fill_element_0index", "_contrib_index_copy"])
def test_indices_have_any_type_and_values_one(name):
    operator = find(name)
    f16, i32 = np.dtype("float16"), np.dtype("int32")
    index = operator.inputs.index(
        "rhs" if name == "fill_element_0index" else "index_vector"
    )
    types = [f16, f16, f16]
    types[index] = i32
    assert operator.dtypes(operator.parse({}), types, [None]) == (types, [f16])
    with pytest.raises(DTypeError):
        operator.dtypes(operator.parse({}), types, [i32])


def test_elements_are_filled_in_as_mxnet_does():
    lhs = np.arange(6, dtype=np.float32).reshape(2, 3)
    values = np.float32([10, 20])
    filled = apply("fill_element_0index", lhs, values, np.float32([0, 2]))
    assert filled.tolist() == [[10, 1, 2], [3, 4, 20]]
    filled = apply("fill_element_0index", lhs, values, np.float32([0, 3]))
    assert filled.tolist() == [[10, 1, 2], [3, 4, 5]]


def test_codes_are_written_over_what_was_there():
    operator = find("_onehot_encode")
    codes = np.full((2, 3), 7, np.float32)
    inputs = [np.float32([0, 2]), codes]
    eager.bind_and_run(operator, operator.parse({}), inputs, [codes], Request.WRITE, 0)
    assert codes.tolist() == [[1, 0, 0], [0, 0, 1]]


def test_rows_are_copied_in_place():
    operator = find("_contrib_index_copy")
    rows = np.zeros((3, 2), np.float32)
    inputs = [rows, np.array([2, 0]), np.float32([[1, 2], [3, 4]])]
    eager.bind_and_run(operator, operator.parse({}), inputs, [rows], Request.WRITE, 0)
    assert rows.tolist() == [[3, 4], [0, 0], [1, 2]]


def test_rows_that_are_not_there_are_refused():
    rows = np.zeros((3, 2), np.float32)
    with pytest.raises(IndexError, match="index 3 is out of bounds"):
        apply("_contrib_index_copy", rows, np.array([3]), rows[:1])
