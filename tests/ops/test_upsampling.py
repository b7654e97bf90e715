"""Upsampling: shapes both ways, several inputs, the weight's shape, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

NEAREST = {"scale": 2, "sample_type": "nearest"}
BILINEAR = {"scale": 2, "sample_type": "bilinear", "num_args": 2}


@pytest.mark.parametrize(
    ("inputs", "output", "settings", "expected"),
    [
        ([(2, 3, 4, 5)], None, {}, ([(2, 3, 4, 5)], (2, 3, 8, 10))),
        ([(2, 0, 4, 0)], None, {}, ([(2, 0, 4, 0)], (2, 0, 8, 0))),
        ([None], (2, 3, 8, 10), {}, ([(2, 3, 4, 5)], (2, 3, 8, 10))),
        (
            [(2, 3, 4, 4), (0, 2, 2, 0)],
            None,
            {},
            ([(2, 3, 4, 4), (2, 2, 2, 0)], (2, 5, 8, 8)),
        ),
        (
            [(2, 3, 4, 4), None],
            (0, 8, 0, 0),
            {},
            ([(2, 3, 4, 4), (2, 5, 0, 0)], (2, 8, 8, 8)),
        ),
        (
            [(2, 0, 4, 4), (0, 3, 1, 8)],
            None,
            {"multi_input_mode": "sum"},
            ([(2, 3, 4, 4), (2, 3, 1, 8)], (2, 3, 8, 8)),
        ),
    ],
)
def test_nearest_shapes(inputs, output, settings, expected):
    settings = {"num_args": len(inputs), **NEAREST, **settings}
    told, made = shapes_of("UpSampling", *inputs, outputs=[output], **settings)
    assert (told, made[0]) == expected


@pytest.mark.parametrize(
    ("scale", "length"), [(1, 1), (2, 4), (3, 5), (4, 8), (5, 9), (6, 12)]
)
def test_bilinear_shapes(scale, length):
    settings = BILINEAR | {"scale": scale, "num_filter": 3}
    data, output, weight = (
        (2, 3, 4, 5),
        (2, 3, 4 * scale, 5 * scale),
        (3, 1, *[length] * 2),
    )
    assert shapes_of("UpSampling", data, None, **settings) == ([data, weight], [output])
    told = shapes_of("UpSampling", None, None, outputs=[output], **settings)
    assert told == ([data, weight], [output])


def test_the_weight_may_be_left_to_be_created():
    operator = find("UpSampling")
    attributes = operator.parse(BILINEAR | {"num_args": 1, "num_filter": 3})
    assert operator.input_names(attributes) == ("data", "weight")


@pytest.mark.parametrize(
    ("inputs", "settings", "message"),
    [
        ([(2, 3, 4)], {}, r"arg0 should have 4 dimensions .*, not \(2, 3, 4\)"),
        (
            [(1, 1, 2, 2), (1, 1, 3, 2)],
            {},
            r"arg1: \(3, 2\) does not divide the output's \(4, 4\)",
        ),
        (
            [(1, 1, 2, 2), (1, 2, 2, 2)],
            {"multi_input_mode": "sum"},
            r"\(1, 2, 2, 2\) against \(1, 1, 2, 2\)",
        ),
        ([(1, 1, 2, 2), (2, 2, 2, 2)], {}, r"\(2, 2, 2, 2\) against \(1, 2, 2, 2\)"),
        (
            [(2, 3, 4, 4), None],
            BILINEAR | {"num_filter": 4},
            "data has 3 channels, not num_filter 4",
        ),
    ],
)
def test_what_does_not_fit_is_refused(inputs, settings, message):
    settings = {"num_args": len(inputs), **NEAREST, **settings}
    with pytest.raises(ShapeError, match=message):
        shapes_of("UpSampling", *inputs, **settings)


def test_too_few_channels_of_the_output_are_refused():
    with pytest.raises(ShapeError, match="more channels than the 2 of output"):
        shapes_of(
            *("UpSampling", (1, 3, 2, 2), None),
            outputs=[(1, 2, 4, 4)],
            num_args=2,
            **NEAREST,
        )


def test_bilinear_needs_the_number_of_channels():
    with pytest.raises(AttributeValueError, match="'num_filter' is needed"):
        shapes_of("UpSampling", (2, 3, 4, 4), None, **BILINEAR)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scale": 0}, "'scale' cannot be 0"),
        ({"sample_type": "cubic"}, "expected one of bilinear, nearest"),
        ({"multi_input_mode": "mean"}, "expected one of concat, sum"),
    ],
)
def test_impossible_attributes_are_refused(settings, message):
    with pytest.raises(AttributeValueError, match=message):
        find("UpSampling").parse({"num_args": 1, **NEAREST, **settings})


def test_integers_are_refused():
    operator = find("UpSampling")
    with pytest.raises(DTypeError, match="floating-point"):
        eager.infer_dtypes(
            operator, operator.parse({"num_args": 1, **NEAREST}), [np.dtype("int32")]
        )


def test_rows_and_columns_may_grow_differently():
    first, second = np.zeros((1, 1, 1, 2)), np.array([[[[1.0], [2]]]])
    result = apply("UpSampling", first, second, num_args=2, **NEAREST)
    assert result[0, 1].tolist() == [[1] * 4, [2] * 4]


def test_nearest_copies_what_is_no_number():
    data = np.array([[[[np.nan, np.inf]]]])
    result = apply("UpSampling", data, num_args=1, **NEAREST)
    np.testing.assert_array_equal(result[0, 0], [[np.nan] * 2 + [np.inf] * 2] * 2)


def test_bilinear_weights_keep_a_constant_image():
    weight = np.outer([1, 3, 3, 1], [1, 3, 3, 1])[None, None] / 16
    data = np.ones((1, 1, 4, 4))
    result = apply("UpSampling", data, weight, num_filter=1, **BILINEAR)
    np.testing.assert_allclose(result[0, 0, 1:-1, 1:-1], 1)


def test_half_precision_gradients_are_added_up_in_single():
    head = np.full((1, 1, 64, 64), 0.1, "float16")
    backward = find("_backward_UpSampling")
    attributes = backward.parse({"num_args": 1, **NEAREST, "scale": 64})
    made = np.empty((1, 1, 1, 1), "float16")
    eager.bind_and_run(backward, attributes, [head], [made], Request.WRITE, True)
    assert made.item() == pytest.approx(409.4, abs=0.3)
