"""Margins: shapes both ways, what fills them, parts of images, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def backward(operator, head, shape, request=Request.WRITE, **settings):
    declared = find(operator)
    made = np.ones(shape, head.dtype)
    attributes = declared.parse(settings)
    eager.bind_and_run(declared, attributes, [head], [made], request, True)
    return made


@pytest.mark.parametrize(
    ("data", "output", "expected"),
    [
        ((2, 3, 0), None, ((2, 3, 0), (3, 3, 0))),
        (None, (3, 0, 5), ((2, 0, 2), (3, 0, 5))),
        ((2, 0, 2), (0, 4, 0), ((2, 4, 2), (3, 4, 5))),
        (None, None, ((0, 0, 0), (0, 0, 0))),
    ],
)
def test_padded_shapes(data, output, expected):
    inputs, outputs = shapes_of(
        "Pad", data, outputs=[output], mode="edge", pad_width=(1, 0, 0, 0, 2, 1)
    )
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("data", "output", "mode", "message"),
    [
        ((2, 3, 4), None, "edge", r"pad_width .* is for 2 dimensions, data is \(2, 3"),
        (None, (2,), "edge", r"is for 2 dimensions, output is \(2,\)"),
        (
            (3, 2),
            None,
            "reflect",
            r"data is 2 long on axis 1: too short for .*\(2, 1\)",
        ),
        (None, (3, 2), "constant", "output is 2 long, its margins 3"),
    ],
)
def test_margins_that_do_not_fit_are_refused(data, output, mode, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("Pad", data, outputs=[output], mode=mode, pad_width=(0, 0, 2, 1))


@pytest.mark.parametrize("widths", [(1, 2, 3), (0, 0, -1, 0)])
def test_impossible_widths_are_refused(widths):
    with pytest.raises(AttributeValueError, match="two integers from 0 for each axis"):
        find("Pad").parse({"mode": "edge", "pad_width": widths})


def test_an_unknown_mode_is_refused():
    with pytest.raises(AttributeValueError, match="expected one of constant, edge, re"):
        find("Pad").parse({"mode": "wrap", "pad_width": (0, 0)})


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect"])
@pytest.mark.parametrize("dtype", ["float16", "float64", "int32"])
def test_padding_agrees_with_numpy(mode, dtype):
    data = np.arange(24).reshape(2, 3, 4).astype(dtype)
    widths = (1, 0, 2, 1, 0, 3)
    pairs = list(zip(widths[::2], widths[1::2], strict=True))
    result = apply("Pad", data, mode=mode, pad_width=widths)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, np.pad(data, pairs, mode))


def test_padding_passes_on_what_is_no_number():
    data = np.array([np.nan, 1, np.inf])
    result = apply("Pad", data, mode="reflect", pad_width=(1, 1))
    np.testing.assert_array_equal(result, [1, np.nan, 1, np.inf, 1])
    result = apply(
        "Pad", data, mode="constant", pad_width=(1, 0), constant_value=-np.inf
    )
    np.testing.assert_array_equal(result, [-np.inf, np.nan, 1, np.inf])


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect"])
def test_the_gradient_is_the_transpose(mode):
    """What padding multiplies with ones counts the uses of each element."""
    random = np.random.RandomState(0)
    data, widths = random.uniform(-1, 1, (3, 4)), (2, 1, 0, 3)
    output = apply("Pad", data, mode=mode, pad_width=widths)
    head = random.uniform(-1, 1, output.shape)
    made = backward("_backward_Pad", head, data.shape, mode=mode, pad_width=widths)
    np.testing.assert_allclose((made * data).sum(), (head * output).sum())
    added = backward(
        *("_backward_Pad", head, data.shape, Request.ADD), mode=mode, pad_width=widths
    )
    np.testing.assert_allclose(added, made + 1)


def test_half_precision_gradients_are_added_up_in_single():
    head = np.full(10_000, 0.1, "float16")
    made = backward("_backward_Pad", head, (1,), mode="edge", pad_width=(0, 9_999))
    assert made.item() == pytest.approx(1000, abs=0.5)


@pytest.mark.parametrize(
    ("inputs", "output", "settings", "expected"),
    [
        ([(0, 3, 0, 5)], None, {"h_w": (2, 3)}, ([(0, 3, 0, 5)], (0, 3, 2, 3))),
        ([None], (2, 3, 0, 0), {"h_w": (2, 3)}, ([(2, 3, 0, 0)], (2, 3, 2, 3))),
        (
            [(2, 3, 5, 5), (1, 1, 2, 0)],
            None,
            {},
            ([(2, 3, 5, 5), (1, 1, 2, 0)], (2, 3, 2, 0)),
        ),
        (
            [(2, 3, 5, 5), None],
            (0, 0, 2, 4),
            {},
            ([(2, 3, 5, 5), (0, 0, 2, 4)], (2, 3, 2, 4)),
        ),
    ],
)
def test_cropped_shapes(inputs, output, settings, expected):
    told, made = shapes_of(
        "Crop", *inputs, outputs=[output], num_args=len(inputs), **settings
    )
    assert (told, made[0]) == expected


@pytest.mark.parametrize(
    ("inputs", "settings", "message"),
    [
        ([(2, 3, 5)], {"h_w": (2, 2)}, "arg0 should have 4 dimensions"),
        ([(2, 3, 5, 5)], {}, "'h_w' is needed"),
        ([(2, 3, 5, 5)], {"h_w": (6, 2)}, "6 elements from 0 on .* the 5 of axis 2"),
        (
            [(2, 3, 5, 5)],
            {"h_w": (2, 2), "offset": (0, 4)},
            "2 elements from 4 on do not lie within the 5 of axis 3",
        ),
        ([(2, 3, 5, 5)], {"h_w": (6, 2), "center_crop": True}, "6 elements from -1"),
        ([(2, 3, 5, 5), (1, 1, 2)], {}, "arg1 should have 4 dimensions"),
    ],
)
def test_parts_that_do_not_fit_are_refused(inputs, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("Crop", *inputs, num_args=len(inputs), **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_args": 3}, "expected 1 or 2"),
        ({"num_args": 1, "offset": (1,)}, "expected two integers from 0"),
        ({"num_args": 1, "h_w": (-1, 2)}, "expected two integers from 0"),
    ],
)
def test_impossible_attributes_of_a_crop_are_refused(settings, message):
    with pytest.raises(AttributeValueError, match=message):
        find("Crop").parse(settings)


def test_a_crop_keeps_the_type_of_what_is_cropped():
    operator = find("Crop")
    types = [np.dtype("int32"), np.dtype("float64")]
    assert eager.infer_dtypes(operator, operator.parse({"num_args": 2}), types) == [
        np.dtype("int32")
    ]


def test_the_gradient_of_a_crop_is_placed():
    settings = {"num_args": 1, "h_w": (1, 2), "offset": (1, 0)}
    head = np.full((1, 1, 1, 2), 5.0)
    made = backward("_backward_Crop", head, (1, 1, 2, 3), **settings)
    assert made.tolist() == [[[[0, 0, 0], [5, 5, 0]]]]
    added = backward("_backward_Crop", head, (1, 1, 2, 3), Request.ADD, **settings)
    assert added.tolist() == [[[[1, 1, 1], [6, 6, 1]]]]
