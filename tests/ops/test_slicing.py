"""Slices: two-way shapes, bounds, writing to them, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

_FIRST = {"begin": 0, "end": 1}
_CORNER = {"begin": (0, 1), "end": (2, 3)}
_PAIR = {"axis": 1, "begin": 0, "end": 2}


@pytest.mark.parametrize(
    ("name", "data", "output", "settings", "expected"),
    [
        ("slice", (3, 0), (1, 4), _FIRST, ((3, 4), (1, 4))),
        ("slice", (0, 3), None, _CORNER, ((0, 3), (0, 2))),
        ("slice", None, (1, 4), _FIRST, (None, (1, 4))),
        ("slice_axis", (0, 3), (5, 2), _PAIR, ((5, 3), (5, 2))),
        ("slice_axis", None, (5, 2), _PAIR, ((5, 0), (5, 2))),
        ("_slice_assign_scalar", None, (5, 2), _FIRST, ((5, 2), (5, 2))),
    ],
)
def test_shapes_go_both_ways(name, data, output, settings, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("data", "like", "output", "axes", "expected"),
    [
        ((3, 4), (2, 0), None, (), ((3, 4), (2, 0), (2, 0))),
        ((3, 4), (2, 0), (0, 3), (), ((3, 4), (2, 3), (2, 3))),
        ((0, 4), (0, 3, 5), (2, 3), (1,), ((2, 4), (0, 3, 5), (2, 3))),
        ((3, 4), None, None, (), ((3, 4), None, None)),
    ],
)
def test_shapes_of_slice_like_go_both_ways(data, like, output, axes, expected):
    inputs, outputs = shapes_of("slice_like", data, like, outputs=[output], axes=axes)
    assert (*inputs, *outputs) == expected


def test_the_part_to_assign_has_the_shape_of_the_slice():
    told = shapes_of("_slice_assign", (3, 4), None, begin=(0, 1), end=(2, 3))
    assert told == ([(3, 4), (2, 2)], [(3, 4)])
    with pytest.raises(ShapeError, match=r"rhs \(2, 3\) does not fit the part of lhs"):
        shapes_of("_slice_assign", (3, 4), (2, 3), begin=(0, 1), end=(2, 3))


@pytest.mark.parametrize(
    ("name", "data", "settings", "message"),
    [
        ("slice", (2, 3), {"begin": (0,) * 3, "end": (1,) * 3}, "more axes than"),
        ("slice", (2, 3), {"begin": 0, "end": (1, 1)}, "differ in length"),
        ("slice", (2, 3), {"begin": (0, 0), "end": (1, 1), "step": 1}, "begin .* step"),
        ("slice", (2, 3), {"begin": 0, "end": 2, "step": 0}, "has a 0"),
        ("slice_axis", (2, 3), {"axis": 1, "begin": 1, "end": 5}, "no range within"),
        ("slice_axis", (2, 3), {"axis": 1, "begin": 1, "end": 1}, "no range within"),
        ("slice_axis", (2, 3), {"axis": 0, "begin": -3, "end": 1}, "no range within"),
        ("slice_axis", (2, 3), {"axis": 2, "begin": 0, "end": 1}, "out of range"),
    ],
)
def test_bounds_that_do_not_fit_are_refused(name, data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, data, **settings)


@pytest.mark.parametrize(
    ("like", "axes", "message"),
    [
        ((2,), (), r"data \(3, 4\) and shape_like \(2,\) differ in rank"),
        ((2, 5), (), r"\(2, 5\) is longer than data \(3, 4\) on axis 1"),
        ((2,), (1,), r"shape_like \(2,\) has no axis 1"),
        ((2, 5), (2,), "axis 2 is out of range"),
    ],
)
def test_shapes_to_slice_like_that_do_not_fit_are_refused(like, axes, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("slice_like", (3, 4), like, axes=axes)


def test_what_slice_like_takes_its_shape_from_may_have_any_type():
    operator = find("slice_like")
    f32, i32 = np.dtype("float32"), np.dtype("int32")
    assert operator.dtypes(operator.parse({}), [f32, i32], [None]) == (
        [f32, i32],
        [f32],
    )
    with pytest.raises(DTypeError):
        operator.dtypes(operator.parse({}), [f32, i32], [i32])


def test_bounds_are_read_as_mxnet_writes_them():
    parsed = find("slice").parse({"begin": "(None, 1)", "end": "[None,None]"})
    assert parsed.begin == (None, 1)
    assert parsed.end == (None, None)


@pytest.mark.parametrize("bad", ["(0.5,)", "(", "('a',)"])
def test_bounds_that_are_no_integers_are_refused(bad):
    with pytest.raises(AttributeValueError, match="'begin' cannot be"):
        find("slice").parse({"begin": bad, "end": (1,)})


def test_the_end_of_an_axis_may_be_left_out():
    assert apply("slice_axis", np.arange(3), axis=0, begin=1).tolist() == [1, 2]


def test_a_number_is_cut_to_the_type_of_the_data():
    data = np.arange(3, dtype=np.int32)
    result = apply("_slice_assign_scalar", data, begin=1, end=2, scalar=-5.7)
    assert result.dtype == np.int32
    assert result.tolist() == [0, -5, 2]


@pytest.mark.parametrize("name", ["_slice_assign", "_crop_assign"])
def test_assignment_works_in_place(name):
    operator = find(name)
    data = np.zeros(4, np.float32)
    part = np.ones(2, np.float32)
    attributes = operator.parse({"begin": 1, "end": 3})
    eager.bind_and_run(
        operator, attributes, [data, part], [data], Request.WRITE, is_train=False
    )
    assert data.tolist() == [0, 1, 1, 0]
