"""The first version of pooling: padding that counts, ties, shapes and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def gradient(head, data, output, request=Request.WRITE, **settings):
    backward = find("_backward_Pooling_v1")
    attributes = backward.parse(settings)
    made = np.ones_like(data)
    inputs = [head, data, output][: len(backward.input_names(attributes))]
    eager.bind_and_run(backward, attributes, inputs, [made], request, True)
    return made


@pytest.mark.parametrize(
    ("data", "output", "settings", "expected"),
    [
        ((2, 3, 0, 8), None, {}, ((2, 3, 0, 8), (2, 3, 0, 7))),
        (None, (2, 3, 4, 4), {}, ((2, 3, 5, 5), (2, 3, 4, 4))),
        ((2, 3, 5, 6), None, {"global_pool": True}, ((2, 3, 5, 6), (2, 3, 1, 1))),
        (
            (2, 3, 7, 8),
            None,
            {"stride": (2, 2), "pooling_convention": "full"},
            ((2, 3, 7, 8), (2, 3, 4, 4)),
        ),
    ],
)
def test_shapes(data, output, settings, expected):
    inputs, outputs = shapes_of(
        "Pooling_v1", data, outputs=[output], kernel=(2, 2), **settings
    )
    assert (*inputs, *outputs) == expected


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="data should have 4 dimensions"):
        shapes_of("Pooling_v1", (2, 3, 5), kernel=(2, 2))
    with pytest.raises(AttributeValueError, match="expected one of avg, max, sum"):
        find("Pooling_v1").parse({"pool_type": "lp"})
    operator = find("Pooling_v1")
    with pytest.raises(DTypeError, match="floating-point"):
        eager.infer_dtypes(operator, operator.parse({}), [np.dtype("int32")])


def test_padding_is_a_part_of_the_image():
    data = -np.arange(1.0, 4).reshape(1, 1, 3)
    settings = {"kernel": (2,), "pad": (1,), "stride": (2,)}
    settings["pooling_convention"] = "full"
    assert apply("Pooling_v1", data, **settings).tolist() == [[[0, -2, 0]]]
    means = apply("Pooling_v1", data, pool_type="avg", **settings)
    assert means.tolist() == [[[-0.5, -2.5, 0]]]


def test_a_window_that_sticks_out_is_divided_by_its_whole_size():
    data = np.ones((1, 1, 3))
    settings = {"kernel": (2,), "stride": (2,), "pooling_convention": "full"}
    means = apply("Pooling_v1", data, pool_type="avg", **settings)
    assert means.tolist() == [[[1, 0.5]]]


def test_all_equal_maxima_have_the_gradient():
    data = np.ones((1, 1, 3))
    output = apply("Pooling_v1", data, kernel=(2,))
    slope = gradient(np.ones((1, 1, 2)), data, output, kernel=(2,))
    assert slope.tolist() == [[[1, 2, 1]]]


@pytest.mark.parametrize("kind", ["max", "avg", "sum"])
def test_gradients_are_added_where_requested(kind):
    data = np.random.RandomState(0).uniform(-1, 1, (2, 3, 5, 6))
    settings = {"kernel": (3, 2), "pad": (1, 0), "pool_type": kind}
    output = apply("Pooling_v1", data, **settings)
    written = gradient(output, data, output, **settings)
    added = gradient(output, data, output, Request.ADD, **settings)
    np.testing.assert_allclose(written + 1, added)


@pytest.mark.parametrize("kind", ["max", "avg", "sum"])
def test_half_precision_keeps_its_type(kind):
    data = np.arange(16, dtype="float16").reshape(1, 1, 4, 4)
    output = apply("Pooling_v1", data, kernel=(4, 4), pool_type=kind)
    expected = {"max": 15, "avg": 7.5, "sum": 120}[kind]
    assert (output.dtype, output.item()) == ("float16", expected)


def test_a_batch_of_nothing():
    assert apply("Pooling_v1", np.zeros((0, 2, 4)), kernel=(2,)).shape == (0, 2, 3)
