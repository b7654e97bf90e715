"""Boxes: shapes both ways, boxes without an area, choosing among many."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

PRIOR, OVERLAP, NMS = "_contrib_MultiBoxPrior", "_contrib_box_iou", "_contrib_box_nms"


def drawn(*shape):
    """Draw boxes: class, score, corners."""
    stream = np.random.RandomState(0)
    low = stream.uniform(0, 1, (*shape, 2))
    size = stream.uniform(0.1, 0.4, (*shape, 2))
    label = stream.randint(0, 3, (*shape, 1))
    score = stream.permutation(np.prod(shape)).reshape(*shape, 1) / np.prod(shape)
    return np.concatenate([label, score + 0.01, low, low + size], axis=-1)


# Shapes and types


def test_shapes_of_priors():
    settings = {"sizes": (0.5, 0.25), "ratios": (1, 2, 3)}
    assert shapes_of(PRIOR, (2, 3, 4, 5), **settings)[1] == [(1, 80, 4)]
    assert shapes_of(PRIOR, (2, 3, 0, 5), **settings)[1] == [(1, 0, 4)]
    assert shapes_of(PRIOR, None)[1] == [(1, 0, 4)]


@pytest.mark.parametrize(
    ("lhs", "rhs", "output"),
    [
        ((2, 3, 4), (5, 4), None),
        ((2, 0, 0), (0, 4), (0, 3, 5)),
        ((2, 3, 4), None, (0, 0, 5)),
        (None, (5, 4), (2, 3, 0)),
    ],
)
def test_shapes_of_overlaps_go_both_ways(lhs, rhs, output):
    told = shapes_of(OVERLAP, lhs, rhs, outputs=[output])
    assert told == ([(2, 3, 4), (5, 4)], [(2, 3, 5)])


def test_shapes_of_chosen_boxes_go_both_ways():
    for data, output in [((2, 5, 6), None), ((2, 0, 6), (0, 5, 0)), (None, (2, 5, 6))]:
        told = shapes_of(NMS, data, outputs=[output, None])
        assert told == ([(2, 5, 6)], [(2, 5, 6), (2, 5, 1)])
    operator = find("_contrib_box_non_maximum_suppression")
    assert operator is find(NMS)
    assert operator.visible_outputs(operator.parse({})) == 1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"data should be \(batch, .* not \(2, 3\)"):
        shapes_of(PRIOR, (2, 3))
    with pytest.raises(ShapeError, match=r"rhs should be .* not \(3, 5\)"):
        shapes_of(OVERLAP, (2, 4), (3, 5))
    with pytest.raises(ShapeError, match=r"lhs should be .* not \(4,\)"):
        shapes_of(OVERLAP, (4,), (3, 4))
    with pytest.raises(ShapeError, match=r"data should be .* not \(6,\)"):
        shapes_of(NMS, (6,))
    operator = find(OVERLAP)
    with pytest.raises(DTypeError, match="floating-point"):
        operator.dtypes(operator.parse({}), [np.dtype("int32"), None], [None])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"coord_start": 3}, "'coord_start' 3 leaves no room for 4 coordinates in 6"),
        ({"coord_start": -1}, "'coord_start' -1 leaves no room"),
        ({"score_index": 6}, "'score_index' 6 is no place in 6 values"),
        ({"score_index": 3}, "'score_index' 3 is no place"),
        ({"id_index": 7}, "'id_index' 7 is no place"),
    ],
)
def test_indices_must_lie_beside_the_coordinates(settings, message):
    with pytest.raises(AttributeValueError, match=message):
        shapes_of(NMS, (5, 6), **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sizes": ()}, r"'sizes' cannot be \(\): expected at least one"),
        ({"offsets": (0.5,)}, "'offsets' cannot be .* expected two numbers"),
        ({"steps": (0.1, -1)}, "'steps' cannot be .* above 0, or none"),
    ],
)
def test_settings_of_priors_are_checked(settings, message):
    with pytest.raises(AttributeValueError, match=message):
        find(PRIOR).parse(settings)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_stays(dtype):
    boxes = drawn(6).astype(dtype)
    assert apply(PRIOR, np.ones((1, 1, 2, 2), dtype)).dtype == dtype
    result = apply(OVERLAP, boxes[:, 2:], boxes[:, 2:])
    assert result.dtype == dtype
    np.testing.assert_array_equal(np.diag(result), 1)
    output, place = apply(NMS, boxes)
    assert (output.dtype, place.dtype) == (dtype, np.int32)


# Values


def test_boxes_without_an_area_overlap_nothing():
    boxes = np.array([[0, 0, 0, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1.0]])
    result = apply(OVERLAP, boxes, boxes)
    expected = np.zeros((4, 4))
    expected[3, 3] = 1
    np.testing.assert_array_equal(result, expected)


def test_formats_mean_the_same():
    corners = drawn(5)[:, 2:]
    centres = np.concatenate(
        [(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1
    )
    np.testing.assert_allclose(
        apply(OVERLAP, centres, centres, format="center"),
        apply(OVERLAP, corners, corners),
        atol=1e-12,
    )


@pytest.mark.parametrize("settings", [{}, {"id_index": 0}, {"topk": 20}])
def test_what_is_left_does_not_overlap_and_the_rest_does(settings):
    data = drawn(2, 60)
    output, place = apply(NMS, data, overlap_thresh=0.3, **settings)
    for boxes, made, where in zip(data, output, place[..., 0], strict=True):
        kept = made[made[:, 1] >= 0]
        assert (np.diff(kept[:, 1]) < 0).all()
        np.testing.assert_array_equal(kept, boxes[np.argsort(where)][-len(kept) :])
        overlaps = apply(OVERLAP, boxes[:, 2:], kept[:, 2:])
        better = kept[None, :, 1] > boxes[:, None, 1]
        if "id_index" in settings:
            better &= kept[None, :, 0] == boxes[:, None, 0]
        removed = (better & (overlaps > 0.3)).any(axis=1)
        if "topk" in settings:
            removed |= (-boxes[:, 1]).argsort().argsort() >= 20
        np.testing.assert_array_equal(where < 0, removed)


def test_a_score_that_is_nan_is_not_valid():
    data = drawn(3)
    data[1, 1] = np.nan
    output, place = apply(NMS, data, overlap_thresh=1)
    assert place[1] == -1
    assert (output[2] == -1).all()


@pytest.mark.parametrize("shape", [(0, 5, 6), (2, 0, 6)])
def test_there_may_be_no_boxes(shape):
    output, place = apply(NMS, np.ones(shape))
    assert (output.shape, place.shape) == (shape, (*shape[:-1], 1))
    assert apply(OVERLAP, np.ones((0, 4)), np.ones((3, 4))).shape == (0, 3)
    assert apply(PRIOR, np.ones((1, 1, 0, 3))).shape == (1, 0, 4)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        (PRIOR, [np.ones((1, 1, 2, 3))]),
        (OVERLAP, [drawn(4)[:, 2:], drawn(3)[:, 2:]]),
        (NMS, [drawn(2, 5)]),
    ],
)
def test_outputs_can_be_added_or_left_out(name, inputs):
    operator = find(name)
    attributes = operator.parse({})
    expected = eager.run(operator, attributes, inputs)
    added = [np.ones_like(x) for x in expected]
    eager.bind_and_run(operator, attributes, inputs, added, Request.ADD, True)
    for got, value in zip(added, expected, strict=True):
        np.testing.assert_allclose(got, value + 1)
    nothing = [None] * len(expected)
    eager.bind_and_run(operator, attributes, inputs, nothing, Request.WRITE, True)


@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
def test_boxes_get_the_gradient_of_their_place(request_):
    backward = find("_backward_contrib_box_nms")
    head, outputs = np.arange(1.0, 7).reshape(3, 2), [np.ones((3, 2))]
    place = np.array([[1], [-1], [0]], np.int32)
    attributes = backward.parse({})
    eager.bind_and_run(backward, attributes, [head, place], outputs, request_, True)
    start = 1 if request_ is Request.ADD else 0
    np.testing.assert_array_equal(
        outputs[0], start + np.array([[3, 4], [0, 0], [1, 2]])
    )
