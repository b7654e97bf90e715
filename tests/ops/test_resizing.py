"""Resizing: shapes both ways, every mode's lengths, special values, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

MEAN = "_contrib_AdaptiveAvgPooling2D"
BILINEAR = "_contrib_BilinearResize2D"
BACKWARD = {
    MEAN: "_backward_contrib_AdaptiveAvgPooling2D",
    BILINEAR: "_backward_contrib_BilinearResize2D",
}


def gradient(operator, head, shape, request=Request.WRITE, **settings):
    backward = find(BACKWARD[operator])
    made = np.ones(shape, head.dtype)
    attributes = backward.parse(settings)
    eager.bind_and_run(backward, attributes, [head], [made], request, True)
    return made


@pytest.mark.parametrize(
    ("data", "output", "expected"),
    [
        ((2, 3, 0, 5), None, ((2, 3, 0, 5), (2, 3, 4, 6))),
        (None, (2, 3, 0, 0), ((2, 3, 0, 0), (2, 3, 4, 6))),
        (None, None, ((0, 0, 0, 0), (0, 0, 4, 6))),
    ],
)
def test_shapes_by_size(data, output, expected):
    inputs, outputs = shapes_of(MEAN, data, outputs=[output], output_size=(4, 6))
    assert (*inputs, *outputs) == expected
    inputs, outputs = shapes_of(BILINEAR, data, outputs=[output], height=4, width=6)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("given", "size"), [(3, (3, 3)), ((3,), (3, 3)), ((), (1, 1)), ("(2, 5)", (2, 5))]
)
def test_one_output_size_stands_for_both(given, size):
    _, outputs = shapes_of(MEAN, (2, 3, 7, 7), output_size=given)
    assert outputs == [(2, 3, *size)]


@pytest.mark.parametrize(
    ("inputs", "output", "expected"),
    [
        (
            [(1, 2, 3, 0), (5, 6, 7, 8)],
            None,
            ([(1, 2, 3, 0), (5, 6, 7, 8)], (1, 2, 7, 8)),
        ),
        ([None, None], (1, 2, 7, 8), ([(1, 2, 0, 0), (0, 0, 7, 8)], (1, 2, 7, 8))),
    ],
)
def test_shapes_like_another_image(inputs, output, expected):
    told, made = shapes_of(BILINEAR, *inputs, outputs=[output], mode="like")
    assert (told, made[0]) == expected


@pytest.mark.parametrize(
    ("settings", "lengths"),
    [
        ({"mode": "to_even_down"}, (4, 4)),
        ({"mode": "to_even_up"}, (4, 6)),
        ({"mode": "to_odd_down"}, (3, 5)),
        ({"mode": "to_odd_up"}, (5, 5)),
        ({"scale_height": 2.2, "scale_width": 0.5}, (8, 2)),
        ({"scale_height": 2, "width": 7}, (8, 7)),
        ({"mode": "odd_scale", "scale_height": 2.2, "scale_width": 0.5}, (8, 3)),
        ({"mode": "odd_scale", "scale_height": 0.5, "scale_width": 3}, (2, 13)),
    ],
)
def test_lengths_of_every_mode(settings, lengths):
    _, outputs = shapes_of(BILINEAR, (1, 2, 4, 5), **settings)
    assert outputs == [(1, 2, *lengths)]
    _, outputs = shapes_of(BILINEAR, (1, 2, 0, 5), **settings)
    assert outputs[0][3] == lengths[1]


def test_factors_are_single_precision_numbers():
    _, outputs = shapes_of(BILINEAR, (1, 1, 100, 1), scale_height=0.29)
    assert outputs == [(1, 1, 29, 1)]  # in double precision 28.999...


@pytest.mark.parametrize(
    ("operator", "data", "settings", "message"),
    [
        (MEAN, (2, 3, 4), {}, "data should have 4 dimensions"),
        (BILINEAR, (2, 3, 4), {}, "data should have 4 dimensions"),
        (BILINEAR, (2, 3, 1, 4), {"mode": "to_even_down"}, "nothing .* height 1"),
        (BILINEAR, (2, 3, 4, 4), {"scale_width": 0.1}, "nothing .* width 4"),
    ],
)
def test_impossible_shapes_are_refused(operator, data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(operator, data, **settings)


@pytest.mark.parametrize(
    ("operator", "settings", "message"),
    [
        (MEAN, {"output_size": (0, 2)}, "or one integer above 0"),
        (MEAN, {"output_size": (1, 2, 3)}, r"expected \(height, width\)"),
        (BILINEAR, {"height": 0}, "expected an integer above 0"),
        (BILINEAR, {"scale_height": -1}, "expected a number above 0"),
        (BILINEAR, {"mode": "nearest"}, "expected one of like, odd_scale, size"),
    ],
)
def test_impossible_attributes_are_refused(operator, settings, message):
    with pytest.raises(AttributeValueError, match=message):
        find(operator).parse(settings)


def test_odd_scale_needs_both_factors():
    with pytest.raises(AttributeValueError, match="'scale_width' is needed"):
        shapes_of(BILINEAR, (1, 1, 3, 3), mode="odd_scale", scale_height=2)


@pytest.mark.parametrize("operator", [MEAN, BILINEAR])
def test_integers_are_refused(operator):
    declared = find(operator)
    with pytest.raises(DTypeError, match="floating-point"):
        eager.infer_dtypes(declared, declared.parse({}), [np.dtype("int32")])


def test_windows_of_means_overlap_where_they_must():
    data = np.arange(5.0).reshape(1, 1, 1, 5)
    assert apply(MEAN, data, output_size=(1, 2)).tolist() == [[[[1, 3]]]]
    twice = apply(MEAN, data, output_size=(2, 5))
    np.testing.assert_array_equal(twice, np.repeat(data, 2, axis=2))
    assert apply(MEAN, data, output_size=(1, 3))[0, 0, 0].tolist() == [0.5, 2, 3.5]


def test_what_is_no_number_stays_near():
    data = np.zeros((1, 1, 1, 6))
    data[..., 1], data[..., 4] = np.nan, np.inf
    means = apply(MEAN, data, output_size=(1, 3))
    np.testing.assert_array_equal(means, [[[[np.nan, 0, np.inf]]]])
    larger = apply(BILINEAR, data, height=1, width=21)
    assert np.isfinite(larger[..., 8:12]).all()
    slopes = gradient(MEAN, means, data.shape, output_size=(1, 3))
    np.testing.assert_array_equal(np.isfinite(slopes[0, 0, 0]), [0, 0, 1, 1, 0, 0])
    head = np.array([[[[np.nan, 1, 1, 1, 1, 1, 1, 1]]]])
    slopes = gradient(BILINEAR, head, (1, 1, 1, 3), height=1, width=8)
    np.testing.assert_array_equal(np.isfinite(slopes[0, 0, 0]), [0, 0, 1])


@pytest.mark.parametrize("align_corners", [True, False])
def test_constant_images_stay_constant(align_corners):
    data = np.full((2, 3, 4, 5), 3.0)
    result = apply(BILINEAR, data, height=9, width=2, align_corners=align_corners)
    np.testing.assert_allclose(result, 3)


def test_aligned_corners_are_kept():
    data = np.random.RandomState(0).uniform(-1, 1, (1, 1, 3, 4))
    result = apply(BILINEAR, data, height=7, width=9)
    np.testing.assert_allclose(result[..., ::6, ::8], data[..., ::2, ::3])


@pytest.mark.parametrize(
    ("operator", "settings"),
    [
        (MEAN, {"output_size": (3, 9)}),
        (BILINEAR, {"height": 11, "width": 3}),
        (BILINEAR, {"height": 3, "width": 17, "align_corners": False}),
        (BILINEAR, {"height": 5, "width": 7}),
    ],
)
def test_the_gradient_is_the_transpose(operator, settings):
    random = np.random.RandomState(0)
    data = random.uniform(-1, 1, (2, 2, 5, 7))
    output = apply(operator, data, **settings)
    head = random.uniform(-1, 1, output.shape)
    made = gradient(operator, head, data.shape, **settings)
    np.testing.assert_allclose((made * data).sum(), (head * output).sum())
    added = gradient(operator, head, data.shape, Request.ADD, **settings)
    np.testing.assert_allclose(added, made + 1)


def test_half_precision_is_added_up_in_single():
    data = np.full((1, 1, 300, 300), 3, "float16")
    result = apply(MEAN, data)
    assert (result.dtype, result.item()) == ("float16", 3)
    head = np.full((1, 1, 300, 300), 0.01, "float16")
    made = gradient(BILINEAR, head, (1, 1, 1, 1), height=300, width=300)
    assert made.item() == pytest.approx(900, rel=1e-3)


def test_empty_batches():
    assert apply(MEAN, np.zeros((0, 2, 3, 3))).shape == (0, 2, 1, 1)
    assert apply(BILINEAR, np.zeros((0, 2, 3, 3)), height=5).shape == (0, 2, 5, 1)
