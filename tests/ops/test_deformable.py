"""Deformable convolution: shapes both ways, where it samples, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

NAME = "_contrib_DeformableConvolution"
SIMPLE = {"kernel": (3, 3), "num_filter": 4, "no_bias": True}
POINT = {"kernel": (1, 1), "num_filter": 1, "no_bias": True}


def random(*shape: int) -> np.ndarray:
    return np.random.RandomState(0).uniform(-1, 1, shape)


def sampled(data, y, x):
    """Sample every element with the same offset."""
    pair = np.array([y, x], "float64").reshape(1, 2, 1, 1)
    offset = np.broadcast_to(pair, (1, 2, *data.shape))
    made = apply(NAME, data[None, None], offset, np.ones((1, 1, 1, 1)), **POINT)
    return made[0, 0]


@pytest.mark.parametrize(
    ("data", "offset", "weight", "output", "settings", "expected"),
    [
        (
            *((2, 4, 5, 0), None, None, None),
            {},
            ((2, 4, 5, 0), (2, 18, 3, 0), (4, 4, 3, 3), (2, 4, 3, 0)),
        ),
        (
            *((2, 4, 5, 7), None, None, None),
            {"num_deformable_group": 2, "num_group": 2, "pad": (1, 1)},
            ((2, 4, 5, 7), (2, 36, 5, 7), (4, 2, 3, 3), (2, 4, 5, 7)),
        ),
        (
            *(None, (2, 18, 3, 4), (4, 6, 3, 3), None),
            {},
            ((2, 6, 5, 6), (2, 18, 3, 4), (4, 6, 3, 3), (2, 4, 3, 4)),
        ),
        (
            *(None, None, None, (2, 4, 3, 4)),
            {"stride": (2, 1)},
            ((2, 0, 0, 6), (2, 18, 3, 4), (4, 0, 3, 3), (2, 4, 3, 4)),
        ),
    ],
)
def test_shapes_go_both_ways(data, offset, weight, output, settings, expected):
    inputs, outputs = shapes_of(
        NAME, data, offset, weight, outputs=[output], **SIMPLE, **settings
    )
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("data", "offset", "settings", "message"),
    [
        ((2, 4, 5), None, {}, "data should have 4 dimensions"),
        ((2, 4, 2, 5), None, {}, "data is 2 long.* window of 3"),
        ((2, 4, 5, 5), (2, 9, 3, 3), {}, r"\(2, 9, 3, 3\) against \(2, 18, 3, 3\)"),
        ((2, 4, 5, 5), None, {"num_group": 3}, "does not divide num_filter 4"),
        (
            (2, 4, 5, 5),
            None,
            {"num_deformable_group": 3},
            "num_deformable_group 3 does not divide the 4 channels",
        ),
    ],
)
def test_impossible_shapes_are_refused(data, offset, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(NAME, data, offset, None, **SIMPLE, **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kernel": (3,)}, r"expected \(height, width\)"),
        ({"layout": "NHWC"}, "expected one of NCHW"),
        ({"num_deformable_group": 0}, "expected an integer above 0"),
    ],
)
def test_impossible_attributes_are_refused(settings, message):
    with pytest.raises(AttributeValueError, match=message):
        find(NAME).parse({**SIMPLE, **settings})


def test_integers_are_refused():
    operator = find(NAME)
    with pytest.raises(DTypeError, match="floating-point"):
        eager.infer_dtypes(
            operator, operator.parse(SIMPLE), [np.dtype("int32"), None, None]
        )


@pytest.mark.parametrize("groups", [1, 2])
def test_without_offsets_it_is_a_convolution(groups):
    data, weight = random(2, 4, 6, 7), random(4, 4 // groups, 3, 2)
    settings = {"kernel": (3, 2), "stride": (2, 1), "pad": (1, 0), "dilate": (1, 2)}
    settings |= {"num_filter": 4, "num_group": groups}
    expected = apply("Convolution", data, weight, random(4), **settings)
    offset = np.zeros((2, 12, *expected.shape[2:]))
    made = apply(NAME, data, offset, weight, random(4), **settings)
    np.testing.assert_allclose(made, expected)


def test_whole_offsets_shift():
    data = random(4, 5)
    shifted = sampled(data, 1, -2)
    np.testing.assert_array_equal(shifted[:3, 2:], data[1:, :3])
    assert not shifted[3:].any()
    assert not shifted[:, :2].any()


def test_places_beyond_the_last_element_are_that_element():
    data = np.array([[1.0, 2], [3, 4]])
    np.testing.assert_allclose(sampled(data, 0.5, 0), [[2, 3], [3, 4]])
    np.testing.assert_allclose(sampled(data, 0, 0.25), [[1.25, 2], [3.25, 4]])
    np.testing.assert_allclose(sampled(data, -0.5, 0), [[0, 0], [2, 3]])
    assert not sampled(data, 2, 0).any()


@pytest.mark.parametrize("offset", [np.nan, np.inf, -np.inf, 1e30])
def test_nothing_is_read_far_away(offset):
    assert not sampled(random(3, 3), offset, 0).any()


def test_blocks_of_images_agree_with_single_images():
    data, weight, offset = (
        random(9, 8, 30, 30),
        random(4, 8, 3, 3),
        random(9, 18, 28, 28),
    )
    made = apply(NAME, data, offset, weight, **SIMPLE)
    single = [
        apply(NAME, data[i : i + 1], offset[i : i + 1], weight, **SIMPLE)
        for i in range(9)
    ]
    np.testing.assert_allclose(made, np.concatenate(single))


def test_a_batch_of_nothing():
    made = apply(
        *(NAME, random(0, 4, 5, 5), random(0, 18, 3, 3), random(4, 4, 3, 3)), **SIMPLE
    )
    assert made.shape == (0, 4, 3, 3)
