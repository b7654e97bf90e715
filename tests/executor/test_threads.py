"""One executor used by several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import dataflow as mx


def test_values_of_one_forward_are_never_mixed_with_another_threads():
    difference = mx.sym.Variable("a") - mx.sym.Variable("b")
    executor = difference.simple_bind(mx.cpu(), a=(64,), b=(64,), grad_req="null")

    def run(number: int) -> list[float]:
        values = [np.full(64, number * 1000 + i) for i in range(200)]
        found = []
        for value in values:
            output = executor.forward(a=value, b=value)[0]
            found.append(float(np.abs(output.asnumpy()).max()))
        return found

    with ThreadPoolExecutor(3) as threads:
        for found in threads.map(run, range(3), timeout=60):
            assert set(found) == {0.0}


def test_head_gradients_stay_with_their_backward():
    doubled = mx.sym.Variable("a") * 2
    executor = doubled.simple_bind(mx.cpu(), a=(8,))
    executor.forward(is_train=True, a=np.ones(8))

    def run(number: int) -> None:
        for _ in range(100):
            executor.backward(mx.nd.full((8,), number))

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, (1, 5), timeout=60))
    assert executor.grad_dict["a"].asnumpy().tolist() in ([2] * 8, [10] * 8)


def test_arrays_of_another_engine_are_refused():
    array = mx.nd.ones(3)
    with (
        mx.engine.use(mx.engine.create("naive")),
        pytest.raises(mx.MXNetError, match="another engine"),
    ):
        array + 1
    assert (array + 1).asnumpy().tolist() == [2, 2, 2]
