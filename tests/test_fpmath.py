"""`fpmath_mode`: what is bound keeps the arithmetic of its binding."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels import backends, fpmath

SHAPE = (128, 96)  # enough for oneDNN to be asked
can_round = False
if backends.missing("onednn") is None:
    from dataflow_ops.kernels.onednn.library import has_bfloat16

    can_round = has_bfloat16()


@pytest.fixture(autouse=True)
def strict_at_first(monkeypatch):
    monkeypatch.setattr(fpmath, "_chosen", None)
    monkeypatch.setattr(fpmath, "_initial", fpmath._initial.__wrapped__)
    monkeypatch.delenv("DATAFLOW_FPMATH", raising=False)


def bound():
    layer = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=80, name="layer")
    executor = layer.simple_bind(mx.cpu(), x=SHAPE)
    draw = np.random.default_rng(0)
    for array in executor.arg_arrays:
        array[:] = draw.uniform(-1, 1, array.shape)
    return executor


def computed(executor):
    """Return output and gradients of a step."""
    executor.forward(is_train=True)
    executor.backward([mx.nd.ones(executor.outputs[0].shape)])
    arrays = [*executor.outputs, *executor.grad_arrays]
    return [array.asnumpy() for array in arrays]


def agree(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_an_executor_keeps_the_mode_of_its_binding():
    strict = bound()
    with mx.fpmath_mode("bf16"):
        rounded = bound()
        expected = computed(strict)
    for executor, mode in ((strict, "strict"), (rounded, "bf16")):
        report = executor.plan_report()
        assert report.arithmetic == mode
        assert f"arithmetic: {mode}" in str(report)
    assert agree(expected, computed(strict))
    assert agree(expected, computed(bound()))
    made = computed(rounded)
    assert agree(expected, made) != can_round
    for one, other in zip(expected, made, strict=True):
        scale = np.abs(one).max()
        np.testing.assert_allclose(other, one, rtol=0, atol=scale * 2**-8)


def test_a_reshaped_executor_computes_like_the_one_it_comes_from():
    with mx.fpmath_mode("bf16"):
        executor = bound()
    other = executor.reshape(x=(32, SHAPE[1]), partial_shaping=True)
    assert other.plan_report().arithmetic == "bf16"


def test_the_mode_holds_from_the_call_on_and_ends_with_a_block():
    mx.fpmath_mode("bf16")
    assert bound().plan_report().arithmetic == "bf16"
    block = mx.fpmath_mode("strict")
    for _ in range(2):
        with block:
            assert bound().plan_report().arithmetic == "strict"
        assert bound().plan_report().arithmetic == "bf16"


def test_the_environment_says_what_holds_at_first(monkeypatch):
    monkeypatch.setenv("DATAFLOW_FPMATH", "bf16")
    assert bound().plan_report().arithmetic == "bf16"
    with mx.fpmath_mode("strict"):
        assert bound().plan_report().arithmetic == "strict"
    assert bound().plan_report().arithmetic == "bf16"


def test_calls_on_arrays_are_computed_in_the_mode_of_their_moment():
    draw = np.random.default_rng(0)
    left, right = (mx.nd.array(draw.uniform(-1, 1, (128, 128))) for _ in range(2))
    strict = mx.nd.dot(left, right).asnumpy()
    with mx.fpmath_mode("bf16"):
        rounded = mx.nd.dot(left, right).asnumpy()
    assert np.array_equal(strict, rounded) != can_round
    assert np.array_equal(strict, mx.nd.dot(left, right).asnumpy())


def test_there_are_no_other_modes():
    with pytest.raises(mx.MXNetError, match="'half'; use one of strict, bf16"):
        mx.fpmath_mode("half")
    assert bound().plan_report().arithmetic == "strict"
