"""Deconvolution: shapes both ways, target shapes, the transpose of convolution."""

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


def gradients(
    operator, *inputs, shapes, request=Request.WRITE, only=(0, 1), **settings
):
    """Run a backward kernel for some of its outputs, which start as ones."""
    backward = find(operator)
    kept = [
        np.ones(shape, inputs[0].dtype) if i in only else None
        for i, shape in enumerate(shapes)
    ]
    attributes = backward.parse(settings)
    eager.bind_and_run(backward, attributes, inputs, kept, request, True)
    return kept


@pytest.mark.parametrize(
    ("data", "weight", "output", "settings", "expected"),
    [
        ((2, 3, 5, 0), None, None, {}, ((2, 3, 5, 0), (3, 4, 3, 3), (2, 4, 7, 0))),
        (
            (2, 3, 5, 5),
            None,
            None,
            {"stride": (2, 2), "pad": (1, 1), "adj": (1, 0)},
            ((2, 3, 5, 5), (3, 4, 3, 3), (2, 4, 10, 9)),
        ),
        (None, (3, 4, 3, 3), None, {}, ((0, 3, 0, 0), (3, 4, 3, 3), (0, 4, 0, 0))),
        (
            (2, 6, 0, 2),
            None,
            None,
            {"num_group": 2},
            ((2, 6, 0, 2), (6, 2, 3, 3), (2, 4, 0, 4)),
        ),
        (
            None,
            None,
            (2, 4, 10, 9),
            {"stride": (2, 2), "pad": (1, 1), "adj": (1, 0)},
            ((2, 0, 5, 5), (0, 4, 3, 3), (2, 4, 10, 9)),
        ),
        (
            (2, 3, 0, 5),
            None,
            None,
            {"stride": (2, 2), "target_shape": (10, 9)},
            ((2, 3, 0, 5), (3, 4, 3, 3), (2, 4, 10, 9)),
        ),
        (
            (2, 3, 5, 5),
            None,
            None,
            {"stride": (2, 2), "target_shape": (0, 9), "pad": (1, 7), "adj": (1, 1)},
            ((2, 3, 5, 5), (3, 4, 3, 3), (2, 4, 10, 9)),
        ),
        (
            (2, 5, 6, 3),
            None,
            None,
            {"layout": "NHWC"},
            ((2, 5, 6, 3), (3, 3, 3, 4), (2, 7, 8, 4)),
        ),
    ],
)
def test_shapes_go_both_ways(data, weight, output, settings, expected):
    inputs, outputs = shapes_of(
        "Deconvolution", data, weight, outputs=[output], **SIMPLE, **settings
    )
    assert (*inputs, *outputs) == expected


def test_the_bias_is_left_out_unless_wanted():
    operator = find("Deconvolution")
    assert operator.input_names(operator.parse(SIMPLE)) == ("data", "weight")
    inputs, _ = shapes_of("Deconvolution", None, None, None, no_bias=False, **SIMPLE)
    assert inputs[2] == (4,)


@pytest.mark.parametrize(
    ("data", "output", "settings", "message"),
    [
        ((2, 3, 5), None, {}, r"data should have 4 dimensions \(N, C, H, W\)"),
        ((2, 3, 5, 5), None, {"num_group": 2}, "2 does not divide the 3 channels"),
        ((2, 3, 5, 5), None, {"num_group": 3}, "3 does not divide num_filter 4"),
        ((2, 3, 5, 5), None, {"adj": (1, 0)}, "adj 1 is not smaller than the stride 1"),
        ((2, 3, 2, 2), None, {"pad": (2, 0)}, "pad 2 leaves nothing of the 4"),
        (
            (2, 3, 5, 5),
            None,
            {"target_shape": (8, 7)},
            "target_shape 8 is longer than the 7 that windows cover",
        ),
        (
            (2, 3, 5, 5),
            None,
            {"target_shape": (7, 6)},
            "adj 1 is not smaller than the stride 1; it follows from target_shape 6",
        ),
        (None, (2, 4, 2, 9), {}, "output is 2 long.* too short for a window of 3"),
        (
            None,
            (2, 4, 8, 8),
            {"stride": (2, 2)},
            r"\(2, 4, 8, 8\) against \(2, 4, 7, 7\)",
        ),
    ],
)
def test_impossible_shapes_are_refused(data, output, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(
            "Deconvolution", data, None, outputs=[output], **{**SIMPLE, **settings}
        )


@pytest.mark.parametrize("name", ["stride", "pad", "adj", "target_shape", "dilate"])
def test_attributes_need_one_number_per_axis(name):
    with pytest.raises(AttributeValueError, match=f"'{name}' should have one number"):
        shapes_of("Deconvolution", (2, 3, 5, 5), None, **SIMPLE, **{name: (1,)})


@pytest.mark.parametrize("settings", [{"adj": (-1, 0)}, {"target_shape": (-1, 0)}])
def test_negative_lengths_are_refused(settings):
    with pytest.raises(AttributeValueError, match="integers from 0"):
        find("Deconvolution").parse({**SIMPLE, **settings})


def test_integers_are_refused():
    deconvolution = find("Deconvolution")
    with pytest.raises(DTypeError, match="floating-point"):
        eager.infer_dtypes(
            deconvolution, deconvolution.parse(SIMPLE), [np.dtype("int32"), None]
        )


@pytest.mark.parametrize(
    ("target", "pad", "adj"), [((6, 6), (1, 1), (0, 0)), ((5, 7), (2, 1), (1, 1))]
)
def test_a_target_shape_stands_for_pad_and_adj(target, pad, adj):
    data, weight = random(2, 3, 3, 3), random(3, 2, 4, 4)
    settings = {"kernel": (4, 4), "stride": (2, 2), "num_filter": 2}
    expected = apply("Deconvolution", data, weight, pad=pad, adj=adj, **settings)
    ignored = {"pad": (3, 3), "adj": (9, 9)}
    result = apply(
        "Deconvolution", data, weight, target_shape=target, **ignored, **settings
    )
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_it_is_the_gradient_of_convolution(rank, groups):
    settings = {
        "kernel": (3, 2, 2)[:rank],
        "stride": (2, 1, 2)[:rank],
        "dilate": (1, 2, 1)[:rank],
        "pad": (1, 1, 0)[:rank],
        "num_group": groups,
    }
    images = random(2, 4, *(7, 6, 6)[:rank])
    weight = random(6, 4 // groups, *settings["kernel"])
    head = apply("Convolution", images, weight, num_filter=6, no_bias=True, **settings)
    expected = gradients(
        *("_backward_Convolution", head, images, weight),
        shapes=[images.shape, weight.shape],
        num_filter=6,
        no_bias=True,
        **settings,
    )[0]
    result = apply(
        "Deconvolution",
        *(head, weight),
        target_shape=images.shape[2:],
        num_filter=4,
        **settings,
    )
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layout", ["NWC", "NHWC", "NDHWC"])
@pytest.mark.parametrize(("groups", "length"), [(1, 3), (2, 3), (1, 1)])
def test_channels_last_agrees_with_channels_first(layout, groups, length):
    rank = len(layout) - 2
    data = random(3, 4, *range(3, 3 + rank))
    weight = random(4, 6 // groups, *[length] * rank)
    settings = {"kernel": (length,) * rank, "num_filter": 6, "num_group": groups}
    settings["no_bias"] = False
    if length > 1:
        settings |= {"pad": (1,) * rank, "stride": (2,) * rank, "adj": (1,) * rank}

    def last(array):
        return np.ascontiguousarray(np.moveaxis(array, 1, -1))

    bias = random(6)
    expected = apply("Deconvolution", data, weight, bias, **settings)
    turned = last(data), last(weight)
    result = apply("Deconvolution", *turned, bias, layout=layout, **settings)
    np.testing.assert_allclose(result, last(expected), rtol=1e-5, atol=1e-6)

    name, only = "_backward_Deconvolution", (0, 1, 2)
    shapes = [data.shape, weight.shape, (6,)]
    first = gradients(
        name, expected, data, weight, shapes=shapes, only=only, **settings
    )
    shapes = [turned[0].shape, turned[1].shape, (6,)]
    second = gradients(
        name, result, *turned, shapes=shapes, only=only, layout=layout, **settings
    )
    np.testing.assert_allclose(second[0], last(first[0]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(second[1], last(first[1]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(second[2], first[2], rtol=1e-4, atol=1e-5)


def test_blocks_of_images_agree_with_single_images():
    data, weight = random(21, 8, 20, 20), random(8, 4, 5, 5)
    settings = {"kernel": (5, 5), "pad": (2, 2), "num_filter": 4}
    result = apply("Deconvolution", data, weight, **settings)
    single = [
        apply("Deconvolution", data[i : i + 1], weight, **settings) for i in range(21)
    ]
    np.testing.assert_allclose(result, np.concatenate(single), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("only", [(0,), (1,), (2,), (0, 1, 2)])
def test_gradients_are_had_alone_and_added(only):
    data, weight, head = random(2, 3, 5, 5), random(3, 4, 3, 3), random(2, 4, 7, 7)
    inputs, shapes = (head, data, weight), [data.shape, weight.shape, (4,)]
    settings = {"only": only, "shapes": shapes, "no_bias": False, **SIMPLE}
    name = "_backward_Deconvolution"
    written = gradients(name, *inputs, **settings)
    added = gradients(name, *inputs, request=Request.ADD, **settings)
    for i in only:
        np.testing.assert_allclose(written[i] + 1, added[i], rtol=1e-4, atol=1e-4)


def test_a_batch_of_nothing():
    data, weight, head = random(0, 3, 5, 5), random(3, 4, 3, 3), random(0, 4, 7, 7)
    assert apply("Deconvolution", data, weight, **SIMPLE).shape == head.shape
    shapes = [data.shape, weight.shape, (4,)]
    made = gradients(
        *("_backward_Deconvolution", head, data, weight),
        shapes=shapes,
        only=(0, 1, 2),
        no_bias=False,
        **SIMPLE,
    )
    assert [np.any(x) for x in made] == [False] * 3


def test_half_precision_keeps_its_type():
    data, weight = random(2, 3, 4, 4, dtype="float16"), random(3, 4, 3, 3)
    result = apply("Deconvolution", data, weight.astype("float16"), **SIMPLE)
    assert result.dtype == "float16"
    expected = apply("Deconvolution", data.astype("float32"), weight, **SIMPLE)
    np.testing.assert_allclose(result, expected, rtol=2e-2, atol=2e-2)
