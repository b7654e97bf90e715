"""Loss layers: labels, what their gradients read, and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import EagerCall, apply, gradients, shapes_of

REGRESSIONS = (
    "LinearRegressionOutput",
    "LogisticRegressionOutput",
    "MAERegressionOutput",
)


def slope(name, *inputs, heads=(), **settings):
    """Return the gradient by the data; reading a missing head gradient fails."""
    operator = find(name)
    arrays = [np.asarray(x, "float64") for x in inputs]
    outputs = [apply(name, *arrays, **settings)]
    attributes = operator.parse(settings)
    call = EagerCall(operator, attributes, arrays, outputs, list(heads))
    return gradients(call)[0]


@pytest.mark.parametrize(
    ("data", "settings", "expected"),
    [
        ((4, 3), {}, (4,)),
        ((4,), {}, (4,)),
        ((2, 3, 4), {}, (2,)),
        ((2, 3, 4), {"preserve_shape": True}, (2, 3)),
        ((2, 3, 4, 5), {"multi_output": True}, (2, 20)),
        ((2, 3, 0, 5), {"multi_output": True}, (2, 0)),
        ((4, 3), {"multi_output": True}, (4, 1)),
        (None, {}, None),
    ],
)
def test_the_label_of_softmax_output_follows_from_the_data(data, settings, expected):
    inputs, _ = shapes_of("SoftmaxOutput", data, None, **settings)
    assert inputs == [data, expected]


@pytest.mark.parametrize("name", REGRESSIONS)
@pytest.mark.parametrize(
    ("data", "expected"), [((4, 3), (4, 3)), ((4, 1), (4,)), ((0, 3), (0, 3))]
)
def test_the_label_of_a_regression_follows_from_the_data(name, data, expected):
    inputs, _ = shapes_of(name, data, None)
    assert inputs == [data, expected]


@pytest.mark.parametrize(
    ("name", "label", "settings", "message"),
    [
        ("SoftmaxOutput", (5,), {}, r"label should be \(4,\) or \(4, 3\), not \(5,\)"),
        ("SoftmaxOutput", (4, 2), {"multi_output": True}, r"label should be \(4, 1\)"),
        ("LinearRegressionOutput", (4,), {}, r"label should be \(4, 3\), not \(4,\)"),
        ("MAERegressionOutput", (12,), {}, r"label should be \(4, 3\), not \(12,\)"),
    ],
)
def test_other_labels_are_refused(name, label, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, (4, 3), label, **settings)


def test_the_gradient_of_flat_softmax_output_joins_all_axes_but_the_first():
    data = np.random.RandomState(0).normal(size=(2, 3, 4))
    made = slope("SoftmaxOutput", data, [7, 0])
    expected = slope("SoftmaxOutput", data.reshape(2, 12), [7, 0])
    np.testing.assert_array_equal(made.reshape(2, 12), expected)


def test_softmax_output_agrees_with_the_derivative_of_the_cross_entropy():
    data = np.random.RandomState(0).normal(size=(3, 4))
    labels = [2, 0, 3]

    def loss(values):
        return -apply("log_softmax", values)[range(3), labels].sum()

    made = slope("SoftmaxOutput", data, labels)
    for index in np.ndindex(3, 4):
        step = np.zeros_like(data)
        step[index] = 1e-6
        expected = (loss(data + step) - loss(data - step)) / 2e-6
        np.testing.assert_allclose(made[index], expected, atol=1e-8)


@pytest.mark.parametrize("name", [*REGRESSIONS, "SoftmaxOutput", "MakeLoss"])
def test_losses_do_not_read_the_gradient_of_their_output(name):
    operator = find(name)
    inputs = [np.ones((4, 3))] * len(operator.input_names(operator.parse({})))
    assert slope(name, *inputs, heads=()).shape == (4, 3)


def test_softmax_output_multiplies_by_the_outer_gradient_on_request():
    data, head = np.random.RandomState(0).normal(size=(2, 3, 4))
    made = slope("SoftmaxOutput", data, [0, 1, 3], heads=[head], out_grad=True)
    plain = slope("SoftmaxOutput", data, [0, 1, 3])
    np.testing.assert_allclose(made, plain * head)


@pytest.mark.parametrize("name", ["BlockGrad", "stop_gradient"])
def test_nothing_flows_back_through_blocks(name):
    assert slope(name, np.ones((2, 3)), heads=[np.ones((2, 3))]) is None


@pytest.mark.parametrize("name", [*REGRESSIONS, "SoftmaxOutput"])
def test_half_precision(name):
    data = np.array([[1, -2, 3], [600, 0, -600]], np.float16)
    label = np.ones((2, 3) if name != "SoftmaxOutput" else 2, np.float16)
    output = apply(name, data, label)
    assert output.dtype == np.float16
    assert np.isfinite(output).all()


def test_softmax_output_adds_up_in_half_precision():
    data = np.ones((2, 3000), np.float16)
    output = apply("SoftmaxOutput", data, np.zeros(2, np.float16))
    np.testing.assert_allclose(output, 1 / 3000, rtol=1e-3)


def test_the_output_of_make_loss_is_its_loss():
    operator = find("make_loss")
    assert operator.output_names(operator.parse({})) == ("loss",)
