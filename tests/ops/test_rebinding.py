"""Bound steps of optimizers take other numbers as if they had been bound with them."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.kernels import backends
from dataflow_ops.kernels.table import (
    Invocation,
    Request,
    Specification,
    bind_quietly,
    lookup,
    rebound,
)
from dataflow_ops.registry import find

HERE = [n for n in ("reference", "numba") if backends.missing(n) is None]
FIRST = {"lr": 0.1, "wd": 0.01, "rescale_grad": 0.5}
THEN = {"lr": 0.3, "wd": 0.0, "rescale_grad": 2.0, "clip_gradient": 0.4}


def many(settings, count=2):
    """Give several weights rates of their own."""
    rest = {k: v for k, v in settings.items() if k not in ("lr", "wd")}
    lrs = [settings["lr"] * (1 + number) for number in range(count)]
    return rest | {"lrs": lrs, "wds": [settings["wd"]] * count, "num_weights": count}


CASES = [
    ("sgd_update", 2, 1, lambda s: s),
    ("sgd_mom_update", 3, 1, lambda s: s | {"momentum": 0.9}),
    ("nag_mom_update", 3, 1, lambda s: s | {"momentum": 0.9}),
    ("adam_update", 4, 1, lambda s: s),
    ("multi_sgd_update", 4, 2, many),
    ("multi_sgd_mom_update", 6, 2, lambda s: many(s) | {"momentum": 0.9}),
]


@pytest.mark.parametrize("size", [6, 40_000])
@pytest.mark.parametrize("backend", HERE)
@pytest.mark.parametrize(("name", "inputs", "outputs", "settings"), CASES)
def test_rebinding_is_binding(name, inputs, outputs, settings, backend, size):
    operator, kernel = find(name), lookup(backend, name)
    if kernel is None:
        assert backend == "numba"
        return

    def bound(given):
        random = np.random.default_rng(5)
        arrays = [random.random(size, np.float32) for _ in range(inputs)]
        made = tuple(arrays[:: inputs // outputs])
        attributes = operator.parse(settings(given))
        kinds = [Specification(x.shape, x.dtype) for x in arrays]
        nbytes = kernel.workspace(attributes, kinds, kinds[:outputs])
        thunk = bind_quietly(
            kernel,
            Invocation(
                np,
                attributes,
                tuple(arrays),
                made,
                (Request.WRITE,) * outputs,
                workspace=np.empty(nbytes, np.uint8),
                shapes=tuple(x.shape for x in made),
            ),
        )
        return thunk, arrays

    wanted, expected = bound(THEN)
    wanted()
    first, arrays = bound(FIRST)
    again = rebound(first, operator.parse(settings(THEN)))
    again()
    for array, value in zip(arrays, expected, strict=True):
        np.testing.assert_array_equal(array, value)
    first()  # keeps its own numbers
    last, both = bound(FIRST)
    for array, value in zip(both, expected, strict=True):
        array[...] = value
    last()
    for array, value in zip(arrays, both, strict=True):
        np.testing.assert_array_equal(array, value)


def test_what_cannot_be_rebound():
    operator, kernel = find("exp"), lookup("reference", "exp")
    data = np.ones(3, np.float32)
    call = Invocation(np, operator.parse({}), (data,), (data,), (Request.WRITE,))
    assert rebound(bind_quietly(kernel, call), operator.parse({})) is None
    assert rebound(None, operator.parse({})) is None
