"""Layer, group and instance normalization: precision, shapes, types, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

# Operator, settings, shape of data, number of parameters, axes that are normalized.
KINDS = (
    ("LayerNorm", {"axis": -1}, (4, 3, 50), 50, (2,)),
    ("LayerNorm", {"axis": 1}, (4, 50, 3), 50, (1,)),
    ("InstanceNorm", {}, (4, 3, 5, 10), 3, (2, 3)),
    ("GroupNorm", {"num_groups": 3}, (4, 3, 50), 3, (2,)),
)
every_kind = pytest.mark.parametrize(
    ("name", "settings", "shape", "count", "axes"),
    KINDS,
    ids=["layer", "inner layer", "instance", "group"],
)


def parameters(count: int, dtype: str) -> list[np.ndarray]:
    return [np.ones(count, dtype), np.zeros(count, dtype)]


def forward(name, inputs, **settings):
    operator = find(name)
    return eager.run(operator, operator.parse(settings), inputs)


def backward(name, head, inputs, outputs=None, request=Request.WRITE, **settings):
    """Return the gradients by data, gamma and beta."""
    operator = find(f"_backward_{name}")
    made = forward(name, inputs, **settings)
    if outputs is None:
        outputs = [np.zeros_like(x) for x in inputs]
    given = [head, *inputs[:2], *made[1:]]
    attributes = operator.parse(settings)
    eager.bind_and_run(operator, attributes, given, outputs, request, True)
    return outputs


@every_kind
def test_a_mean_much_larger_than_the_spread_costs_no_digits(
    name, settings, shape, count, axes
):
    data = (1e4 + np.random.RandomState(0).normal(size=shape)).astype("float32")
    output = forward(name, [data, *parameters(count, "float32")], **settings)[0]
    exact = data.astype("float64")
    expected = exact - exact.mean(axes, keepdims=True)
    expected /= np.sqrt(exact.var(axes, keepdims=True) + 1e-5)
    np.testing.assert_allclose(output, expected, rtol=1e-3, atol=1e-4)


@every_kind
def test_equal_elements_give_beta(name, settings, shape, count, axes):
    gamma, beta = parameters(count, "float32")
    data = np.full(shape, 1e6, "float32")
    output = forward(name, [data, gamma, beta + 3], **settings)[0]
    np.testing.assert_array_equal(output, 3)


@every_kind
def test_half_precision_is_computed_in_single(name, settings, shape, count, axes):
    stream = np.random.RandomState(0)
    data = stream.normal(200, 3, shape).astype("float16")
    head = stream.normal(size=shape).astype("float16")
    halves = [data, *parameters(count, "float16")]
    singles = [x.astype("float32") for x in halves]
    made = forward(name, halves, **settings)
    assert {x.dtype for x in made} == {np.dtype("float16")}
    expected = forward(name, singles, **settings)[0]
    np.testing.assert_allclose(made[0], expected, rtol=2e-3, atol=2e-3)
    slopes = backward(name, head, halves, **settings)
    wide = backward(name, head.astype("float32"), singles, **settings)
    for slope, other in zip(slopes, wide, strict=True):
        np.testing.assert_allclose(slope, other, rtol=2e-3, atol=2e-3)


@every_kind
@pytest.mark.parametrize("source", [0, 1])
def test_the_gradient_may_be_written_over_its_operands(
    source, name, settings, shape, count, axes
):
    head, data = np.random.RandomState(0).normal(2, 3, (2, *shape))
    inputs = [data, *np.random.RandomState(1).normal(size=(2, count))]
    expected = backward(name, head, inputs, **settings)
    outputs = [(head, data)[source], *map(np.empty_like, inputs[1:])]
    made = backward(name, head, inputs, outputs, **settings)
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@every_kind
def test_gradients_are_added_or_left_out_on_request(name, settings, shape, count, axes):
    head, data = np.random.RandomState(0).normal(2, 3, (2, *shape))
    inputs = [data, *parameters(count, "float64")]
    expected = backward(name, head, inputs, **settings)
    sums = [np.ones_like(x) for x in inputs]
    backward(name, head, inputs, sums, Request.ADD, **settings)
    for one, other in zip(sums, expected, strict=True):
        np.testing.assert_allclose(one, other + 1)
    alone = backward(name, head, inputs, [None, np.zeros(count), None], **settings)
    np.testing.assert_array_equal(alone[1], expected[1])


@every_kind
def test_an_empty_batch(name, settings, shape, count, axes):
    data = np.zeros((0, *shape[1:]), "float32")
    inputs = [data, *parameters(count, "float32")]
    assert forward(name, inputs, **settings)[0].shape == data.shape
    slopes = backward(name, data, inputs, **settings)
    assert not slopes[1].any()
    assert not slopes[2].any()


def test_nothing_to_normalize():
    data = np.zeros((2, 3, 0), "float32")
    mean = forward("InstanceNorm", [data, *parameters(3, "float32")])[1]
    assert np.isnan(mean).all()
    data = np.zeros((2, 0), "float32")
    assert forward("LayerNorm", [data, *parameters(0, "float32")])[0].shape == (2, 0)


def test_no_number_spoils_another_row():
    data = np.array([[1, np.nan, 3], [1, 2, np.inf], [1, 2, 3]], "float32")
    output = apply("LayerNorm", data, *parameters(3, "float32"))[0]
    assert np.isnan(output[:2]).all()
    np.testing.assert_allclose(output[2], [-1.22474, 0, 1.22474], rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "settings", "given", "output", "expected"),
    [
        ("LayerNorm", {}, [(2, 0), (3,), None], None, [(2, 3), (3,), (3,)]),
        ("LayerNorm", {"axis": 0}, [None, None, (2,)], (0, 4), [(2, 4), (2,), (2,)]),
        ("LayerNorm", {}, [None, (3,), None], None, [None, (3,), (3,)]),
        ("InstanceNorm", {}, [(2, 0, 4), (3,), None], None, [(2, 3, 4), (3,), (3,)]),
        ("InstanceNorm", {}, [None] * 3, (2, 3, 4), [(2, 3, 4), (3,), (3,)]),
        ("GroupNorm", {"num_groups": 2}, [None] * 3, None, [None, (2,), (2,)]),
        (
            "GroupNorm",
            {"num_groups": 2},
            [(0, 4, 0), None, None],
            (3, 0, 5),
            [(3, 4, 5), (2,), (2,)],
        ),
    ],
)
def test_shapes_go_both_ways(name, settings, given, output, expected):
    inputs, outputs = shapes_of(name, *given, outputs=[output, None, None], **settings)
    assert inputs == expected
    assert outputs[0] == expected[0]


def test_shapes_of_the_statistics():
    assert (
        shapes_of("LayerNorm", (2, 3, 4), None, None, axis=1)[1][1:] == [(2, 1, 4)] * 2
    )
    assert shapes_of("InstanceNorm", (2, 3, 4), None, None)[1][1:] == [(2, 3)] * 2
    made = shapes_of("GroupNorm", (2, 6, 4), None, None, num_groups=3)[1]
    assert made[1:] == [(2, 3)] * 2


@pytest.mark.parametrize(
    ("name", "shapes", "settings", "message"),
    [
        ("LayerNorm", [(2, 3)], {"axis": 2}, "data: channel axis 2 is out of range"),
        (
            "LayerNorm",
            [(2, 3), (2,)],
            {},
            r"gamma should be \(3,\), one number for each channel, not \(2,\)",
        ),
        ("InstanceNorm", [(2, 3, 4), None, (4,)], {}, r"beta should be \(3,\)"),
        ("InstanceNorm", [(2, 3)], {}, "at least 3 dimensions"),
        ("GroupNorm", [(2, 3)], {}, "at least 3 dimensions"),
        ("GroupNorm", [(2, 3, 4)], {"num_groups": 2}, "3 channels, which 2 groups do"),
    ],
)
def test_impossible_shapes_are_refused(name, shapes, settings, message):
    padded = [*shapes, *[None] * (3 - len(shapes))]
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, *padded, **settings)


def test_impossible_attributes_and_types_are_refused():
    with pytest.raises(AttributeValueError, match="integer above 0"):
        find("GroupNorm").parse({"num_groups": 0})
    layer = find("LayerNorm")
    with pytest.raises(DTypeError, match="not int32"):
        layer.dtypes(layer.parse({}), [np.dtype("int32"), None, None], [None] * 3)
