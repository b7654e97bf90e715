"""Optimizers that scale steps by past gradients: what golden values cannot show."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def step(name, inputs, out, **settings):
    operator = find(name)
    parsed = operator.parse(settings)
    eager.bind_and_run(operator, parsed, inputs, [out], Request.WRITE, True)
    return out


def single(*numbers):
    return np.array(numbers, np.float32)


# AdamW


@pytest.mark.parametrize("scale", [0, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["_adamw_update", "_mp_adamw_update"])
def test_worthless_gradients_move_nothing(name, scale):
    states = 3 if "mp" in name else 2
    inputs = [single(1, 2), single(3, 4), *[single(5, 6)] * states, single(scale)]
    made = step(name, inputs, np.zeros(2, "f4"), lr=0.1, eta=1, wd=0.1)
    assert made.tolist() == [1, 2]
    assert all(x.tolist() == [5, 6] for x in inputs[2:-1])


def test_the_scale_may_have_a_type_of_its_own():
    expected = apply(
        "_adamw_update",
        *[single(1, 2)] * 2,
        *np.zeros((2, 2), "f4"),
        single(3),
        lr=0.1,
        eta=0.5,
    )
    for dtype in ("float16", "float64"):
        made = apply(
            "_adamw_update",
            *[single(1, 2)] * 2,
            *np.zeros((2, 2), "f4"),
            single(3).astype(dtype),
            lr=0.1,
            eta=0.5,
        )
        np.testing.assert_array_equal(made, expected)
    operator = find("_adamw_update")
    given = [*[np.dtype("f4")] * 4, np.dtype("i4")]
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        eager.infer_dtypes(operator, operator.parse({"lr": 1, "eta": 1}), given)


@pytest.mark.parametrize("narrow", ["float16", "float32"])
def test_mixed_precision_steps_from_the_precise_weight(narrow):
    stream = np.random.RandomState(0)
    weight32, mean, var = stream.uniform(0.1, 1, (3, 40000)).astype("f4")
    grad = stream.normal(size=40000).astype(narrow)
    settings = {"lr": 0.1, "eta": 0.5, "wd": 0.1, "clip_gradient": 1}
    plain = [weight32.copy(), grad.astype("f4"), mean.copy(), var.copy(), single(0.5)]
    expected = step("_adamw_update", plain, np.empty_like(weight32), **settings)
    inputs = [weight32.astype(narrow), grad, mean, var, weight32, single(0.5)]
    made = step("_mp_adamw_update", inputs, inputs[0], **settings)
    np.testing.assert_array_equal(weight32, expected)
    np.testing.assert_array_equal(made, expected.astype(narrow))
    np.testing.assert_array_equal(mean, plain[2])
    np.testing.assert_array_equal(var, plain[3])


def test_adamw_shapes():
    told = shapes_of("_adamw_update", (0, 3), (2, 0), *[None] * 3, lr=1, eta=1)
    assert told == ([*[(2, 3)] * 4, (1,)], [(2, 3)])
    with pytest.raises(ShapeError, match=r"\(2,\) against \(1,\)"):
        shapes_of("_adamw_update", *[(3,)] * 4, (2,), lr=1, eta=1)


# The others


def test_weights_below_the_threshold_of_ftrl_are_zero():
    z = single(-0.5, 0.2, 0.5, -2)
    made = apply(
        "ftrl_update", single(1, 1, 1, 1), np.zeros(4, "f4"), z, z * z, lr=1, lamda1=0.5
    )
    np.testing.assert_allclose(made, [0, 0, 0, 1.5 / 3])


def test_without_a_gradient_half_precision_does_not_divide_by_zero():
    zeros = [np.zeros(3, "f2") for _ in range(3)]
    made = apply("adam_update", np.ones(3, "f2"), *zeros, lr=0.1)
    assert made.tolist() == [1, 1, 1]


def test_bounded_weights():
    weight, zeros = single(5, -5, 1), np.zeros(3, "f4")
    made = apply("rmsprop_update", weight, zeros, zeros, lr=0.1, clip_weights=2)
    assert made.tolist() == [2, -2, 1]


def test_names_of_bounds():
    with pytest.raises(AttributeValueError, match="did you mean 'clip_grad'"):
        find("ftml_update").parse({"lr": 1, "t": 1, "clip_gradients": 1})


def test_wrong_attributes_are_refused():
    with pytest.raises(AttributeValueError, match="'t' cannot be 0: expected an"):
        find("ftml_update").parse({"lr": 1, "t": 0})
    with pytest.raises(AttributeValueError, match="this optimizer has no weight decay"):
        find("_sparse_adagrad_update").parse({"lr": 1, "wd": 0.1})
    with pytest.raises(AttributeValueError, match="required attribute 'eta'"):
        find("_adamw_update").parse({"lr": 1})


# One number for each row


@pytest.mark.parametrize("shape", [(3, 4), (700, 100), (3, 5, 2), (4,), (0, 3)])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_rows_share_their_history(shape, dtype):
    stream = np.random.RandomState(0)
    weight, grad = stream.normal(size=(2, *shape)).astype(dtype)
    history = np.zeros((shape[0], 1), dtype)
    g = np.clip(2 * grad.astype("f8"), -1, 1)
    total = np.array([(row * row).mean() for row in g])
    divisor = np.sqrt(total + 1e-5).reshape(-1, *[1] * (len(shape) - 1))
    expected = weight - 0.1 * g / divisor
    settings = {"lr": 0.1, "rescale_grad": 2, "clip_gradient": 1}
    inputs = [weight, grad, history]
    made = step("_contrib_group_adagrad_update", inputs, weight, **settings)
    tolerance = {"float16": 4e-3, "float32": 1e-5, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(made, expected, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(history[:, 0], total, rtol=tolerance)


def test_rows_and_history_fit():
    name, settings = "_contrib_group_adagrad_update", {"lr": 1}
    told = shapes_of(name, None, (0, 3), None, outputs=[(2, 0)], **settings)
    assert told == ([(2, 3), (2, 3), (2, 1)], [(2, 3)])
    told = shapes_of(name, (2, 3), None, (0,), **settings)
    assert told == ([(2, 3), (2, 3), (2,)], [(2, 3)])
    with pytest.raises(ShapeError, match="one number for each row, not"):
        shapes_of(name, (2, 3), (2, 3), (2, 3), **settings)
    with pytest.raises(ShapeError, match=r"\(3, 1\) against \(2, 1\)"):
        shapes_of(name, (2, 3), (2, 3), (3, 1), **settings)
    with pytest.raises(ShapeError, match="weight should have at least one dimension"):
        shapes_of(name, (), None, None, **settings)
