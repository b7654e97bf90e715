"""Convolution: shapes both ways, layouts, blocks of images and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

SIMPLE = {"kernel": (3, 3), "num_filter": 4}


def random(*shape: int, dtype: str = "float32") -> np.ndarray:
    return np.random.RandomState(0).uniform(-1, 1, shape).astype(dtype)


def gradients(head, data, weight, request=Request.WRITE, only=(0, 1, 2), **settings):
    """Run the backward kernel for some of its outputs, which start as ones."""
    backward = find("_backward_Convolution")
    bias = np.ones(len(weight), data.dtype)
    outputs = [np.ones_like(data), np.ones_like(weight), bias]
    kept = [x if i in only else None for i, x in enumerate(outputs)]
    attributes = backward.parse({"num_filter": len(weight), **settings})
    inputs = [head, data, weight]
    eager.bind_and_run(backward, attributes, inputs, kept, request, True)
    return kept


@pytest.mark.parametrize(
    ("data", "weight", "output", "settings", "expected"),
    [
        ((2, 0, 5, 0), None, None, {}, ((2, 0, 5, 0), (4, 0, 3, 3), (2, 4, 3, 0))),
        (None, (4, 3, 3, 3), None, {}, ((0, 3, 0, 0), (4, 3, 3, 3), (0, 4, 0, 0))),
        (
            None,
            (4, 3, 3, 3),
            None,
            {"num_group": 2},
            ((0, 6, 0, 0), (4, 3, 3, 3), (0, 4, 0, 0)),
        ),
        (
            None,
            None,
            (2, 4, 6, 7),
            {"pad": (1, 0)},
            ((2, 0, 6, 9), (4, 0, 3, 3), (2, 4, 6, 7)),
        ),
        (
            None,
            None,
            (2, 4, 6, 7),
            {"stride": (2, 1)},
            ((2, 0, 0, 9), (4, 0, 3, 3), (2, 4, 6, 7)),
        ),
        (
            (2, 5, 6, 3),
            None,
            None,
            {"layout": "NHWC"},
            ((2, 5, 6, 3), (4, 3, 3, 3), (2, 3, 4, 4)),
        ),
    ],
)
def test_shapes_go_both_ways(data, weight, output, settings, expected):
    inputs, outputs = shapes_of(
        "Convolution", data, weight, None, outputs=[output], **SIMPLE, **settings
    )
    assert (*inputs[:2], *outputs) == expected
    assert inputs[2] == (4,)


@pytest.mark.parametrize(
    ("data", "settings", "message"),
    [
        ((2, 3, 5), {}, r"data should have 4 dimensions \(N, C, H, W\), not \(2, 3, 5"),
        ((2, 3, 5, 2), {}, "data is 2 long, 2 with padding: too short .* window of 3"),
        ((2, 3, 5, 5), {"dilate": (3, 1)}, "too short for a window of 7"),
        ((2, 3, 5, 5), {"num_group": 2}, "num_group 2 does not divide the 3 channels"),
        ((2, 3, 5, 5), {"num_group": 3}, "num_group 3 does not divide num_filter 4"),
    ],
)
def test_impossible_shapes_are_refused(data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("Convolution", data, None, None, **SIMPLE, **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"stride": (1,)}, r"'stride' should have one number for each of 2 spatial"),
        ({"layout": "NCW"}, "layout NCW does not have the 2 spatial axes"),
    ],
)
def test_attributes_that_do_not_go_together_are_refused(settings, message):
    with pytest.raises(AttributeValueError, match=message):
        shapes_of("Convolution", (2, 3, 5, 5), None, None, **SIMPLE, **settings)


@pytest.mark.parametrize(
    "settings", [{"kernel": ()}, {"kernel": (0, 1)}, {"stride": (0, 1)}, {"pad": (-1,)}]
)
def test_impossible_windows_are_refused(settings):
    with pytest.raises(AttributeValueError, match="expected"):
        find("Convolution").parse({**SIMPLE, **settings})


def test_types_must_agree():
    convolution = find("Convolution")
    single, double = np.dtype("float32"), np.dtype("float64")
    with pytest.raises(DTypeError, match="float32 against float64"):
        eager.infer_dtypes(
            convolution, convolution.parse(SIMPLE), [single, double, single]
        )


@pytest.mark.parametrize("layout", ["NWC", "NHWC", "NDHWC"])
@pytest.mark.parametrize(("groups", "length"), [(1, 3), (2, 3), (1, 1)])
def test_channels_last_agrees_with_channels_first(layout, groups, length):
    rank = len(layout) - 2
    data, weight = (
        random(3, 4, *range(5, 5 + rank)),
        random(6, 4 // groups, *[length] * rank),
    )
    settings = {"kernel": (length,) * rank, "num_filter": 6, "num_group": groups}
    if length > 1:
        settings |= {"pad": (1,) * rank, "stride": (2,) * rank}

    def last(array):
        return np.ascontiguousarray(np.moveaxis(array, 1, -1))

    bias = random(6)
    expected = apply("Convolution", data, weight, bias, **settings)
    inputs = last(data), last(weight), bias
    result = apply("Convolution", *inputs, layout=layout, **settings)
    np.testing.assert_allclose(result, last(expected), rtol=1e-5, atol=1e-6)

    first = gradients(expected, data, weight, **settings)
    second = gradients(result, *inputs[:2], layout=layout, **settings)
    np.testing.assert_allclose(second[0], last(first[0]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(second[1], last(first[1]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(second[2], first[2], rtol=1e-4, atol=1e-5)


def test_blocks_of_images_agree_with_single_images():
    data, weight = random(21, 8, 20, 20), random(4, 8, 5, 5)
    settings = {"kernel": (5, 5), "pad": (2, 2), "num_filter": 4, "no_bias": True}
    images = [data[i : i + 1] for i in range(21)]
    result = apply("Convolution", data, weight, **settings)
    single = [apply("Convolution", image, weight, **settings) for image in images]
    np.testing.assert_allclose(result, np.concatenate(single), rtol=1e-4, atol=1e-4)

    whole = gradients(result, data, weight, only=(0, 1), **settings)
    parts = [
        gradients(head, image, weight, only=(0, 1), **settings)
        for head, image in zip(single, images, strict=True)
    ]
    by_data = np.concatenate([part[0] for part in parts])
    by_weight = sum(part[1] for part in parts)
    np.testing.assert_allclose(whole[0], by_data, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(whole[1], by_weight, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("settings", [{"kernel": (3, 2)}, {"kernel": (1, 1)}])
def test_gradients_are_added_where_requested(settings):
    data, weight = random(2, 3, 5, 5), random(4, 3, *settings["kernel"])
    output = apply("Convolution", data, weight, random(4), num_filter=4, **settings)
    written = gradients(output, data, weight, **settings)
    added = gradients(output, data, weight, request=Request.ADD, **settings)
    for first, second in zip(written, added, strict=True):
        np.testing.assert_allclose(first + 1, second, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_each_gradient_can_be_had_alone(position):
    data, weight, head = random(2, 3, 5, 5), random(4, 3, 3, 3), random(2, 4, 3, 3)
    everything = gradients(head, data, weight, kernel=(3, 3))
    alone = gradients(head, data, weight, only=(position,), kernel=(3, 3))
    np.testing.assert_array_equal(alone[position], everything[position])


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float16", 2e-2), ("float64", 1e-12)]
)
def test_other_types(dtype, tolerance):
    data, weight = random(2, 3, 5, 5, dtype=dtype), random(4, 3, 3, 3, dtype=dtype)
    result = apply("Convolution", data, weight, no_bias=True, **SIMPLE)
    assert result.dtype == dtype
    windows = np.lib.stride_tricks.sliding_window_view(data, (3, 3), axis=(2, 3))
    expected = np.einsum(
        "ncyxij,fcij->nfyx", windows.astype("float64"), weight.astype("float64")
    )
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


def test_a_batch_of_nothing():
    data, weight, head = random(0, 3, 5, 5), random(4, 3, 3, 3), random(0, 4, 3, 3)
    assert apply("Convolution", data, weight, random(4), **SIMPLE).shape == head.shape
    made = gradients(head, data, weight, kernel=(3, 3))
    assert [np.any(x) for x in made] == [False] * 3


def test_half_precision_is_added_up_in_single():
    data, head = np.ones((4096, 1, 1), "float16"), np.ones((4096, 1, 1), "float16")
    weight = np.ones((1, 1, 1), "float16")
    made = gradients(head, data, weight, kernel=(1,))
    assert [x.dtype for x in made] == ["float16"] * 3
    assert made[1].item() == made[2].item() == 4096
