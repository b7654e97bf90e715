"""Channels and blocks: two-way shapes, the order of elements, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("name", "data", "output", "expected"),
    [
        ("depth_to_space", (0, 8, 0, 3), None, ((0, 8, 0, 3), (0, 2, 0, 6))),
        ("depth_to_space", None, (1, 2, 0, 6), ((1, 8, 0, 3), (1, 2, 0, 6))),
        ("depth_to_space", (1, 0, 2, 0), (0, 2, 0, 6), ((1, 8, 2, 3), (1, 2, 4, 6))),
        ("space_to_depth", None, (1, 8, 0, 3), ((1, 2, 0, 6), (1, 8, 0, 3))),
        ("space_to_depth", (1, 0, 4, 6), None, ((1, 0, 4, 6), (1, 0, 2, 3))),
        ("space_to_depth", None, None, (None, None)),
    ],
)
def test_shapes_go_both_ways(name, data, output, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], block_size=2)
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("depth_to_space", (1, 6, 2, 2), r"\(1, 6, 2, 2\): 6 is not a multiple of 4"),
        ("space_to_depth", (1, 1, 2, 3), "3 is not a multiple of 2"),
        ("depth_to_space", (4, 2, 2), r"data \(4, 2, 2\) must have 4 dimensions"),
    ],
)
def test_images_that_do_not_fit_are_refused(name, data, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, data, block_size=2)


def test_a_block_has_a_size():
    with pytest.raises(AttributeValueError, match="'block_size' cannot be 0"):
        find("depth_to_space").parse({"block_size": 0})


@pytest.mark.parametrize("dtype", ["int8", "float16", "float64"])
def test_one_undoes_the_other(dtype):
    data = np.arange(2 * 9 * 2 * 3).reshape(2, 9, 2, 3).astype(dtype)
    spread = apply("depth_to_space", data, block_size=3)
    assert spread.dtype == dtype
    assert spread.shape == (2, 1, 6, 9)
    np.testing.assert_array_equal(apply("space_to_depth", spread, block_size=3), data)


def test_images_of_no_length_stay_so():
    data = np.ones((0, 4, 1, 1), np.float32)
    assert apply("depth_to_space", data, block_size=2).shape == (0, 1, 2, 2)
