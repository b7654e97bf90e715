"""Activation: types, saturation and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops.eager import apply, bind_and_run, infer_dtypes, run

NAMES = ("relu", "sigmoid", "softrelu", "softsign", "tanh")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_saturation_stays_finite_in_every_type(name, dtype):
    x = np.array([-6e4, -800, -90, -12, 0, 12, 90, 800, 6e4], dtype)
    y = apply("Activation", x, act_type=name)
    assert y.dtype == dtype
    assert np.isfinite(y).all()
    needed = x if name == "softsign" else y
    slope = apply("_backward_Activation", np.ones_like(x), needed, act_type=name)
    assert slope.dtype == dtype
    assert ((slope >= 0) & (slope <= 1)).all()


def test_small_sigmoids_keep_their_digits():
    y = apply("Activation", np.array([-60, -20], np.float32), act_type="sigmoid")
    np.testing.assert_allclose(y, [np.exp(-60), np.exp(-20)], rtol=1e-5)


def test_small_softrelus_keep_their_digits():
    y = apply("Activation", np.array([-60, -20], np.float32), act_type="softrelu")
    np.testing.assert_allclose(y, [np.exp(-60), np.exp(-20)], rtol=1e-5)


def test_an_unknown_function_is_refused():
    with pytest.raises(AttributeValueError, match="'act_type' cannot be 'gelu'"):
        find("Activation").parse({"act_type": "gelu"})


def test_integers_are_refused():
    activation = find("Activation")
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        infer_dtypes(
            activation, activation.parse({"act_type": "tanh"}), [np.dtype("int32")]
        )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("position", [0, 1])
def test_gradients_may_be_written_over_their_operands(name, position):
    backward = find("_backward_Activation")
    attributes = backward.parse({"act_type": name})
    inputs = list(np.random.RandomState(0).uniform(-1, 1, (2, 50)))
    (expected,) = run(backward, attributes, inputs)
    bind_and_run(backward, attributes, inputs, [inputs[position]], Request.WRITE, True)
    np.testing.assert_array_equal(inputs[position], expected)
