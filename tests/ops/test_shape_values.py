"""Arrays that follow from shapes: two-way shapes, types, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("name", "data", "output", "settings", "expected"),
    [
        ("shape_array", (0, 3), None, {}, ((0, 3), (2,))),
        ("shape_array", None, (2,), {}, (None, (2,))),
        ("size_array", None, None, {}, (None, (1,))),
        ("_contrib_arange_like", (0, 3), None, {}, ((0, 3), (0, 3))),
        ("_contrib_arange_like", (0, 3), None, {"axis": -1}, ((0, 3), (3,))),
        ("_contrib_arange_like", None, None, {}, (None, None)),
        ("_contrib_index_array", (0, 3), None, {}, ((0, 3), (0, 3, 2))),
        ("_contrib_index_array", None, (2, 3, 1), {"axes": 0}, ((2, 3), (2, 3, 1))),
        ("_contrib_index_array", None, None, {}, (None, None)),
    ],
)
def test_shapes_go_both_ways(name, data, output, settings, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("name", "settings"),
    [("_contrib_arange_like", {"axis": 2}), ("_contrib_index_array", {"axes": (0, 2)})],
)
def test_axes_out_of_range_are_refused(name, settings):
    with pytest.raises(ShapeError, match="axis 2 is out of range for 2 dimensions"):
        shapes_of(name, (2, 3), **settings)


@pytest.mark.parametrize("name", ["shape_array", "size_array", "_contrib_index_array"])
def test_lengths_and_indices_are_integers(name):
    operator = find(name)
    half, long = np.dtype("float16"), np.dtype("int64")
    told = operator.dtypes(operator.parse({}), [half], [None])
    assert told == ([half], [long])
    assert apply(name, np.ones((2, 3), half)).dtype == long


def test_empty_arrays_have_shapes_and_sizes():
    empty = np.ones((2, 0, 3), np.float32)
    assert apply("shape_array", empty).tolist() == [2, 0, 3]
    assert apply("size_array", empty).tolist() == [0]
    assert apply("_contrib_arange_like", empty).shape == (2, 0, 3)
    assert apply("_contrib_index_array", empty).shape == (2, 0, 3, 3)
    assert apply("_contrib_index_array", np.ones((2, 3)), axes=()).shape == (2, 3, 0)


def test_a_range_counts_in_the_type_of_the_data():
    data = np.zeros((300,), np.float16)
    result = apply("_contrib_arange_like", data, step=0.5)
    assert result.dtype == np.float16
    assert result.tolist() == [i / 2 for i in range(300)]


def test_each_value_occurs_once_or_more():
    with pytest.raises(AttributeValueError, match="'repeat' cannot be 0"):
        find("_contrib_arange_like").parse({"repeat": 0})
