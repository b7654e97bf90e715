"""Windows as columns: shapes both ways, the way to convolution, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def random(*shape: int, dtype: str = "float64") -> np.ndarray:
    return np.random.RandomState(0).uniform(-1, 1, shape).astype(dtype)


@pytest.mark.parametrize(
    ("data", "output", "settings", "expected"),
    [
        ((2, 3, 4, 5), None, {}, ((2, 3, 4, 5), (2, 12, 12))),
        ((0, 3, 4, 0), None, {}, ((0, 3, 4, 0), (0, 12, 0))),
        ((2, 0, 4, 5), None, {"stride": (2, 2)}, ((2, 0, 4, 5), (2, 0, 4))),
        (None, (2, 12, 12), {}, ((2, 3, 0, 0), (2, 12, 12))),
        (None, (0, 0, 12), {}, ((0, 0, 0, 0), (0, 0, 12))),
    ],
)
def test_shapes_of_columns(data, output, settings, expected):
    inputs, outputs = shapes_of(
        "im2col", data, outputs=[output], kernel=(2, 2), **settings
    )
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("data", "output", "expected"),
    [
        ((2, 12, 12), None, ((2, 12, 12), (2, 3, 4, 5))),
        ((0, 0, 0), None, ((0, 0, 12), (0, 0, 4, 5))),
        (None, (2, 3, 0, 0), ((2, 12, 12), (2, 3, 4, 5))),
        (None, None, ((0, 0, 12), (0, 0, 4, 5))),
    ],
)
def test_shapes_of_folded_columns(data, output, expected):
    inputs, outputs = shapes_of(
        "col2im", data, outputs=[output], kernel=(2, 2), output_size=(4, 5)
    )
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("operator", "data", "settings", "message"),
    [
        ("im2col", (2, 3, 4), {}, r"data should have 4 dimensions \(N, C, H, W\)"),
        ("im2col", (2, 3, 1, 4), {}, "data is 1 long.* window of 2"),
        ("col2im", (2, 8), {}, r"data should have 3 dimensions .*, not \(2, 8\)"),
        ("col2im", (2, 6, 4), {}, r"data \(2, 6, 4\) has 6 rows, no multiple of the 4"),
        ("col2im", (2, 8, 5), {}, r"\(2, 8, 5\) against \(0, 0, 4\)"),
    ],
)
def test_what_does_not_fit_is_refused(operator, data, settings, message):
    if operator == "col2im":
        settings = {"output_size": (3, 3), **settings}
    with pytest.raises(ShapeError, match=message):
        shapes_of(operator, data, kernel=(2, 2), **settings)


def test_the_output_size_has_the_rank_of_the_kernel():
    with pytest.raises(AttributeValueError, match="'output_size' should have one"):
        shapes_of("col2im", (2, 8, 4), kernel=(2, 2), output_size=(3,))


@pytest.mark.parametrize("operator", ["im2col", "col2im"])
def test_integers_are_refused(operator):
    declared = find(operator)
    attributes = declared.parse(
        {"kernel": (2, 2)} | ({"output_size": (3, 3)} if operator == "col2im" else {})
    )
    with pytest.raises(DTypeError, match="floating-point"):
        eager.infer_dtypes(declared, attributes, [np.dtype("int32")])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_weights_times_columns_are_a_convolution(rank):
    settings = {
        "kernel": (3, 2, 2)[:rank],
        "stride": (2, 1, 2)[:rank],
        "dilate": (1, 2, 1)[:rank],
        "pad": (1, 1, 0)[:rank],
    }
    images, weight = random(2, 3, *(7, 6, 6)[:rank]), random(4, 3, *settings["kernel"])
    columns = apply("im2col", images, **settings)
    expected = apply(
        "Convolution", images, weight, num_filter=4, no_bias=True, **settings
    )
    result = (weight.reshape(4, -1) @ columns).reshape(expected.shape)
    np.testing.assert_allclose(result, expected)


def test_columns_folded_back_count_the_windows_of_each_element():
    images = random(2, 3, 6, 6)
    settings = {"kernel": (3, 3), "stride": (3, 3)}
    columns = apply("im2col", images, **settings)
    apart = apply("col2im", columns, output_size=(6, 6), **settings)
    np.testing.assert_array_equal(apart, images)
    settings = {"kernel": (2, 1)}
    columns = apply("im2col", images, **settings)
    overlapping = apply("col2im", columns, output_size=(6, 6), **settings)
    times = np.array([1, 2, 2, 2, 2, 1.0])[:, None]
    np.testing.assert_allclose(overlapping, images * times)


def test_infinities_stay_in_their_windows():
    images = np.array([[[1.0, np.inf, 2, 3]]])
    columns = apply("im2col", images, kernel=(2,), pad=(1,))
    assert columns.tolist() == [[[0, 1, np.inf, 2, 3], [1, np.inf, 2, 3, 0]]]
    folded = apply("col2im", columns, kernel=(2,), pad=(1,), output_size=(4,))
    assert folded.tolist() == [[[2, np.inf, 4, 6]]]


def test_blocks_of_images_agree_with_single_images():
    images = random(9, 8, 40, 40)
    settings = {"kernel": (3, 3), "pad": (1, 1)}
    columns = apply("im2col", images, **settings)
    single = [apply("im2col", images[i : i + 1], **settings) for i in range(9)]
    np.testing.assert_array_equal(columns, np.concatenate(single))
    settings["output_size"] = (40, 40)
    folded = apply("col2im", columns, **settings)
    single = [apply("col2im", part, **settings) for part in single]
    np.testing.assert_array_equal(folded, np.concatenate(single))


def test_a_batch_of_nothing():
    assert apply("im2col", random(0, 3, 4, 4), kernel=(2, 2)).shape == (0, 12, 9)
    folded = apply("col2im", random(0, 12, 9), kernel=(2, 2), output_size=(4, 4))
    assert folded.shape == (0, 3, 4, 4)
