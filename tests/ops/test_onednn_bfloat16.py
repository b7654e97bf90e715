"""Products in bfloat16: only where asked for, and as exact as 8 bits are."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow_ops
from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels import backends, fpmath
from dataflow_ops.kernels.onednn import entry, missing, primitives
from dataflow_ops.kernels.onednn.memory import ordered
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.kernels.onednn.steps import ACTIVATIONS
from dataflow_ops.kernels.table import Invocation, Request, lookup
from dataflow_ops.registry import find
from dataflow_ops.rnn import parameter_count
from tests.ops import eager

assert dataflow_ops  # registers the operators

if missing() is not None:
    pytest.skip(str(missing()), allow_module_level=True)

has_bfloat16 = primitives.has_bfloat16()
ROUNDING = 2.0**-8  # relative; each factor is off by half of it at most


def random(*shape):
    return np.random.default_rng(sum(shape)).uniform(-1, 1, shape).astype(np.float32)


@pytest.fixture(autouse=True)
def only_onednn(monkeypatch):
    monkeypatch.setattr(backends, "available", lambda: ("onednn", "reference"))
    monkeypatch.setattr(fpmath, "_chosen", None)
    monkeypatch.setattr(fpmath, "_initial", fpmath._initial.__wrapped__)
    monkeypatch.delenv("DATAFLOW_FPMATH", raising=False)


def results(mode, name, inputs, attributes):
    """Return outputs and gradients as they are bound in a mode."""
    operator = find(name)
    parsed = operator.parse(attributes)
    with fpmath.noted(mode), entry.taking_all():
        outputs = eager.run(operator, parsed, inputs)
        heads = [random(*x.shape) for x in outputs]
        call = eager.EagerCall(operator, parsed, list(inputs), outputs, heads)
        return [*outputs, *eager.gradients(call)]


CALLS = {
    "layer": (
        "FullyConnected",
        [(64, 100), (48, 100), (48,)],
        {"num_hidden": 48},
    ),
    "dot": ("dot", [(100, 64), (100, 48)], {"transpose_a": True}),
    "batch_dot": ("batch_dot", [(3, 40, 32), (3, 32, 24)], {}),
    "blocks": (
        "Convolution",
        [(2, 16, 9, 10), (32, 16, 3, 3), (32,)],
        {"kernel": (3, 3), "pad": (1, 1), "num_filter": 32},
    ),
    "channels last": (
        "Convolution",
        [(2, 12, 9, 10), (20, 12, 3, 2), (20,)],
        {"kernel": (3, 2), "dilate": (2, 1), "num_filter": 20},
    ),
    "groups": (
        "Convolution",
        [(2, 32, 9, 10), (32, 16, 3, 3), (32,)],
        {"kernel": (3, 3), "num_group": 2, "stride": (2, 1), "num_filter": 32},
    ),
    "each channel": (
        "Convolution",
        [(2, 16, 9, 10), (16, 1, 3, 3), (16,)],
        {"kernel": (3, 3), "num_group": 16, "num_filter": 16},
    ),
    "volumes": (
        "Convolution",
        [(2, 16, 5, 6, 7), (16, 16, 3, 2, 1), (16,)],
        {"kernel": (3, 2, 1), "num_filter": 16},
    ),
    "back": (
        "Deconvolution",
        [(2, 16, 7, 8), (16, 32, 4, 4)],
        {"kernel": (4, 4), "stride": (2, 2), "pad": (1, 1), "num_filter": 32},
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_results_are_off_by_the_rounding_of_factors(name):
    operator, shapes, attributes = CALLS[name]
    inputs = [random(*shape) for shape in shapes]
    exact = results("strict", operator, inputs, attributes)
    rounded = results("bf16", operator, inputs, attributes)
    for one, other in zip(exact, rounded, strict=True):
        # Errors of n products add up like their root; so do random products.
        typical = float(np.sqrt(np.mean(np.square(one, dtype=np.float64))))
        assert np.abs(one - other).max() <= 6 * ROUNDING * typical
    is_rounded = not np.array_equal(exact[0], rounded[0])
    assert is_rounded == has_bfloat16


@pytest.mark.parametrize("name", CALLS)
def test_strict_results_stay_what_they_were_bit_for_bit(name):
    operator, shapes, attributes = CALLS[name]
    inputs = [random(*shape) for shape in shapes]
    before = results("strict", operator, inputs, attributes)
    results("bf16", operator, inputs, attributes)
    after = results("strict", operator, inputs, attributes)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn_tanh", "rnn_relu"])
def test_recurrent_layers_are_off_by_the_rounding_of_factors(kind, both_ways):
    strict, rounded = (recurrent(mode, mode, kind, both_ways) for mode in fpmath.MODES)
    assert np.array_equal(strict[0], rounded[0]) != has_bfloat16
    if kind == "rnn_relu":  # rounding may bring a sum below 0, and the gradient to 0
        strict, rounded = strict[:2], rounded[:2]
    for one, other in zip(strict, rounded, strict=True):
        scale = float(np.abs(one).max())
        assert np.abs(one - other).max() <= 8 * ROUNDING * scale


def test_the_gradient_of_recurrent_layers_goes_back_as_they_came():
    expected = recurrent("bf16", "bf16", "lstm", False)
    made = recurrent("bf16", "strict", "lstm", False)
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def recurrent(forward, backward, kind, both_ways):
    """Return outputs and gradients of a network; each way has a mode of its own."""
    attributes = find("RNN").parse(
        {
            **{"mode": kind, "state_size": 24, "num_layers": 2},
            **{"bidirectional": both_ways, "state_outputs": True},
        }
    )
    state = random(4 if both_ways else 2, 8, 24)
    inputs = [random(5, 8, 16), random(parameter_count(attributes, 16)) / 4, state]
    if kind == "lstm":
        inputs.append(state / 2)
    shared = {}
    shapes = eager.infer(find("RNN"), attributes, [x.shape for x in inputs])[1]
    outputs = [np.empty(shape, np.float32) for shape in shapes]
    bind_alone(forward, "RNN", attributes, inputs, outputs, shared)
    heads = [random(*x.shape) for x in outputs[:-1]]
    gradients = [np.empty_like(x) for x in inputs]
    given = [*heads, *inputs, outputs[-1]]
    bind_alone(backward, "_backward_RNN", attributes, given, gradients, shared)
    return [*outputs[:-1], *gradients]


def bind_alone(mode, name, attributes, inputs, outputs, state):
    """Bind a kernel in a mode, and run it."""
    call = Invocation(
        *(np, attributes, tuple(inputs), tuple(outputs)),
        (Request.WRITE,) * len(outputs),
        shapes=tuple(x.shape for x in outputs),
        state=state,
    )
    with fpmath.noted(mode), entry.taking_all():
        lookup("onednn", name).bind(call)()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_stays_so(value):
    left, right = random(32, 64), np.abs(random(64, 32)) + 0.5
    left[3, 5] = value
    (strict, *_), (rounded, *_) = (
        results(mode, "dot", [left, right], {}) for mode in fpmath.MODES
    )
    np.testing.assert_array_equal(np.isnan(strict), np.isnan(rounded))
    np.testing.assert_array_equal(np.isinf(strict), np.isinf(rounded))


def test_steps_behind_a_product_are_computed_in_single_precision():
    layout = ordered((64, 64))
    with fpmath.noted("bf16"):
        product = Primitive(
            "matmul", layout, layout, None, layout, threads=1, steps=ACTIVATIONS["relu"]
        )
    assert product.implementation.endswith("bf16") == has_bfloat16
    assert product.layout(17) == layout


def test_without_the_cpu_s_instructions_products_stay_in_single_precision(monkeypatch):
    monkeypatch.setattr(primitives, "has_bfloat16", lambda: False)
    layout = ordered((64, 72))
    other = ordered((72, 80))
    with fpmath.noted("bf16"):
        product = Primitive("matmul", layout, other, None, ordered((64, 80)), threads=1)
    assert product.layout(1) == layout


def test_what_oneDNN_has_no_fast_code_for_stays_in_single_precision(monkeypatch):
    monkeypatch.setattr(primitives, "_SLOW", ("brg:avx512_core_bf16", "brg:avx10"))
    layout = ordered((64, 64))
    with fpmath.noted("bf16"):
        product = Primitive("matmul", layout, layout, None, layout, threads=1)
    if has_bfloat16:
        assert product.layout(1) == layout


# The mode


def test_the_mode_is_strict_unless_the_environment_says_otherwise(monkeypatch):
    assert fpmath.mode() == "strict"
    monkeypatch.setenv("DATAFLOW_FPMATH", "bf16")
    assert fpmath.mode() == "bf16"
    monkeypatch.setenv("DATAFLOW_FPMATH", "half")
    with pytest.raises(DeclarationError, match="DATAFLOW_FPMATH is 'half'; use one of"):
        fpmath.mode()


def test_what_was_noted_goes_before_what_is_chosen_now():
    assert fpmath.choose("bf16") == "strict"
    with fpmath.noted("strict"):
        assert fpmath.mode() == "strict"
        with fpmath.noted("bf16"):
            assert fpmath.mode() == "bf16"
        assert fpmath.mode() == "strict"
    assert fpmath.choose("strict") == "bf16"
