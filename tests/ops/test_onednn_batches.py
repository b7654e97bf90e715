"""Cores that share out the sequences of a batch compute what one of them does."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow_ops.kernels import backends
from dataflow_ops.rnn import GATES

onednn = pytest.importorskip("dataflow_ops.kernels.onednn")
if backends.missing("onednn"):
    pytest.skip("oneDNN is missing", allow_module_level=True)
batches = pytest.importorskip("dataflow_ops.kernels.onednn.batches")

STEPS, INPUTS, HIDDEN = 3, 5, 4


@pytest.fixture
def cores(monkeypatch):
    """Return what sets how many cores there seem to be."""
    monkeypatch.setattr(batches, "LEAST_ROWS", 1)

    def set_to(count: int) -> None:
        monkeypatch.setattr(batches, "threads", lambda flops: count)

    with onednn.taking_all():
        yield set_to


def run(
    mode: str, batch: int, request: str, *, is_train: bool = True, **attributes: object
) -> list[np.ndarray]:
    symbol = mx.sym.RNN(
        mx.sym.Variable("data"),
        mode=mode,
        state_size=HIDDEN,
        num_layers=2,
        name="rnn",
        **attributes,
    )
    executor = symbol.simple_bind(
        mx.cpu(), grad_req=request, data=(STEPS, batch, INPUTS)
    )
    draw = np.random.default_rng(0)
    for name in sorted(executor.arg_dict):
        array = executor.arg_dict[name]
        array[:] = draw.uniform(-0.5, 0.5, array.shape)
    for array in executor.grad_arrays:
        array[:] = 0.25
    for _ in range(2):
        executor.forward(is_train=is_train)
        if is_train:
            executor.backward([mx.nd.ones(x.shape) for x in executor.outputs])
    found = [*executor.outputs, *(executor.grad_arrays if is_train else ())]
    return [array.asnumpy() for array in found]


def assert_same(cores, count, *args, **kwargs):
    cores(count)
    found = run(*args, **kwargs)
    cores(1)
    for ours, whole in zip(found, run(*args, **kwargs), strict=True):
        np.testing.assert_allclose(ours, whole, rtol=0, atol=2e-6 * STEPS * 10)


@pytest.mark.parametrize("request_", ["write", "add"])
@pytest.mark.parametrize("mode", GATES)
def test_two_parts(cores, mode, request_):
    assert_same(cores, 2, mode, 5, request_, bidirectional=True, state_outputs=True)


def test_four_parts(cores):
    assert_same(cores, 4, "lstm", 7, "write")


def test_without_gradients(cores):
    assert_same(cores, 2, "gru", 4, "write", is_train=False)


def test_how_many_parts_there_are(monkeypatch):
    monkeypatch.setattr(batches, "threads", lambda flops: 4)
    assert batches.parts_of(8, 1e3, 1e9, None) == 1
    assert batches.parts_of(16, 1e3, 1e9, None) == 2
    assert batches.parts_of(1000, 1e3, 1e9, None) == 4
    assert batches.parts_of(32, 100 * batches.BYTES_PER_ROW, 1e9, None) == 1


def test_the_first_of_a_node_s_kernels_decides(monkeypatch):
    state: dict[object, object] = {}
    monkeypatch.setattr(batches, "threads", lambda flops: 2)
    assert batches.parts_of(64, 1e3, 1e9, state) == 2
    monkeypatch.setattr(batches, "threads", lambda flops: 1)
    assert batches.parts_of(64, 1e3, 1e9, state) == 2
