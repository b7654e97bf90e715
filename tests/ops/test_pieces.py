"""Joins and splits: two-way shapes and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, shapes_of


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
    ("data", "settings", "message"),
    [
        ((2, 3), {"num_outputs": 2}, "cannot be split into 2 equal"),
        (
            (2, 4),
            {"num_outputs": 2, "squeeze_axis": True},
            "must have length 2 on axis",
        ),
        ((2, 3), {"num_outputs": 3, "axis": 2}, "axis 2 is out of range"),
    ],
)
def test_a_split_that_does_not_fit_is_refused(data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("SliceChannel", data, **settings)


@pytest.mark.parametrize(
    ("data", "outputs", "settings", "expected"),
    [
        ((0, 3), None, {"indices": (0, 1)}, ((0, 3), (0, 1), (0, 2))),
        ((4, 0), None, {"indices": (0, 1)}, ((4, 0), (4, 0), (4, 0))),
        (None, [(4, 1), (4, 2)], {"indices": (0, 1)}, ((4, 3), (4, 1), (4, 2))),
        ((0, 5), [(4, 0), None], {"sections": 2}, ((4, 5), (4, 3), (4, 2))),
        (None, [(4,), None], {"sections": 2, "squeeze_axis": 1}, ((4, 2), (4,), (4,))),
    ],
)
def test_shapes_of_a_split_at_indices_go_both_ways(data, outputs, settings, expected):
    settings = {"indices": (), **settings}
    told = shapes_of("_split_v2", data, outputs=outputs or [None] * 2, **settings)
    assert (*told[0], *told[1]) == expected


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"indices": (1, 2)}, r"indices \(1, 2\) must ascend from 0 to at most 4"),
        ({"indices": (0, 3, 2)}, "must ascend"),
        ({"indices": (0, 5)}, "must ascend"),
        ({"indices": (0, -1)}, "must ascend"),
        ({"indices": ()}, "say no part"),
        ({"indices": (0, 1), "axis": 1}, "axis 1 is out of range"),
        ({"indices": (0, 1), "squeeze_axis": True}, "cannot be squeezed"),
    ],
)
def test_indices_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("_split_v2", (4,), **{"axis": 0, **settings})


@pytest.mark.parametrize(
    ("name", "settings"),
    [("SliceChannel", {"num_outputs": 2}), ("_split_v2", {"indices": (0, 1)})],
)
def test_a_vector_can_be_split_into_numbers_and_joined_again(name, settings):
    data = np.array([3, 5], np.int8)
    parts = apply(name, data, axis=0, squeeze_axis=True, **settings)
    assert [part.shape for part in parts] == [(), ()]
    assert apply("stack", *parts, num_args=2).tolist() == [3, 5]


def test_parts_of_no_length_can_be_joined():
    empty, full = np.ones((2, 0), np.float32), np.ones((2, 3), np.float32)
    assert apply("Concat", empty, full, num_args=2).shape == (2, 3)
    assert apply("Concat", empty, empty, num_args=2).shape == (2, 0)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Concat", {"num_args": 0}),
        ("SliceChannel", {"num_outputs": 0}),
        ("_split_v2", {"indices": (), "sections": -1}),
    ],
)
def test_wrong_counts_are_refused(name, given):
    with pytest.raises(AttributeValueError, match="expected an integer"):
        find(name).parse(given)
