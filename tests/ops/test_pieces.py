"""Slices, splits and joins: two-way shapes and errors."""

from __future__ import annotations

import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import shapes_of


@pytest.mark.parametrize(
    ("inputs", "output", "expected"),
    [
        ([(2, 3), (0, 4)], None, ([(2, 3), (2, 4)], (2, 7))),
        ([(2, 3), None], (2, 7), ([(2, 3), (2, 4)], (2, 7))),
        ([(2, 0), (2, 3)], (0, 7), ([(2, 4), (2, 3)], (2, 7))),
        ([(2, 3), None], None, ([(2, 3), (2, 0)], (2, 0))),
        ([None, None], (2, 7), ([(2, 0), (2, 0)], (2, 7))),
    ],
)
def test_shapes_of_concat_go_both_ways(inputs, output, expected):
    told = shapes_of("Concat", *inputs, outputs=[output], num_args=2)
    assert told == (expected[0], [expected[1]])


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        ([(2, 3), (3, 4)], None, r"arg1 \(3, 4\) does not fit \(2, 0\) outside axis 1"),
        ([(2, 3), (2, 4)], (3, 7), r"output \(3, 7\) does not fit"),
        ([(2, 3), None], (2, 2), r"longer than output \(2, 2\)"),
        ([(2,), (3,)], None, "axis 1 is out of range"),
    ],
)
def test_concat_names_the_input_that_does_not_fit(inputs, output, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("Concat", *inputs, outputs=[output], num_args=2)


def test_shapes_of_stack_go_both_ways():
    told = shapes_of("stack", (2, 0), None, outputs=[(0, 2, 3)], axis=1, num_args=2)
    assert told == ([(2, 3), (2, 3)], [(2, 2, 3)])


@pytest.mark.parametrize(
    ("data", "output", "settings", "expected"),
    [
        ((0, 4), None, {}, ((0, 4), (0, 2))),
        (None, (3, 2), {}, ((3, 4), (3, 2))),
        ((0, 0), (3, 2), {}, ((3, 4), (3, 2))),
        ((3, 0), None, {"squeeze_axis": True}, ((3, 2), (3,))),
        (None, (3,), {"squeeze_axis": True}, ((3, 2), (3,))),
    ],
)
def test_shapes_of_a_split_go_both_ways(data, output, settings, expected):
    inputs, outputs = shapes_of(
        "SliceChannel", data, outputs=[output, None], num_outputs=2, **settings
    )
    assert (*inputs, *outputs) == (*expected, expected[1])


@pytest.mark.parametrize(
    ("name", "data", "output", "settings", "expected"),
    [
        ("slice", (3, 0), (1, 4), {"begin": 0, "end": 1}, ((3, 4), (1, 4))),
        ("slice", (0, 3), None, {"begin": (0, 1), "end": (2, 3)}, ((0, 3), (0, 2))),
        (
            "slice_axis",
            (0, 3),
            (5, 2),
            {"axis": 1, "begin": 0, "end": 2},
            ((5, 3), (5, 2)),
        ),
        (
            "slice_axis",
            None,
            (5, 2),
            {"axis": 1, "begin": 0, "end": 2},
            ((5, 0), (5, 2)),
        ),
        ("tile", (0, 3), (4, 6), {"reps": (2, 2)}, ((2, 3), (4, 6))),
        ("repeat", (0, 3), (4, 3), {"repeats": 2, "axis": 0}, ((2, 3), (4, 3))),
        ("broadcast_to", (1, 0), (2, 3), {"shape": (2, 0)}, ((1, 3), (2, 3))),
        ("broadcast_axis", None, (2, 3), {"axis": 0, "size": 2}, ((1, 3), (2, 3))),
    ],
)
def test_shapes_go_both_ways(name, data, output, settings, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("name", "data", "settings", "message"),
    [
        ("slice", (2, 3), {"begin": (0,) * 3, "end": (1,) * 3}, "more axes than"),
        ("slice", (2, 3), {"begin": 0, "end": (1, 1)}, "differ in length"),
        ("slice", (2, 3), {"begin": 0, "end": 2, "step": 0}, "has a 0"),
        ("slice_axis", (2, 3), {"axis": 1, "begin": 1, "end": 5}, "no range within"),
        ("slice_axis", (2, 3), {"axis": 1, "begin": 1, "end": 1}, "no range within"),
        ("SliceChannel", (2, 3), {"num_outputs": 2}, "cannot be split into 2 equal"),
        (
            "SliceChannel",
            (2, 4),
            {"num_outputs": 2, "squeeze_axis": True},
            "must have length 2 on axis 1",
        ),
        ("broadcast_to", (2, 3), {"shape": (4, 3)}, r"data \(2, 3\) cannot be broad"),
        ("broadcast_to", (3,), {"shape": (2, 3)}, "number of dimensions differs"),
        ("broadcast_axis", (2, 1), {"axis": 0, "size": 3}, "length 1 on axis 0"),
        ("broadcast_axis", (2, 1), {"axis": (0, 1), "size": 3}, "2 axes but 1 sizes"),
    ],
)
def test_what_does_not_fit_is_refused(name, data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, data, **settings)


def test_broadcast_like_refuses_other_lengths():
    with pytest.raises(ShapeError, match=r"lhs \(2, 3\) cannot be broadcast like"):
        shapes_of("broadcast_like", (2, 3), (4, 3))


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("Concat", {"num_args": 0}, "expected an integer above 0"),
        ("tile", {"reps": (2, 0)}, "expected an integer above 0"),
        ("repeat", {"repeats": -1}, "expected an integer from 0 on"),
        ("slice", {"begin": (0,)}, "required attribute 'end'"),
    ],
)
def test_wrong_attributes_are_refused(name, given, message):
    with pytest.raises(AttributeValueError, match=message):
        find(name).parse(given)


def test_bounds_are_read_as_mxnet_writes_them():
    parsed = find("slice").parse({"begin": "(None, 1)", "end": "[None,None]"})
    assert parsed.begin == (None, 1)
    assert parsed.end == (None, None)
