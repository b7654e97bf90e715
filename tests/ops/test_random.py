"""Random numbers: distribution, determinism, types."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from dataflow_ops.errors import AttributeValueError, DTypeError
from dataflow_ops.kernels.table import Invocation, Request, lookup, quiet
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

NAMES = [
    "_random_uniform",
    "_random_normal",
    "_random_gamma",
    "_random_exponential",
    "_random_poisson",
    "_random_generalized_negative_binomial",
]


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


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("uniform", {"low": -2, "high": 3}, stats.uniform(-2, 5)),
        ("normal", {"loc": 2, "scale": 3}, stats.norm(2, 3)),
        ("gamma", {"alpha": 2.5, "beta": 3}, stats.gamma(2.5, scale=3)),
        ("gamma", {"alpha": 0.3}, stats.gamma(0.3)),
        ("exponential", {"lam": 4}, stats.expon(scale=1 / 4)),
    ],
)
def test_numbers_follow_their_density(name, given, expected, dtype):
    numbers = apply(f"random_{name}", shape=(100, 200), dtype=dtype, **given)
    assert numbers.dtype == dtype
    assert stats.kstest(numbers.ravel(), expected.cdf).pvalue > 0.01


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("poisson", {"lam": 3}, stats.poisson(3)),
        ("poisson", {"lam": 30}, stats.poisson(30)),
        ("negative_binomial", {"k": 3, "p": 0.4}, stats.nbinom(3, 0.4)),
        (
            "generalized_negative_binomial",
            {"mu": 4, "alpha": 0.5},
            stats.nbinom(2, 1 / 3),
        ),
        ("generalized_negative_binomial", {"mu": 4, "alpha": 0}, stats.poisson(4)),
    ],
)
def test_counts_follow_their_probabilities(name, given, expected, dtype):
    numbers = apply(f"random_{name}", shape=20000, dtype=dtype, **given)
    assert numbers.dtype == dtype
    last = int(expected.ppf(0.999))  # all beyond it are counted together
    seen = np.bincount(numbers.astype(int).clip(max=last), minlength=last + 1)
    chances = expected.pmf(np.arange(last + 1))
    chances[-1] = 1 - chances[:-1].sum()
    often = chances > 5e-4
    seen, chances = seen[often], chances[often]
    wanted = chances / chances.sum() * seen.sum()
    assert stats.chisquare(seen, wanted).pvalue > 0.01


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("poisson", {"lam": 0}),
        ("negative_binomial", {"k": 0, "p": 0.5}),
        ("negative_binomial", {"k": 3, "p": 1}),
        ("generalized_negative_binomial", {"mu": 0, "alpha": 2}),
    ],
)
def test_what_cannot_happen_does_not(name, given):
    assert not apply(f"random_{name}", shape=100, **given).any()


@pytest.mark.parametrize(("low", "high"), [(-3, 2), (7, 8)])
def test_integers_fill_their_range(low, high):
    numbers = apply("random_randint", low=low, high=high, shape=(50, 100))
    assert numbers.dtype == np.int32
    counts = np.bincount(numbers.ravel() - low)
    assert len(counts) == high - low
    assert stats.chisquare(counts).pvalue > 0.01 or high - low == 1


def test_integers_may_have_all_64_bits():
    bounds = {"low": -(2**63), "high": 2**63 - 1}
    numbers = apply("random_randint", **bounds, shape=1000, dtype="int64")
    assert numbers.dtype == np.int64
    assert numbers.min() < -(2**61)
    assert numbers.max() > 2**61


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_numbers_like_others_have_their_shape_and_type(dtype):
    data = np.full((100, 100), np.nan, dtype)
    numbers = apply("_random_normal_like", data, loc=3, scale=0.5)
    assert (numbers.shape, numbers.dtype) == (data.shape, data.dtype)
    assert abs(numbers.astype("f8").mean() - 3) < 0.02
    assert abs(numbers.astype("f8").std() - 0.5) < 0.02


def test_numbers_like_integers_are_refused():
    operator = find("_random_uniform_like")
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        eager.infer_dtypes(operator, operator.parse({}), [np.dtype("int32")])


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
    ("name", "given", "message"),
    [
        ("uniform", {"low": 2, "high": 1}, "'low' 2.0 is above 'high' 1.0"),
        ("normal", {"scale": 0}, "'scale' cannot be 0: expected a number above 0"),
        ("normal", {"scale": -1}, "'scale' cannot be -1"),
        ("normal", {"scale": "nan"}, "'scale' cannot be 'nan'"),
        ("uniform", {"dtype": "int32"}, "'dtype' cannot be 'int32'"),
        ("gamma", {"alpha": 0}, "'alpha' cannot be 0"),
        ("gamma", {"beta": -1}, "'beta' cannot be -1"),
        ("exponential", {"lam": 0}, "'lam' cannot be 0"),
        ("poisson", {"lam": -1}, "'lam' cannot be -1: expected a number from 0 on"),
        ("negative_binomial", {"k": -1}, "'k' cannot be -1: expected an integer"),
        ("negative_binomial", {"k": 1.5}, "'k' cannot be 1.5: expected an integer"),
        ("negative_binomial", {"p": 0}, "'p' cannot be 0: expected a number above 0"),
        ("negative_binomial", {"p": 1.1}, "'p' cannot be 1.1"),
        ("generalized_negative_binomial", {"mu": -1}, "'mu' cannot be -1"),
        ("generalized_negative_binomial", {"alpha": -1}, "'alpha' cannot be -1"),
        ("randint", {"low": 2, "high": 2}, "'low' 2 is not below 'high' 2"),
        ("randint", {"low": 0, "high": 2**31 + 1}, "not all integers .* are int32"),
        ("randint", {"low": 0.5, "high": 2}, "'low' cannot be 0.5"),
        ("randint", {"high": 2}, "required attribute 'low' is missing"),
        ("randint", {"low": 0, "high": 2, "dtype": "float32"}, "expected one of int32"),
    ],
)
def test_wrong_attributes_are_refused(name, given, message):
    with pytest.raises(AttributeValueError, match=message):
        shapes_of(f"_random_{name}", **given, shape=3)


def test_bounds_in_the_wrong_order_are_refused_for_numbers_like_others():
    with pytest.raises(AttributeValueError, match=r"'low' 2\.0 is above"):
        shapes_of("_random_uniform_like", (3,), low=2, high=1)


def test_shapes_go_both_ways():
    assert shapes_of("_random_gamma", shape=(2, 0))[1] == [(2, 0)]
    assert shapes_of("_random_gamma", outputs=[(2, 3)])[1] == [(2, 3)]
    both = shapes_of("_random_gamma_like", (0, 3), outputs=[(2, 0)])
    assert both == ([(2, 3)], [(2, 3)])
