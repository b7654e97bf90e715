"""LAMB: the trust ratio, mixed precision, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


def single(*numbers):
    return np.array(numbers, np.float32)


@pytest.mark.parametrize(
    ("norms", "bounds", "ratio"),
    [
        ((6, 2), {}, 3),
        ((0, 2), {}, 1),
        ((6, 0), {}, 1),
        ((6, 2), {"lower_bound": 8}, 4),
        ((6, 2), {"upper_bound": 4}, 2),
        ((6, 2), {"lower_bound": 0, "upper_bound": 10}, 3),
        ((6, 2), {"upper_bound": 0}, 1),
        ((0, 2), {"lower_bound": 1}, 0.5),
    ],
)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_steps_are_as_long_as_the_norms_say(norms, bounds, ratio, dtype):
    weight, g = np.array([[1, 2, 3], [4, -8, 16]], dtype)
    r1, r2 = np.array(norms, dtype)[:, None]
    made = apply("lamb_update_phase2", weight, g, r1, r2, lr=0.25, **bounds)
    assert made.dtype == dtype
    assert made.tolist() == (weight - 0.25 * ratio * g).tolist()


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_precise_weight_steps_too(dtype):
    weight32, g = single(1, 2, 3), single(4, -8, 16)
    operator = find("mp_lamb_update_phase2")
    out = np.zeros(3, dtype)
    inputs = [np.full(3, 7, dtype), g, single(6), single(2), weight32]
    parsed = operator.parse({"lr": 0.25})
    eager.bind_and_run(operator, parsed, inputs, [out], Request.WRITE, True)
    assert out.tolist() == weight32.tolist() == [-2, 8, -9]


def test_the_first_step_goes_the_whole_way():
    """Undoing that the averages began as 0 leaves a step of 1."""
    zeros = np.zeros((2, 3), "f4")
    made = apply(
        "lamb_update_phase1", single(0, 0, 0), single(5, -2, 0), *zeros, t=1, wd=0
    )
    np.testing.assert_allclose(made, [1, -1, 0], atol=1e-5)


def test_shapes():
    told = shapes_of("lamb_update_phase2", (0, 3), (2, 0), None, None, lr=1)
    assert told == ([(2, 3), (2, 3), (1,), (1,)], [(2, 3)])
    told = shapes_of("mp_lamb_update_phase2", *[None] * 4, (2, 3), lr=1)
    assert told == ([(2, 3), (2, 3), (1,), (1,), (2, 3)], [(2, 3)])


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"\(2,\) against \(1,\)"):
        shapes_of("lamb_update_phase2", (3,), (3,), (2,), (1,), lr=1)
    with pytest.raises(AttributeValueError, match="'t' cannot be 0"):
        find("lamb_update_phase1").parse({"t": 0, "wd": 0})
    with pytest.raises(AttributeValueError, match="required attribute 'wd'"):
        find("lamb_update_phase1").parse({"t": 1})
    operator = find("mp_lamb_update_phase2")
    given = [np.dtype("f2"), np.dtype("f2"), *[None] * 3]
    with pytest.raises(DTypeError, match="states in mixed precision are float32"):
        operator.dtypes(operator.parse({"lr": 1}), given, [None])
