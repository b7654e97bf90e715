"""Optimizers' steps as compiled loops, as they are used: over the weight itself."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow_ops
from dataflow_ops.kernels import numba
from dataflow_ops.kernels.numba import update
from dataflow_ops.kernels.table import Invocation, Request, Specification, lookup
from dataflow_ops.registry import find

assert dataflow_ops  # registers the operators
pytestmark = pytest.mark.skipif(
    numba.missing() is not None, reason="Numba is not installed"
)

ONE = {"lr": 0.1, "wd": 0.01, "rescale_grad": 0.5}
MANY = {"lrs": (0.1, 0.2), "wds": (0.01, 0), "rescale_grad": 0.5, "num_weights": 2}
CASES = {
    "sgd_update": (2, 1, ONE),
    "sgd_mom_update": (3, 1, {**ONE, "momentum": 0.9, "clip_gradient": 0.3}),
    "adam_update": (4, 1, {**ONE, "clip_gradient": 0.3}),
    "multi_sgd_update": (2, 2, MANY),
    "multi_sgd_mom_update": (3, 2, {**MANY, "momentum": 0.9}),
}


def arrays(width, count, dtype, shape=(6, 50)):
    rng = np.random.default_rng(5)
    return [rng.uniform(0.1, 1, shape).astype(dtype) for _ in range(width * count)]


def step(backend, name, inputs, request=Request.WRITE):
    """Step three times over the weights; the states are among the inputs."""
    width, count, attributes = CASES[name]
    operator = find(name)
    parameters = operator.parse(attributes)
    kernel = lookup(backend, name)
    kinds = [Specification(x.shape, x.dtype) for x in inputs]
    nbytes = kernel.workspace(parameters, kinds, kinds[::width])
    outputs = tuple(inputs[::width])
    call = Invocation(
        np,
        parameters,
        tuple(inputs),
        outputs,
        (request,) * count,
        workspace=np.empty(nbytes, np.uint8),
    )
    thunk = kernel.bind(call)
    for _ in range(3):
        thunk()


@pytest.mark.parametrize("split", [1 << 18, 1])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_weights_and_states_agree_with_the_reference(name, dtype, split, monkeypatch):
    monkeypatch.setattr(update, "_SPLIT", split)
    mine = arrays(*CASES[name][:2], dtype)
    theirs = [x.copy() for x in mine]
    step("numba", name, mine)
    step("reference", name, theirs)
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_arrays_that_lie_apart_are_left_to_the_reference():
    whole = arrays(3, 1, "float32", (6, 100))
    mine, theirs = ([x.copy()[:, ::2] for x in whole] for _ in range(2))
    step("numba", "sgd_mom_update", mine)
    step("reference", "sgd_mom_update", theirs)
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_small_weights_are_left_to_the_reference():
    kernel = lookup("numba", "sgd_update")
    attributes = find("sgd_update").parse(ONE)
    for count, taken in ((8, False), (update.LEAST, True)):
        kinds = [Specification((count,), np.dtype(np.float32))] * 2
        assert kernel.takes(attributes, kinds, kinds[:1]) == taken
    halves = [Specification((1 << 20,), np.dtype(np.float16))] * 2
    assert not kernel.takes(attributes, halves, halves[:1])
