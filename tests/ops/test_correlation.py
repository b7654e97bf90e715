"""Correlation: shapes both ways, what does not fit, requests."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("data1", "data2", "output"),
    [
        ((2, 3, 6, 7), None, None),
        (None, (2, 3, 6, 7), None),
        ((0, 3, 6, 0), (0, 0, 6, 7), (2, 0, 0, 0)),
    ],
)
def test_shapes_go_both_ways(data1, data2, output):
    told = shapes_of("Correlation", data1, data2, outputs=[output])
    assert told == ([(2, 3, 6, 7)] * 2, [(2, 9, 4, 5)])


def test_what_is_not_known_stays_unknown():
    told = shapes_of("Correlation", None, None, outputs=[(2, 9, 4, 5)])
    assert told == ([(2, 0, 0, 0)] * 2, [(2, 9, 4, 5)])


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        ({"max_displacement": 4, "stride2": 2, "pad_size": 4}, (25, 6, 7)),
        ({"max_displacement": 3, "stride2": 2, "pad_size": 3}, (9, 6, 7)),
        ({"kernel_size": 3, "pad_size": 2, "stride1": 2}, (9, 3, 4)),
        ({"max_displacement": 0}, (1, 6, 7)),
    ],
)
def test_shapes_follow_the_settings(settings, shape):
    assert shapes_of("Correlation", (2, 3, 6, 7), None, **settings)[1] == [(2, *shape)]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"should be \(batch, .* not \(2, 3\)"):
        shapes_of("Correlation", None, (2, 3))
    with pytest.raises(ShapeError, match="images 6 pixels high, 6 with padding, are"):
        shapes_of("Correlation", (2, 3, 6, 7), None, max_displacement=3)
    with pytest.raises(ShapeError, match=r"\(2, 3, 6, 7\) against \(2, 3, 6, 8\)"):
        shapes_of("Correlation", (2, 3, 6, 7), (2, 3, 6, 8))
    operator = find("Correlation")
    with pytest.raises(AttributeValueError, match="expected an odd number"):
        operator.parse({"kernel_size": 2})
    with pytest.raises(AttributeValueError, match="'stride2' cannot be 0"):
        operator.parse({"stride2": 0})
    with pytest.raises(DTypeError, match="floating-point"):
        operator.dtypes(operator.parse({}), [np.dtype("int32"), None], [None])


def test_a_shift_is_found():
    first = np.random.RandomState(0).normal(size=(1, 99, 12, 12))
    second = np.roll(first, (2, -1), axis=(2, 3))
    result = apply("Correlation", first, second, max_displacement=2)
    found = result[0].reshape(25, -1).argmax(axis=0)
    assert (found == (2 + 2) * 5 + (2 - 1)).all()
    distance = apply(
        "Correlation", first, second, max_displacement=2, is_multiply=False
    )
    assert not distance[0, (2 + 2) * 5 + (2 - 1)].any()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("multiplies", [True, False])
def test_the_type_stays(dtype, multiplies):
    stream = np.random.RandomState(0)
    pair = [stream.uniform(-1, 1, (2, 40, 5, 5)).astype(dtype) for _ in range(2)]
    result = apply("Correlation", *pair, is_multiply=multiplies)
    assert result.dtype == dtype
    wide = [x.astype("float64") for x in pair]
    exact = apply("Correlation", *wide, is_multiply=multiplies)
    np.testing.assert_allclose(result, exact, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("shape", [(0, 3, 4, 5), (2, 0, 4, 5)])
def test_images_may_be_empty(shape):
    result = apply("Correlation", np.ones(shape), np.ones(shape))
    assert result.shape == (shape[0], 9, 2, 3)
    assert not result.any()


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("multiplies", [True, False])
def test_each_gradient_can_be_had_alone_and_added(position, multiplies):
    stream = np.random.RandomState(0)
    backward = find("_backward_Correlation")
    attributes = backward.parse(
        {"kernel_size": 3, "pad_size": 1, "is_multiply": multiplies}
    )
    head = stream.normal(size=(2, 9, 3, 4))
    pair = [stream.normal(size=(2, 3, 5, 6)) for _ in range(2)]

    def run(wanted, request):
        outputs = [np.ones_like(x) if i in wanted else None for i, x in enumerate(pair)]
        eager.bind_and_run(backward, attributes, [head, *pair], outputs, request, True)
        return outputs[position]

    expected = run((0, 1), Request.WRITE)
    np.testing.assert_array_equal(run((position,), Request.WRITE), expected)
    np.testing.assert_allclose(run((position,), Request.ADD), expected + 1)
