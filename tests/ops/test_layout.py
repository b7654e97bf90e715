"""Changes of shape: the codes of Reshape, two-way shapes, errors."""

from __future__ import annotations

import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import shapes_of


@pytest.mark.parametrize(
    ("data", "shape", "output", "expected"),
    [
        ((0, 3, 4), (0, -1), None, ((0, 3, 4), (0, 12))),
        ((2, 0, 4), (0, -1), None, ((2, 0, 4), (2, 0))),
        ((2, 0, 4), (0, -1), (2, 12), ((2, 3, 4), (2, 12))),
        ((2, 0, 4), (-1, 4), None, ((2, 0, 4), (0, 4))),
        ((0, 8), (-1, 4), (6, 4), ((3, 8), (6, 4))),
        ((0, 4), (-3,), (12,), ((3, 4), (12,))),
        ((0, 4), (-4, 2, -1, 0), None, ((0, 4), (2, 0, 4))),
        ((0, 3, 4), (-2, 1), None, ((0, 3, 4), (0, 3, 4, 1))),
        (None, (4, 6), None, (None, (4, 6))),
        (None, (0, 6), (4, 6), (None, (4, 6))),
        ((0, 6), (4, 3), None, ((2, 6), (4, 3))),
    ],
)
def test_reshape_infers_both_ways(data, shape, output, expected):
    inputs, outputs = shapes_of("Reshape", data, outputs=[output], shape=shape)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((5, 5), r"data \(2, 3, 4\) of 24 elements cannot take shape \(5, 5\)"),
        ((-1, 5), "not a multiple of 5"),
        ((-1, -1), "more than one dimension to compute"),
        ((-3, -3), "takes more than data"),
        ((0, 0, 0, 0), "takes more than data"),
        ((-4, 3, -1, 0, 0), "dimension 2 is not 3 times -1"),
        ((-4, 2, 2, 0, 0), "dimension 2 is not 2 times 2"),
        ((-4, -1, -1, 0, 0), "-4 needs two numbers"),
        ((-4, 2), "-4 needs two numbers"),
        ((-5,), "unknown code -5"),
        ((), "shape is missing"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shape, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("Reshape", (2, 3, 4), shape=shape)


@pytest.mark.parametrize(
    ("data", "codes", "expected"),
    [
        ((10, 5, 4), (-1, 0), (50, 4)),
        ((2, 6, 2), (-1, 3, -4, 1, 2), (4, 3, 1, 2)),
        ((2, 2, 3), (-2, 3), (2, 2, 3)),
        ((2, 3, 4), (-3, 0), (6, 4)),
    ],
)
def test_reverse_matches_from_the_last(data, codes, expected):
    _, outputs = shapes_of("Reshape", data, shape=codes, reverse=True)
    assert outputs == [expected]


@pytest.mark.parametrize(
    ("name", "data", "output", "settings", "expected"),
    [
        ("Flatten", (0, 3, 4), None, {}, ((0, 3, 4), (0, 12))),
        ("Flatten", (2, 0, 4), (0, 12), {}, ((2, 3, 4), (2, 12))),
        ("Flatten", (3,), None, {}, ((3,), (3, 1))),
        ("expand_dims", None, (2, 1, 3), {"axis": 1}, ((2, 3), (2, 1, 3))),
        ("expand_dims", (2, 0), None, {"axis": -1}, ((2, 0), (2, 0, 1))),
        ("squeeze", (0, 1), (5,), {"axis": 1}, ((5, 1), (5,))),
        ("squeeze", (0, 1), None, {}, ((0, 1), None)),
    ],
)
def test_shapes_go_both_ways(name, data, output, settings, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("name", "data", "settings", "message"),
    [
        ("squeeze", (2, 3), {"axis": 1}, r"data \(2, 3\) must have length 1 on axis 1"),
        ("expand_dims", (2, 3), {"axis": 3}, "axis 3 is out of range"),
    ],
)
def test_wrong_axes_are_refused(name, data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, data, **settings)


def test_an_output_of_another_length_is_refused():
    with pytest.raises(ShapeError, match=r"output \(2, 2, 3\) must have length 1"):
        shapes_of("expand_dims", None, outputs=[(2, 2, 3)], axis=1)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_shape_that_takes_too_much_names_the_data_as_it_is(reverse):
    with pytest.raises(ShapeError, match=r"takes more than data \(2, 3, 4\) has"):
        shapes_of("Reshape", (2, 3, 4), shape=(0,) * 4, reverse=reverse)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"target_shape": (5, 0), "shape": (3, 8)}, (3, 8)),
        ({"target_shape": (4, 0)}, (4, 6)),
        ({"target_shape": (9, 0), "keep_highest": True}, (2, 12)),
        ({"shape": (-1,), "keep_highest": True}, (24,)),
    ],
)
def test_the_older_form_of_a_shape(given, expected):
    assert shapes_of("Reshape", (2, 3, 4), **given)[1] == [expected]


@pytest.mark.parametrize(
    ("lhs", "rhs", "output", "settings", "expected"),
    [
        ((0, 4), (2, 6), None, {}, ((3, 4), (2, 6), (2, 6))),
        ((3, 4), (2, 0), None, {}, ((3, 4), (2, 6), (2, 6))),
        ((3, 4), (0, 0), (2, 6), {}, ((3, 4), (2, 6), (2, 6))),
        ((0, 0), (2, 6), None, {}, ((0, 0), (2, 6), (2, 6))),
        (
            (0, 7),
            (15, 2, 4),
            None,
            {"lhs_end": 1, "rhs_end": 2},
            ((30, 7), (15, 2, 4), (15, 2, 7)),
        ),
        (
            (30, 12),
            (4, 2, 0, 3),
            None,
            {"lhs_begin": -1, "rhs_begin": 1},
            ((30, 12), (4, 2, 2, 3), (30, 2, 2, 3)),
        ),
        (None, (2, 6), None, {}, (None, (2, 6), None)),
    ],
)
def test_reshape_like_infers_both_ways(lhs, rhs, output, settings, expected):
    inputs, outputs = shapes_of("reshape_like", lhs, rhs, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, r"lhs \(3, 4\) of 12 elements cannot take shape \(4, 2\) of 8"),
        ({"lhs_begin": 1, "lhs_end": 1}, "lhs_begin 1 and lhs_end 1 are no range"),
        ({"lhs_begin": -3}, "lhs_begin -3 .* no range within the 2 dimensions of lhs"),
        ({"rhs_end": 3}, "rhs_begin None and rhs_end 3 are no range"),
    ],
)
def test_ranges_of_axes_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("reshape_like", (3, 4), (4, 2), **settings)


@pytest.mark.parametrize("stype", ["csr", "row_sparse"])
def test_sparse_storage_is_refused(stype):
    with pytest.raises(AttributeValueError, match="arrays are dense here"):
        find("cast_storage").parse({"stype": stype})


@pytest.mark.parametrize(
    "name",
    [
        *("Reshape", "reshape_like", "Flatten", "expand_dims", "squeeze"),
        *("cast_storage", "_backward_Reshape"),
    ],
)
def test_what_keeps_the_bytes_says_so(name):
    assert find(name).view
