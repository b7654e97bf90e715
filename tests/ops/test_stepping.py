"""Every optimizer's step: in pieces, in any layout, in half and in mixed precision."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import shapes_of

COMMON = {"lr": 0.1, "wd": 0.01, "rescale_grad": 0.5, "clip_gradient": 0.3}
MOMENTUM = {**COMMON, "momentum": 0.9}
PHASE1 = {"wd": 0.01, "t": 3, "rescale_grad": 0.5}
# The second input is the gradient; states follow.
STEPS: dict[str, tuple[int, dict[str, Any]]] = {
    "sgd_update": (0, COMMON),
    "sgd_mom_update": (1, MOMENTUM),
    "nag_mom_update": (1, MOMENTUM),
    "signsgd_update": (0, COMMON),
    "signum_update": (1, {**MOMENTUM, "wd_lh": 0.1}),
    "adam_update": (2, COMMON),
    "rmsprop_update": (1, {**COMMON, "clip_weights": 2}),
    "rmspropalex_update": (3, {**COMMON, "epsilon": 10}),
    "ftrl_update": (2, {**COMMON, "lamda1": 0.5}),
    "ftml_update": (3, {"lr": 0.1, "t": 2, "wd": 0.01}),
    "_sparse_adagrad_update": (1, {"lr": 0.1}),
    "lamb_update_phase1": (2, PHASE1),
}
MIXED = {
    "mp_sgd_update": "sgd_update",
    "mp_sgd_mom_update": "sgd_mom_update",
    "mp_nag_mom_update": "nag_mom_update",
    "mp_lamb_update_phase1": "lamb_update_phase1",
}
# Larger than a piece; of any layout; empty.
SHAPES = [(3,), (70000,), (3, 50, 400), (0, 3), ()]


def arrays(name: str, shape: tuple[int, ...], dtype: str = "float32") -> list[Any]:
    """Draw weight, gradient and states, the last not below 0: some are squares."""
    stream = np.random.RandomState(0)
    states = STEPS[name][0]
    values = [stream.normal(size=shape) for _ in range(2)]
    values += [stream.uniform(0.1, 1, size=shape) for _ in range(states)]
    return [np.asarray(x).astype(dtype) for x in values]


def step(name: str, inputs: list[Any], settings: dict[str, Any], out: Any) -> Any:
    operator = find(name)
    parsed = operator.parse(settings)
    eager.bind_and_run(operator, parsed, inputs, [out], Request.WRITE, True)
    return out


def copies(inputs: list[Any]) -> list[Any]:
    return [x.copy() for x in inputs]


every_step = pytest.mark.parametrize("name", STEPS)


@every_step
@pytest.mark.parametrize("shape", SHAPES)
def test_steps_in_place_are_steps(name, shape):
    inputs = arrays(name, shape)
    apart, moved = copies(inputs), copies(inputs)
    expected = step(name, apart, STEPS[name][1], np.empty_like(inputs[0]))
    step(name, moved, STEPS[name][1], moved[0])
    np.testing.assert_array_equal(moved[0], expected)
    for one, other in zip(moved[2:], apart[2:], strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(apart[0], inputs[0])
    np.testing.assert_array_equal(apart[1], inputs[1])


@every_step
def test_pieces_are_like_the_whole(name):
    whole = arrays(name, (70000,))
    few = [x[-7:].copy() for x in whole]
    expected = step(name, few, STEPS[name][1], np.empty_like(few[0]))
    made = step(name, whole, STEPS[name][1], np.empty_like(whole[0]))
    np.testing.assert_allclose(made[-7:], expected, rtol=1e-6)


@every_step
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_arrays_need_not_be_contiguous(name, dtype):
    inputs = arrays(name, (6, 5), dtype)
    turned = [np.asfortranarray(x) for x in inputs]
    every_second = [np.repeat(x, 2, axis=0)[::2] for x in inputs]
    expected = step(name, inputs, STEPS[name][1], np.empty_like(inputs[0]))
    for others in (turned, every_second):
        made = step(name, others, STEPS[name][1], np.empty_like(others[0]))
        np.testing.assert_array_equal(made, expected)
        for one, other in zip(others[2:], inputs[2:], strict=True):
            np.testing.assert_array_equal(one, other)


@every_step
@pytest.mark.parametrize("shape", SHAPES)
def test_half_precision_is_computed_in_single_precision(name, shape):
    half = arrays(name, shape, "float16")
    single = [x.astype("float32") for x in half]
    expected = step(name, single, STEPS[name][1], np.empty_like(single[0]))
    made = step(name, half, STEPS[name][1], half[0])
    assert made.dtype == np.float16
    np.testing.assert_array_equal(made, expected.astype("float16"))
    for one, other in zip(half[2:], single[2:], strict=True):
        np.testing.assert_array_equal(one, other.astype("float16"))


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("narrow", ["float16", "float32"])
@pytest.mark.parametrize("shape", SHAPES)
def test_mixed_precision_steps_from_the_precise_weight(name, narrow, shape):
    plain = MIXED[name]
    settings = STEPS[plain][1]
    _, grad, *states = arrays(plain, shape)
    grad = grad.astype(narrow)
    weight32 = np.asarray(np.random.RandomState(1).normal(size=shape)).astype("f4")
    single = [weight32.copy(), grad.astype("f4"), *copies(states)]
    expected = step(plain, single, settings, np.empty_like(weight32))
    inputs = [weight32.astype(narrow), grad, *states, weight32]
    if name == "mp_lamb_update_phase1":
        made = step(name, inputs, settings, np.empty_like(weight32))
        assert made.dtype == np.float32
    else:
        made = step(name, inputs, settings, inputs[0])
        np.testing.assert_array_equal(weight32, expected)
    np.testing.assert_array_equal(made, expected.astype(made.dtype))
    for one, other in zip(states, single[2:], strict=True):
        np.testing.assert_array_equal(one, other)


@every_step
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_large_parameters_cost_no_temporaries_of_their_size(name, dtype):
    inputs = [np.ones((2000, 1500), dtype)] * 2
    inputs = copies([inputs[0]] * (2 + STEPS[name][0]))
    tracemalloc.start()
    try:
        step(name, inputs, STEPS[name][1], inputs[0])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < inputs[0].nbytes / 4


@every_step
def test_what_is_not_finite_stays_with_its_element(name):
    inputs = arrays(name, (5,))
    inputs[1][1:4] = np.nan, np.inf, -np.inf
    made = step(name, inputs, STEPS[name][1], np.empty_like(inputs[0]))
    assert np.isfinite(made[[0, 4]]).all()
    assert name == "signsgd_update" or np.isnan(made[1])


@every_step
def test_shapes_follow_from_any_array(name):
    count = 2 + STEPS[name][0]
    for known in range(count):
        given = [(0, 3) if i == known else None for i in range(count)]
        told = shapes_of(name, *given, outputs=[(2, 0)], **STEPS[name][1])
        assert told == ([(2, 3)] * count, [(2, 3)])
    with pytest.raises(ShapeError, match=r"\(2,\) against \(3,\)"):
        shapes_of(name, (2,), (3,), *[None] * (count - 2), **STEPS[name][1])


def dtypes_of(name: str, *codes: str | None) -> Any:
    operator = find(name)
    settings = STEPS[MIXED.get(name, name)][1]
    given = [None if code is None else np.dtype(code) for code in codes]
    return operator.dtypes(operator.parse(settings), given, [None])


@every_step
def test_types_agree(name):
    rest = [None] * STEPS[name][0]
    inputs, outputs = dtypes_of(name, "f2", None, *rest)
    assert {*inputs, *outputs} == {np.dtype("f2")}
    with pytest.raises(DTypeError, match="float32 against float64"):
        dtypes_of(name, "f4", "f8", *rest)
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        dtypes_of(name, "i4", "i4", *rest)


@pytest.mark.parametrize("name", MIXED)
def test_mixed_types_are_two(name):
    states = [None] * STEPS[MIXED[name]][0]
    inputs, (output,) = dtypes_of(name, "f2", None, *states, None)
    assert inputs == [*["f2"] * 2, *["f4"] * (len(states) + 1)]
    assert output == ("f4" if "lamb" in name else "f2")
    with pytest.raises(DTypeError, match="float16 against float32"):
        dtypes_of(name, "f2", "f4", *states, "f4")
    with pytest.raises(DTypeError, match="states in mixed precision are float32"):
        dtypes_of(name, "f2", "f2", *states, "f2")
