"""Pooling of regions: shapes both ways, boxes beyond the images, requests."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

POOL, ALIGN = "ROIPooling", "_contrib_ROIAlign"
both = pytest.mark.parametrize("name", [POOL, ALIGN])
SETTINGS = {"pooled_size": (2, 2), "spatial_scale": 1.0}
DATA = np.arange(48.0).reshape(1, 1, 6, 8)


def pooled(name, data, rois, **settings):
    """Return the visible output."""
    made = apply(name, data, np.array(rois, data.dtype), **{**SETTINGS, **settings})
    return made[0] if name == POOL else made


@both
@pytest.mark.parametrize(
    ("data", "rois", "output"),
    [
        ((2, 3, 4, 5), (6, 5), None),
        ((2, 0, 4, 5), (6, 0), (0, 3, 0, 0)),
        ((2, 3, 4, 5), None, (6, 0, 2, 2)),
    ],
)
def test_shapes_go_both_ways(name, data, rois, output):
    outputs = [output, None][: 2 if name == POOL else 1]
    inputs, made = shapes_of(name, data, rois, outputs=outputs, **SETTINGS)
    assert inputs == [(2, 3, 4, 5), (6, 5)]
    assert made == [(6, 3, 2, 2)] * len(outputs)
    operator = find(name)
    assert operator.visible_outputs(operator.parse(SETTINGS)) == 1


@pytest.mark.parametrize(
    ("data", "output"), [((2, 12, 4, 5), None), ((2, 0, 4, 5), (0, 3, 0, 0))]
)
def test_parts_may_have_channels_of_their_own(data, output):
    inputs, made = shapes_of(
        ALIGN, data, (6, 5), outputs=[output], position_sensitive=True, **SETTINGS
    )
    assert inputs[0] == (2, 12, 4, 5)
    assert made == [(6, 3, 2, 2)]


@both
def test_what_does_not_fit_is_refused(name):
    with pytest.raises(ShapeError, match=r"rois should be \(boxes, 5: .* not \(6, 4\)"):
        shapes_of(name, (2, 3, 4, 5), (6, 4), **SETTINGS)
    with pytest.raises(ShapeError, match=r"data should be \(batch, .* not \(2, 3\)"):
        shapes_of(name, (2, 3), (6, 5), **SETTINGS)
    with pytest.raises(AttributeValueError, match="'spatial_scale' cannot be 2"):
        find(name).parse({**SETTINGS, "spatial_scale": 2})
    with pytest.raises(AttributeValueError, match=r"'pooled_size' cannot be \(2, 0\)"):
        find(name).parse({**SETTINGS, "pooled_size": (2, 0)})
    operator = find(name)
    with pytest.raises(DTypeError, match="floating-point"):
        operator.dtypes(
            operator.parse(SETTINGS), [np.dtype("int32"), None], [None, None]
        )


def test_channels_must_divide_among_the_parts():
    with pytest.raises(ShapeError, match="7 channels, which should be a multiple of 4"):
        shapes_of(ALIGN, (2, 7, 4, 5), None, position_sensitive=True, **SETTINGS)


def test_pooling_takes_both_ends_of_a_box():
    result, place = apply(POOL, DATA, np.array([[0, 0, 0, 3.4, 3.4]]), **SETTINGS)
    np.testing.assert_array_equal(result.ravel(), [9, 11, 25, 27])
    np.testing.assert_array_equal(place, result)
    assert place.dtype == np.int32


def test_of_equal_maxima_the_first_counts():
    data = np.zeros((1, 1, 4, 4))
    _, place = apply(POOL, data, np.array([[0, 0, 0, 3.0, 3]]), **SETTINGS)
    np.testing.assert_array_equal(place.ravel(), [0, 2, 8, 10])


def test_a_nan_is_never_the_maximum():
    data = DATA.copy()
    data[0, 0, 1, 1] = np.nan
    np.testing.assert_array_equal(
        pooled(POOL, data, [[0, 0, 0, 3, 3]])[0, 0, 0], [8, 11]
    )


@both
def test_where_there_is_no_pixel_or_image_is_zero(name):
    boxes = [[0, 20, 20, 30, 30], [-1, 0, 0, 3, 3], [1, 0, 0, 3, 3]]
    assert not pooled(name, DATA + 1, boxes).any()


def test_a_box_may_be_as_small_as_a_point():
    box = [[0, 2.5, 1.5, 2.5, 1.5]]
    result = pooled(ALIGN, DATA, box, aligned=True, pooled_size=(1, 1))
    np.testing.assert_allclose(result, 2 + 8)
    turned = [[0, 5, 4, 2, 1]]
    result = pooled(ALIGN, DATA, turned, aligned=True, pooled_size=(1, 1))
    np.testing.assert_allclose(result, 4.5 + 8 * 3.5)


def test_the_mean_of_a_plane_is_its_centre():
    box = [[0, 1, 1, 5, 4]]
    for ratio in (-1, 1, 2, 5):
        result = pooled(ALIGN, DATA, box, sample_ratio=ratio, pooled_size=(1, 1))
        np.testing.assert_allclose(result, 3 + 8 * 2.5)


@both
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_stays(name, dtype):
    stream = np.random.RandomState(0)
    data = stream.uniform(-1, 1, (2, 3, 6, 7)).astype(dtype)
    boxes = [[0, 1, 1, 4, 5], [1, 0, 2, 6, 3]]
    result = pooled(name, data, boxes)
    assert result.dtype == dtype
    exact = pooled(name, data.astype("float64"), boxes)
    np.testing.assert_allclose(result, exact, rtol=2e-3, atol=1e-3)


@both
@pytest.mark.parametrize(
    ("data", "boxes"), [((2, 3, 6, 7), 0), ((2, 3, 0, 7), 2), ((0, 3, 6, 7), 2)]
)
def test_boxes_and_images_may_be_missing(name, data, boxes):
    data, rois = np.ones(data), np.ones((boxes, 5))
    assert not pooled(name, data, rois).any()
    backward = find("_backward_" + name.removeprefix("_contrib_"))
    head = np.ones((boxes, 3, 2, 2))
    place = [np.full(head.shape, -1)] if name == POOL else []
    outputs = [np.ones(data.shape)]
    eager.bind_and_run(
        backward,
        backward.parse(SETTINGS),
        [head, rois, *place],
        outputs,
        Request.WRITE,
        True,
    )
    assert not outputs[0].any()


@both
def test_data_need_not_be_contiguous(name):
    data = np.random.RandomState(0).normal(size=(2, 3, 6, 7))
    strided = np.asfortranarray(data)
    boxes = [[0, 1, 1, 4, 5], [1, 0, 2, 6, 3]]
    np.testing.assert_array_equal(
        pooled(name, strided, boxes), pooled(name, data, boxes)
    )


@both
def test_a_gradient_can_be_added_or_left_out(name):
    backward = find("_backward_" + name.removeprefix("_contrib_"))
    attributes = backward.parse(SETTINGS)
    boxes = np.array([[0, 1, 1, 4, 5], [1, 0, 2, 6, 3], [1, 0, 2, 6, 3.0]])
    head = np.random.RandomState(0).normal(size=(3, 2, 2, 2))
    place = [np.arange(24).reshape(head.shape)] if name == POOL else []

    def run(start, request):
        outputs = [start]
        inputs = [head, boxes, *place]
        eager.bind_and_run(backward, attributes, inputs, outputs, request, True)
        return outputs[0]

    expected = run(np.ones((2, 2, 6, 7)), Request.WRITE)
    np.testing.assert_allclose(expected.sum(), head.sum())
    added = run(np.ones((2, 2, 6, 7)), Request.ADD)
    np.testing.assert_allclose(added, expected + 1)
    run(None, Request.WRITE)
