"""LeakyReLU: learnt and random slopes, saturation, types and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, infer_dtypes, shapes_of

NAMES = ("leaky", "elu", "selu", "gelu")


@pytest.mark.parametrize(
    ("data", "gamma", "output", "expected"),
    [
        ((2, 3), None, None, ((2, 3), (3,), (2, 3))),
        ((0, 3, 4), (0,), (2, 0, 0), ((2, 3, 4), (3,), (2, 3, 4))),
        ((2, 0), None, None, ((2, 0), (0,), (2, 0))),
        ((2, 3), (1,), None, ((2, 3), (1,), (2, 3))),
        ((2, 3), (1, 3), None, ((2, 3), (1, 3), (2, 3))),
        ((4,), None, None, ((4,), None, (4,))),
        (None, (3,), None, (None, (3,), None)),
        (None, None, (2, 3), ((2, 3), (3,), (2, 3))),
    ],
)
def test_shapes_go_both_ways(data, gamma, output, expected):
    inputs, outputs = shapes_of(
        "LeakyReLU", data, gamma, outputs=[output], act_type="prelu"
    )
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize("gamma", [(4,), (2, 2), (2, 3, 1)])
def test_slopes_that_do_not_fit_are_refused(gamma):
    with pytest.raises(ShapeError, match=r"gamma .* does not fit data \(2, 3\)"):
        shapes_of("LeakyReLU", (2, 3), gamma, act_type="prelu")


def test_inputs_and_outputs_depend_on_the_function():
    operator = find("LeakyReLU")
    named = {
        name: (operator.input_names(flags), operator.output_names(flags))
        for name in ("leaky", "prelu", "rrelu")
        for flags in [operator.parse({"act_type": name})]
    }
    assert named == {
        "leaky": (("data",), ("output",)),
        "prelu": (("data", "gamma"), ("output",)),
        "rrelu": (("data",), ("output", "mask")),
    }


def test_an_unknown_function_is_refused():
    with pytest.raises(AttributeValueError, match="'act_type' cannot be 'relu6'"):
        find("LeakyReLU").parse({"act_type": "relu6"})


def test_integers_are_refused():
    operator = find("LeakyReLU")
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        infer_dtypes(operator, operator.parse({}), [np.dtype("int32")])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_far_values_stay_finite_in_every_type(name, dtype):
    data = np.array([-6e4, -800, -12, 0, 12, 800, 6e4], dtype)
    result = apply("LeakyReLU", data, act_type=name)
    assert result.dtype == dtype
    assert np.isfinite(result).all()
    slope = np.empty_like(data)
    operator = find("_backward_LeakyReLU")
    attributes = operator.parse({"act_type": name})
    eager.run(operator, attributes, [np.ones_like(data), data], outputs=[slope])
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", NAMES)
def test_nan_is_passed_on(name):
    assert np.isnan(apply("LeakyReLU", np.float32([np.nan]), act_type=name)[0])


def test_small_values_of_gelu_keep_their_digits():
    result = apply("LeakyReLU", np.array([-10.0]), act_type="gelu")
    np.testing.assert_allclose(result, [-7.619853024160525e-23], rtol=1e-12)


def run_random(data, is_train=True, seed=0, **bounds):
    operator = find("LeakyReLU")
    attributes = operator.parse({"act_type": "rrelu", **bounds})
    return eager.run(operator, attributes, [data], is_train=is_train, seed=seed)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_random_slopes_fill_their_range(dtype):
    bounds = {"lower_bound": 0.25, "upper_bound": 0.75}
    data = np.full((100, 100), -2, dtype)
    output, mask = run_random(data, **bounds)
    assert output.dtype == mask.dtype == dtype
    assert 0.25 <= mask.min() < 0.26
    assert 0.74 < mask.max() <= 0.75
    assert abs(mask.astype("f8").mean() - 0.5) < 0.01
    np.testing.assert_array_equal(output, data * mask)


def test_positive_values_are_kept_whatever_the_slope():
    output, _ = run_random(np.float32([1, 2, 3]))
    assert output.tolist() == [1, 2, 3]


def test_the_generator_alone_decides():
    data = np.full(50, -1, np.float32)
    first, again, other = (run_random(data, seed=seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_slope_is_the_middle_one_in_prediction():
    bounds = {"lower_bound": 0.25, "upper_bound": 0.75}
    output, mask = run_random(np.float32([-2, 2]), is_train=False, **bounds)
    assert output.tolist() == [-1, 2]
    assert mask.tolist() == [0.5, 0.5]


def test_the_output_may_lie_in_the_data_while_the_mask_is_not_wanted():
    data = np.full(50, -1, np.float32)
    expected = run_random(data)[0]
    operator = find("LeakyReLU")
    attributes = operator.parse({"act_type": "rrelu"})
    eager.bind_and_run(operator, attributes, [data], [data, None], Request.WRITE, True)
    np.testing.assert_array_equal(data, expected)


@pytest.mark.parametrize("position", [0, 1])
def test_each_gradient_of_learnt_slopes_can_be_had_alone_and_added(position):
    stream = np.random.RandomState(0)
    head, data = stream.normal(size=(2, 4, 3, 2))
    gamma = np.array([0.1, 0.2, 0.3])
    below = data <= 0
    slopes = np.where(below, gamma.reshape(1, 3, 1), 1)
    expected = [head * slopes, (head * data * below).sum((0, 2))][position]
    outputs = [None, None]
    outputs[position] = np.ones_like(expected)
    operator = find("_backward_LeakyReLU")
    attributes = operator.parse({"act_type": "prelu"})
    inputs = [head, data, gamma]
    eager.bind_and_run(operator, attributes, inputs, outputs, Request.ADD, True)
    np.testing.assert_allclose(outputs[position], expected + 1)


def test_gradients_of_learnt_slopes_do_not_stall_in_half_precision():
    data = np.full((4096, 2), -1, np.float16)
    head, gamma = np.ones_like(data), np.zeros(2, np.float16)
    operator = find("_backward_LeakyReLU")
    outputs = [None, np.empty(2, np.float16)]
    attributes = operator.parse({"act_type": "prelu"})
    inputs = [head, data, gamma]
    eager.bind_and_run(operator, attributes, inputs, outputs, Request.WRITE, True)
    assert outputs[1].tolist() == [-4096, -4096]
