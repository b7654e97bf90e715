"""Random numbers: distribution, determinism, types."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError
from dataflow_ops.kernels.table import Invocation, Request, lookup, quiet
from dataflow_ops.registry import find
from tests.ops.eager import apply, shapes_of

NAMES = ["_random_uniform", "_random_normal"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_uniform_numbers_fill_their_range(dtype):
    numbers = apply("uniform", low=-1, high=3, shape=(200, 200), dtype=dtype)
    assert numbers.dtype == dtype
    assert -1 <= numbers.min() < -0.98
    assert 2.98 < numbers.max() <= 3
    assert abs(numbers.astype("f8").mean() - 1) < 0.03
    assert abs(numbers.astype("f8").var() - 16 / 12) < 0.03


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_normal_numbers_have_their_mean_and_deviation(dtype):
    numbers = apply("normal", loc=3, scale=0.5, shape=(200, 200), dtype=dtype)
    assert numbers.dtype == dtype
    assert abs(numbers.astype("f8").mean() - 3) < 0.01
    assert abs(numbers.astype("f8").std() - 0.5) < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_alone_decides(name):
    first, again, other = (apply(name, shape=(50,), seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert first.dtype == np.float32


@pytest.mark.parametrize("name", NAMES)
def test_each_run_draws_new_numbers_from_the_present_generator(name):
    source = SimpleNamespace(generator=np.random.default_rng(0))
    output = np.empty(20, np.float32)
    thunk = lookup("reference", name).bind(
        Invocation(
            np,
            find(name).parse({"shape": 20}),
            (),
            (output,),
            (Request.WRITE,),
            random=source,
        )
    )
    runs = []
    for seed in (0, None, 0):
        if seed is not None:
            source.generator = np.random.default_rng(seed)
        quiet(thunk)()
        runs.append(output.copy())
    assert (runs[0] != runs[1]).any()
    np.testing.assert_array_equal(runs[0], runs[2])


@pytest.mark.parametrize("name", NAMES)
def test_drawn_numbers_can_be_added(name):
    output = np.full(100, 1000, np.float32)
    thunk = lookup("reference", name).bind(
        Invocation(
            np,
            find(name).parse({"shape": 100}),
            (),
            (output,),
            (Request.ADD,),
            random=SimpleNamespace(generator=np.random.default_rng(0)),
        )
    )
    quiet(thunk)()
    assert 990 < output.min() < output.max() < 1010


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("_random_uniform", {"low": 2, "high": 1, "shape": 3}),
        ("_random_normal", {"scale": 0, "shape": 3}),
        ("_random_normal", {"scale": -1, "shape": 3}),
        ("_random_uniform", {"dtype": "int32", "shape": 3}),
    ],
)
def test_wrong_attributes_are_refused(name, given):
    with pytest.raises(AttributeValueError):
        shapes_of(name, **given)
