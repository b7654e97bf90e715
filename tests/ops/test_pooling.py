"""Pooling: shapes, layouts, windows outside of the image, ties and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def gradient(head, data, output, request=Request.WRITE, **settings):
    backward = find("_backward_Pooling")
    attributes = backward.parse(settings)
    made = np.ones_like(data)
    inputs = [head, data, output][: len(backward.input_names(attributes))]
    eager.bind_and_run(backward, attributes, inputs, [made], request, True)
    return made


@pytest.mark.parametrize(
    ("data", "output", "settings", "expected"),
    [
        ((2, 3, 0, 8), None, {"kernel": (2, 2)}, ((2, 3, 0, 8), (2, 3, 0, 7))),
        (None, (2, 3, 4, 4), {"kernel": (2, 2)}, ((2, 3, 5, 5), (2, 3, 4, 4))),
        (
            None,
            (2, 3, 4, 4),
            {"kernel": (3, 3), "stride": (1, 2), "pad": (1, 1)},
            ((2, 3, 4, 0), (2, 3, 4, 4)),
        ),
        (
            None,
            (2, 3, 4),
            {"kernel": (3,), "pooling_convention": "same"},
            ((2, 3, 4), (2, 3, 4)),
        ),
        (None, (2, 3, 1), {"global_pool": True}, ((2, 3, 0), (2, 3, 1))),
        (None, None, {"kernel": (2,)}, ((0, 0, 0), (0, 0, 0))),
        (None, None, {"global_pool": True}, (None, None)),
        ((2, 3, 5, 6), None, {"global_pool": True}, ((2, 3, 5, 6), (2, 3, 1, 1))),
        (
            (2, 7, 7, 3),
            None,
            {"kernel": (3, 3), "stride": (2, 2), "layout": "NHWC"},
            ((2, 7, 7, 3), (2, 3, 3, 3)),
        ),
        (
            (2, 3, 7),
            None,
            {"kernel": (2,), "stride": (2,), "pooling_convention": "same"},
            ((2, 3, 7), (2, 3, 4)),
        ),
        (
            (2, 3, 7),
            None,
            {"kernel": (2,), "stride": (2,), "pooling_convention": "full"},
            ((2, 3, 7), (2, 3, 4)),
        ),
    ],
)
def test_shapes(data, output, settings, expected):
    inputs, outputs = shapes_of("Pooling", data, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("data", "settings", "message"),
    [
        ((2, 3, 5), {"kernel": (2, 2)}, r"data should have 4 dimensions"),
        ((2, 3), {"global_pool": True}, "data should have 3 to 5 dimensions.* not 2"),
        ((2, 3, 4, 5), {"kernel": (5, 5)}, "data is 4 long.* window of 5"),
        ((2, 3, 4, 5), {}, "'kernel' is needed unless global_pool"),
        ((2, 3, 4, 5), {"kernel": (2, 2), "pad": (2, 0)}, "pad 2 is not smaller"),
        ((2, 3, 4, 5), {"kernel": (2, 2), "stride": (2,)}, "'stride' should have one"),
        ((2, 3, 4), {"kernel": (2,), "pool_type": "lp"}, "'p_value' is needed"),
        (
            (2, 3, 4),
            {"kernel": (2,), "pad": (1,), "pooling_convention": "same"},
            "'same' does not go with 'pad'",
        ),
    ],
)
def test_what_does_not_fit_is_refused(data, settings, message):
    with pytest.raises((ShapeError, AttributeValueError), match=message):
        shapes_of("Pooling", data, **settings)


@pytest.mark.parametrize("kind", ["max", "avg", "sum", "lp"])
@pytest.mark.parametrize("whole", [False, True])
def test_channels_last_agrees_with_channels_first(kind, whole):
    data = np.random.RandomState(0).uniform(0.1, 1, (2, 3, 5, 6))
    settings = {"pool_type": kind, "p_value": 2, "global_pool": whole}
    settings |= {"kernel": (3, 2), "stride": (2, 2), "pad": (1, 0)}
    first = apply("Pooling", data, **settings)
    last = np.moveaxis(data, 1, -1).copy()
    result = apply("Pooling", last, layout="NHWC", **settings)
    np.testing.assert_allclose(np.moveaxis(result, -1, 1), first)
    expected = gradient(first, data, first, **settings)
    made = gradient(result, last, result, layout="NHWC", **settings)
    np.testing.assert_allclose(np.moveaxis(made, -1, 1), expected)


def test_same_takes_one_window_per_step():
    data = np.array([[[3.0, 1, 4, 1, 5]]])
    settings = {"kernel": (3,), "stride": (2,), "pooling_convention": "same"}
    assert apply("Pooling", data, **settings).tolist() == [[[4, 5, 5]]]


@pytest.mark.parametrize(("kind", "empty"), [("max", -np.inf), ("avg", 0), ("sum", 0)])
def test_windows_without_elements(kind, empty):
    settings = {"kernel": (2,), "stride": (2,), "pad": (1,), "pool_type": kind}
    settings["pooling_convention"] = "full"
    data = np.array([[[1.0, 2, 3]]])
    output = apply("Pooling", data, **settings)
    assert output[0, 0, 2] == empty
    slope = gradient(np.ones_like(output), data, output, **settings)
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_of_equal_maxima_the_first_has_the_gradient(layout):
    data = np.zeros((2, 3, 3, 3))
    settings = {"global_pool": True, "layout": layout}
    output = apply("Pooling", data, **settings)
    slope = gradient(np.ones_like(output), data, output, **settings)
    images = slope if layout == "NCHW" else np.moveaxis(slope, -1, 1)
    assert (images[:, :, 0, 0] == 1).all()
    assert images.sum() == 6


@pytest.mark.parametrize("kind", ["max", "avg", "lp"])
@pytest.mark.parametrize("stride", [(1, 1), (3, 2)])
def test_gradients_are_added_where_requested(kind, stride):
    data = np.random.RandomState(0).uniform(0.1, 1, (2, 3, 6, 6))
    settings = {"kernel": (3, 2), "stride": stride, "pool_type": kind, "p_value": 3}
    output = apply("Pooling", data, **settings)
    written = gradient(output, data, output, **settings)
    added = gradient(output, data, output, Request.ADD, **settings)
    np.testing.assert_allclose(written + 1, added)


def test_blocks_of_images_agree_with_single_images():
    data = np.random.RandomState(0).uniform(-1, 1, (5, 2, 200, 200))
    settings = {"kernel": (3, 3), "stride": (2, 2)}
    output = apply("Pooling", data, **settings)
    whole = gradient(output, data, output, **settings)
    single = [
        gradient(output[i : i + 1], data[i : i + 1], output[i : i + 1], **settings)
        for i in range(5)
    ]
    np.testing.assert_array_equal(whole, np.concatenate(single))


@pytest.mark.parametrize("kind", ["max", "avg", "sum"])
@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_the_type_stays(kind, dtype):
    data = np.arange(32, dtype=dtype).reshape(1, 2, 4, 4)
    settings = {"kernel": (2, 2), "stride": (2, 2), "pool_type": kind}
    output = apply("Pooling", data, **settings)
    first = {"max": 5, "avg": 2.5, "sum": 10}[kind]
    assert (output.dtype, output[0, 0, 0, 0]) == (dtype, first)


def test_odd_norms_keep_the_sign_of_their_sum():
    data = np.array([[[-2.0, 0, 1, 2]]])
    settings = {"kernel": (2,), "pool_type": "lp"}
    cubes = apply("Pooling", data, p_value=3, **settings)
    np.testing.assert_allclose(cubes[0, 0], np.cbrt([-8, 1, 9]))
    sums = apply("Pooling", data, p_value=1, **settings)
    assert sums.tolist() == [[[-2, 1, 3]]]
    fourth = apply("Pooling", data, p_value=4, **settings)
    np.testing.assert_allclose(fourth[0, 0], np.array([16, 1, 17]) ** 0.25)


@pytest.mark.parametrize("p", [1, 2, 3])
def test_norms_of_nothing_but_zeros_have_finite_slopes(p):
    data = np.zeros((1, 1, 3))
    settings = {"kernel": (2,), "pool_type": "lp", "p_value": p}
    output = apply("Pooling", data, **settings)
    slope = gradient(np.ones_like(output), data, output, **settings)
    assert slope.tolist() == [[[1, 2, 1] if p == 1 else [0, 0, 0]]]


def test_sums_of_half_precision_are_added_up_in_single():
    data = np.full((1, 1, 100, 100), 30, "float16")
    for settings in ({"global_pool": True}, {"kernel": (100, 99)}):
        mean = apply("Pooling", data, pool_type="avg", **settings)
        assert (mean.dtype, mean.ravel()[0]) == ("float16", 30)
    settings = {"kernel": (50, 50), "pool_type": "avg"}
    head = np.full((1, 1, 51, 51), 0.5, "float16")
    slope = gradient(head, data, None, **settings)
    assert slope[0, 0, 50, 50] == pytest.approx(0.5, rel=1e-3)


def test_a_maximum_is_no_number_where_one_element_is_none():
    data = np.array([[[1, np.nan, 3, 4, -np.inf, -np.inf]]])
    result = apply("Pooling", data, kernel=(2,))
    np.testing.assert_array_equal(result, [[[np.nan, np.nan, 4, 4, -np.inf]]])


@pytest.mark.parametrize("kind", ["max", "avg", "lp"])
@pytest.mark.parametrize("whole", [False, True])
def test_a_batch_of_nothing(kind, whole):
    data = np.zeros((0, 2, 4, 4))
    settings = {"kernel": (2, 2), "pool_type": kind, "p_value": 2, "global_pool": whole}
    output = apply("Pooling", data, **settings)
    assert output.shape == ((0, 2, 1, 1) if whole else (0, 2, 3, 3))
    assert gradient(output, data, output, **settings).shape == data.shape
