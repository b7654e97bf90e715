"""Repeating one array: two-way shapes, precision of sums, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("name", "data", "output", "settings", "expected"),
    [
        ("tile", (0, 3), (4, 6), {"reps": (2, 2)}, ((2, 3), (4, 6))),
        ("tile", (0,), None, {"reps": (2, 2)}, ((0,), (2, 0))),
        ("repeat", (0, 3), (4, 3), {"repeats": 2, "axis": 0}, ((2, 3), (4, 3))),
        ("repeat", (0, 3), None, {"repeats": 2}, ((0, 3), (0,))),
        ("broadcast_to", (1, 0), (2, 3), {"shape": (2, 0)}, ((1, 3), (2, 3))),
        ("broadcast_to", None, None, {"shape": (2, 0)}, ((0, 0), (2, 0))),
        ("broadcast_axis", None, (2, 3), {"axis": 0, "size": 2}, ((1, 3), (2, 3))),
        ("broadcast_axis", (0, 0), (2, 3), {"axis": 0, "size": 2}, ((1, 3), (2, 3))),
    ],
)
def test_shapes_go_both_ways(name, data, output, settings, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("name", "data", "settings", "message"),
    [
        ("broadcast_to", (2, 3), {"shape": (4, 3)}, r"data \(2, 3\) cannot be broad"),
        ("broadcast_to", (3,), {"shape": (2, 3)}, "number of dimensions differs"),
        ("broadcast_axis", (2, 1), {"axis": 0, "size": 3}, "have length 1 on axis"),
        ("broadcast_axis", (2, 1), {"axis": (0, 1), "size": 3}, "2 axes but 1 sizes"),
        (
            "broadcast_axis",
            (1, 1),
            {"axis": (0, -2), "size": (2, 2)},
            "axis of data tw",
        ),
        ("repeat", (2, 3), {"repeats": 2, "axis": 2}, "axis 2 is out of range"),
    ],
)
def test_what_does_not_fit_is_refused(name, data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, data, **settings)


@pytest.mark.parametrize(
    ("lhs", "rhs", "settings", "message"),
    [
        ((2, 3), (4, 3), {}, r"lhs \(2, 3\) cannot be broadcast like \(4, 3\)"),
        ((3,), (4, 3), {}, "cannot be broadcast like"),
        ((1, 3), (4,), {"lhs_axes": (0, 1), "rhs_axes": 0}, "differ in number"),
        ((1, 3), (4,), {"lhs_axes": 0, "rhs_axes": 1}, "axis 1 is out of range"),
    ],
)
def test_broadcast_like_refuses_what_does_not_fit(lhs, rhs, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("broadcast_like", lhs, rhs, **settings)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("tile", {"reps": (2, 0)}, "expected an integer above 0"),
        ("repeat", {"repeats": -1}, "expected an integer from 0 on"),
        ("broadcast_to", {"shape": (2, -1)}, "expected integers from 0 on"),
        ("broadcast_axis", {"axis": 0, "size": -1}, "expected integers from 0 on"),
    ],
)
def test_wrong_attributes_are_refused(name, given, message):
    with pytest.raises(AttributeValueError, match=message):
        find(name).parse(given)


def test_an_array_repeated_no_times_is_empty():
    data = np.ones((2, 3), np.float32)
    assert apply("repeat", data, repeats=0).shape == (0,)
    assert apply("repeat", data, repeats=0, axis=1).shape == (2, 0)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("tile", {"reps": (5000, 1)}), ("repeat", {"repeats": 5000, "axis": 0})],
)
def test_half_precision_gradients_count_beyond_2048(name, settings):
    operator = find(f"_backward_{name}")
    out_grad = np.ones((5000, 3), np.float16)
    output = np.empty((1, 3), np.float16)
    eager.run(operator, operator.parse(settings), [out_grad], outputs=[output])
    assert output.tolist() == [[5000] * 3]
