"""BatchNorm: precision, types, when the averages move, and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import shapes_of

SINGLE, DOUBLE, HALF = map(np.dtype, ("float32", "float64", "float16"))


def states(channels: int, dtype="float32") -> list[np.ndarray]:
    """Gamma, beta, moving mean and variance."""
    values = np.random.RandomState(1).uniform(0.5, 1.5, (4, channels))
    return list(values.astype(dtype))


def forward(data, parameters, is_train=True, **settings):
    """Return output, mean and 1 / sqrt(var + eps)."""
    operator = find("BatchNorm")
    attributes = operator.parse({"fix_gamma": False, **settings})
    inputs = [data, *parameters]
    return eager.run(operator, attributes, inputs, is_train=is_train)


def backward(head, data, parameters, made, is_train=True, outputs=None, **settings):
    """Return the gradients by data, gamma and beta; moves the averages."""
    operator = find("_backward_BatchNorm")
    gamma, _, *averages = parameters
    if outputs is None:
        outputs = [np.zeros_like(data), np.zeros_like(gamma), np.zeros_like(gamma)]
    attributes = operator.parse({"fix_gamma": False, **settings})
    inputs = [head, data, gamma, *made[1:], *averages]
    eager.bind_and_run(operator, attributes, inputs, outputs, Request.WRITE, is_train)
    return outputs


@pytest.mark.parametrize("shape", [(4000, 3), (50, 3, 9, 9)])
def test_a_mean_much_larger_than_the_spread_costs_no_digits(shape):
    stream = np.random.RandomState(0)
    data = (1e4 + stream.normal(size=shape)).astype("float32")
    gamma, beta, *averages = states(3)
    output, mean, inverse = forward(data, [gamma, beta, *averages], eps=1e-5)
    axes = tuple(i for i in range(data.ndim) if i != 1)
    exact = data.astype("float64")
    np.testing.assert_allclose(mean, exact.mean(axes), rtol=1e-7)
    np.testing.assert_allclose(1 / inverse**2 - 1e-5, exact.var(axes), rtol=1e-4)
    normal = (output - beta.reshape(-1, *[1] * (data.ndim - 2))).astype("float64")
    # A float32 mean of 1e4 is exact to half a unit of its last place.
    np.testing.assert_allclose(normal.mean(axes), 0, atol=5e-4)
    np.testing.assert_allclose(normal.std(axes), gamma, rtol=1e-4)


def test_a_constant_channel_gives_beta():
    parameters = states(2)
    output, _, inverse = forward(np.full((5, 2), 1e6, "float32"), parameters)
    np.testing.assert_array_equal(output, np.tile(parameters[1], (5, 1)))
    np.testing.assert_allclose(inverse, 1e-3**-0.5, rtol=1e-5)


def test_half_precision_is_computed_in_single():
    data = np.random.RandomState(0).normal(200, 3, (64, 3, 4, 4)).astype("float16")
    parameters = states(3)
    output, mean, inverse = forward(data, parameters)
    expected, *statistics = forward(data.astype("float32"), parameters)
    assert (output.dtype, mean.dtype, inverse.dtype) == (HALF, SINGLE, SINGLE)
    np.testing.assert_allclose(output, expected, rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose([mean, inverse], statistics, rtol=1e-4)
    head = np.ones_like(data) / 16
    slopes = backward(head, data, parameters, (output, mean, inverse))
    assert [slope.dtype for slope in slopes] == [HALF, SINGLE, SINGLE]
    np.testing.assert_allclose(slopes[2], 64, rtol=1e-3)


def test_training_moves_the_averages_in_its_backward_pass_alone():
    data = np.random.RandomState(0).normal(2, 3, (10, 3)).astype("float32")
    parameters = states(3)
    mean, variance = (x.copy() for x in parameters[2:])
    made = forward(data, parameters)
    np.testing.assert_array_equal(parameters[2:], [mean, variance])
    backward(made[0], data, parameters, made, momentum=0.75)
    expected = 0.75 * mean + 0.25 * data.mean(0)
    np.testing.assert_allclose(parameters[2], expected, rtol=1e-5)
    expected = 0.75 * variance + 0.25 * data.var(0)
    np.testing.assert_allclose(parameters[3], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("is_train", "settings"), [(False, {}), (True, {"use_global_stats": True})]
)
def test_otherwise_the_averages_are_used_and_stay(is_train, settings):
    data = np.random.RandomState(0).normal(2, 3, (10, 3))
    parameters = states(3, "float64")
    gamma, beta, mean, variance = (x.copy() for x in parameters)
    made = forward(data, parameters, is_train, **settings)
    slope = gamma / np.sqrt(variance + 1e-3)
    np.testing.assert_allclose(made[0], (data - mean) * slope + beta)
    slopes = backward(made[0], data, parameters, made, is_train, **settings)
    np.testing.assert_allclose(slopes[0], made[0] * slope)
    np.testing.assert_array_equal(parameters[2:], [mean, variance])


def test_the_averages_move_though_no_gradient_is_wanted():
    data = np.random.RandomState(0).normal(2, 3, (10, 3)).astype("float32")
    parameters = states(3)
    before = parameters[2].copy()
    made = forward(data, parameters)
    backward(made[0], data, parameters, made, outputs=[None, None, None])
    assert (parameters[2] != before).all()


def test_a_fixed_gamma_is_left_alone_and_has_no_gradient():
    data = np.random.RandomState(0).normal(2, 3, (10, 3)).astype("float32")
    parameters = states(3)
    gamma = parameters[0].copy()
    made = forward(data, parameters, fix_gamma=True)
    slopes = backward(made[0], data, parameters, made, fix_gamma=True)
    np.testing.assert_array_equal(parameters[0], gamma)
    np.testing.assert_array_equal(slopes[1], 0)


@pytest.mark.parametrize("source", [0, 1])
@pytest.mark.parametrize("is_train", [False, True])
def test_the_gradient_may_be_written_over_its_operands(source, is_train):
    data, head = np.random.RandomState(0).normal(2, 3, (2, 10, 3, 2))
    parameters = states(3, "float64")
    made = forward(data, parameters, is_train)
    expected = backward(head, data, parameters, made, is_train)
    outputs = [(head, data)[source], None, None]
    backward(head, data, parameters, made, is_train, outputs)
    np.testing.assert_array_equal(outputs[0], expected[0])


def variant(name, data, parameters, is_train=True, **settings):
    """Run another operator of the family; returns outputs and gradients by ones."""
    operator = find(name)
    attributes = operator.parse({"fix_gamma": False, **settings})
    inputs = [data, *parameters]
    made = eager.run(operator, attributes, inputs, is_train=is_train)
    heads = [np.ones_like(x) for x in made]
    call = eager.EagerCall(operator, attributes, inputs, made, heads, is_train)
    return made, eager.gradients(call)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("BatchNorm_v1", {}), ("_contrib_SyncBatchNorm", {"key": "a"})],
)
@pytest.mark.parametrize("is_train", [False, True])
def test_older_variants_show_the_variance(name, settings, is_train):
    data = np.random.RandomState(0).normal(2, 3, (10, 3, 2))
    parameters = states(3, "float64")
    expected, slopes = variant("BatchNorm", data, parameters, is_train)
    averages = [x.copy() for x in parameters]
    parameters = states(3, "float64")
    made, others = variant(name, data, parameters, is_train, **settings)
    np.testing.assert_array_equal(made[0], expected[0])
    np.testing.assert_array_equal(made[1], expected[1])
    np.testing.assert_allclose(made[2], 1 / expected[2] ** 2 - 1e-3)
    for one, other in zip(others[:3], slopes[:3], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
    np.testing.assert_allclose(parameters, averages)


def test_several_devices_predict_but_do_not_train():
    data, parameters = np.ones((4, 3), "float32"), states(3)
    settings = {"key": "a", "ndev": 2}
    variant("_contrib_SyncBatchNorm", data, parameters, is_train=False, **settings)
    with pytest.raises(AttributeValueError, match="train with ndev=1"):
        variant("_contrib_SyncBatchNorm", data, parameters, **settings)


@pytest.mark.parametrize("is_train", [False, True])
def test_what_the_rectifier_cuts_off_has_no_gradient(is_train):
    data = np.random.RandomState(0).normal(2, 3, (10, 3, 2))
    (plain, *_), _ = variant("BatchNorm", data, states(3, "float64"), is_train)
    (made, *_), slopes = variant(
        "_contrib_BatchNormWithReLU", data, states(3, "float64"), is_train
    )
    np.testing.assert_array_equal(made, np.maximum(plain, 0))
    np.testing.assert_array_equal(slopes[2], (plain > 0).sum((0, 2)))


@pytest.mark.parametrize("shape", [(0, 3), (2, 0), (2, 3, 0)])
def test_an_empty_batch(shape):
    output, *_ = forward(np.zeros(shape, "float32"), states(shape[1]))
    assert output.shape == shape


def test_shapes_go_both_ways():
    inputs, outputs = shapes_of(
        "BatchNorm", (2, 0, 5), None, (3,), None, None, outputs=[None] * 3
    )
    assert inputs == [(2, 3, 5), (3,), (3,), (3,), (3,)]
    assert outputs == [(2, 3, 5), (3,), (3,)]


def test_impossible_shapes_are_refused():
    with pytest.raises(ShapeError, match="data: channel axis 1 is out of range for 1"):
        shapes_of("BatchNorm", (4,), None, None, None, None)
    with pytest.raises(
        ShapeError, match=r"gamma should be \(3,\), one number for each"
    ):
        shapes_of("BatchNorm", (4, 3), (2,), None, None, None)
    with pytest.raises(ShapeError, match=r"moving_var should be \(3,\)"):
        shapes_of("BatchNorm_v1", (4, 3), None, None, None, (2,))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([HALF, None, None, None, None], [HALF, *[SINGLE] * 4]),
        ([DOUBLE, None, None, None, None], [DOUBLE] * 5),
        ([None, None, DOUBLE, None, None], [DOUBLE] * 5),
        ([None, SINGLE, None, None, None], [None, *[SINGLE] * 4]),
    ],
)
def test_types(known, expected):
    operator = find("BatchNorm")
    told = operator.dtypes(operator.parse({}), known, [None] * 3)
    assert told == (expected, [expected[0], *expected[1:3]])


def test_impossible_types_are_refused():
    operator = find("BatchNorm")
    for known in ([np.dtype("int32")], [DOUBLE, SINGLE]):
        padded = [*known, *[None] * (5 - len(known))]
        with pytest.raises(DTypeError):
            operator.dtypes(operator.parse({}), padded, [None] * 3)
