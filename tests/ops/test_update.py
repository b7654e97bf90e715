"""Gradient descent: its formulas and its errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager

SETTINGS = {"lr": 0.1, "wd": 0.01, "rescale_grad": 0.5, "clip_gradient": 0.3}


def arrays(name: str, shape: tuple[int, ...], dtype: str) -> list[np.ndarray]:
    count = 3 if name == "sgd_mom_update" else 2
    return list(np.random.RandomState(0).normal(size=(count, *shape)).astype(dtype))


def step_in_place(name: str, inputs: list[np.ndarray], **settings) -> None:
    operator = find(name)
    attributes = operator.parse(settings)
    eager.bind_and_run(operator, attributes, inputs, inputs[:1], Request.WRITE, True)


@pytest.mark.parametrize("shape", [(3,), (70000,), (3, 50, 400)])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float64", 1e-12), ("float16", 5e-3)]
)
def test_descent(shape, dtype, tolerance):
    weight, grad = arrays("sgd_update", shape, dtype)
    step = np.clip(0.5 * grad, -0.3, 0.3) + 0.01 * weight
    expected = weight - 0.1 * step
    step_in_place("sgd_update", [weight, grad], **SETTINGS)
    assert weight.dtype == dtype
    np.testing.assert_allclose(weight, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("shape", [(3,), (70000,), (3, 50, 400)])
def test_descent_with_momentum(shape):
    weight, grad, mom = arrays("sgd_mom_update", shape, "float64")
    step = np.clip(0.5 * grad, -0.3, 0.3) + 0.01 * weight
    moved = 0.9 * mom - 0.1 * step
    expected = weight + moved
    step_in_place("sgd_mom_update", [weight, grad, mom], momentum=0.9, **SETTINGS)
    np.testing.assert_allclose(weight, expected)
    np.testing.assert_allclose(mom, moved)


def test_what_does_not_fit_is_refused():
    operator = find("sgd_update")
    with pytest.raises(AttributeValueError, match="required attribute 'lr'"):
        operator.parse({})
    with pytest.raises(AttributeValueError, match="did you mean 'clip_gradient'"):
        operator.parse({"lr": 1, "clip_gradients": 1})
    with pytest.raises(DTypeError, match="float32 against float64"):
        eager.infer_dtypes(
            operator, operator.parse({"lr": 1}), [np.dtype("f4"), np.dtype("f8")]
        )
