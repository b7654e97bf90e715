"""Random numbers with arrays of parameters: distributions, shapes, errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

COUNT = 10000


def array(*numbers: float, dtype: str = "float32") -> np.ndarray:
    return np.array(numbers, dtype)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("uniform", [(0, -2), (1, 3)], [stats.uniform(0, 1), stats.uniform(-2, 5)]),
        ("normal", [(0, -2), (1, 3)], [stats.norm(0, 1), stats.norm(-2, 3)]),
        ("gamma", [(0.5, 4), (1, 3)], [stats.gamma(0.5), stats.gamma(4, scale=3)]),
        ("exponential", [(0.5, 4)], [stats.expon(scale=2), stats.expon(scale=0.25)]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_follow_their_own_density(name, parameters, expected, dtype):
    inputs = [array(*values) for values in parameters]
    numbers = apply(f"sample_{name}", *inputs, shape=COUNT, dtype=dtype)
    assert (numbers.shape, numbers.dtype) == ((2, COUNT), dtype)
    for row, distribution in zip(numbers, expected, strict=True):
        assert stats.kstest(row, distribution.cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("poisson", [(0.5, 40)], [stats.poisson(0.5), stats.poisson(40)]),
        (
            "negative_binomial",
            [(1.5, 4), (0.2, 0.7)],
            [stats.nbinom(1.5, 0.2), stats.nbinom(4, 0.7)],
        ),
        (
            "generalized_negative_binomial",
            [(2, 4), (0, 0.25)],
            [stats.poisson(2), stats.nbinom(4, 0.5)],
        ),
    ],
)
def test_counts_have_their_own_mean_and_variance(name, parameters, expected):
    inputs = [array(*values) for values in parameters]
    numbers = apply(f"sample_{name}", *inputs, shape=COUNT)
    assert numbers.dtype == np.float32
    for row, distribution in zip(numbers, expected, strict=True):
        mean, variance = distribution.stats()
        assert abs(row.mean() - mean) < 5 * np.sqrt(variance / COUNT)
        np.testing.assert_allclose(row.var(), variance, rtol=0.1)
        np.testing.assert_array_equal(row, np.rint(row))


def test_parameters_may_be_integers_of_any_layout():
    low = np.array([[0, 10], [20, 30]], np.int32).T
    numbers = apply("sample_uniform", low, low + 1, shape=(2, 3))
    assert (numbers.shape, numbers.dtype) == ((2, 2, 2, 3), np.float32)
    assert (np.floor(numbers) == low[..., None, None]).all()


def test_without_a_shape_there_is_one_number_for_each_element():
    assert apply("sample_normal", array(1, 2), array(0, 0)).tolist() == [1, 2]


def test_one_seed_gives_the_same_numbers():
    for name in ("uniform", "gamma", "negative_binomial"):
        parameters = (array(0.5, 0.7), array(0.7, 0.9))
        first, again, other = (
            apply(f"sample_{name}", *parameters, shape=50, seed=s) for s in (1, 1, 2)
        )
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()


def test_special_parameters():
    nan, inf = np.nan, np.inf
    numbers = apply("sample_normal", array(nan, inf, 1), array(1, 1, nan))
    np.testing.assert_array_equal(numbers, [nan, inf, nan])
    assert apply("sample_exponential", array(inf)).tolist() == [0]
    with pytest.raises(ValueError, match="lam"):
        apply("sample_poisson", array(1, nan))
    with pytest.raises(ValueError, match="shape < 0"):
        apply("sample_gamma", array(1, -1), array(1, 1))


def test_drawn_numbers_can_be_added():
    operator = find("_sample_uniform")
    low, high = array(0, 5), array(1, 6)
    output = np.full((2, 10), 100, np.float32)
    attributes = operator.parse({"shape": 10})
    eager.bind_and_run(operator, attributes, [low, high], [output], Request.ADD, True)
    assert (np.floor(output) == [[100], [105]]).all()


@pytest.mark.parametrize(
    ("inputs", "output", "expected"),
    [
        (((2,), None), None, ((2,), (2,), (2, 3, 4))),
        ((None, (2, 0)), (0, 5, 0, 0), ((2, 5), (2, 5), (2, 5, 3, 4))),
        ((None, None), (2, 3, 4), ((2,), (2,), (2, 3, 4))),
        ((None, None), None, (None, None, None)),
    ],
)
def test_shapes_go_both_ways(inputs, output, expected):
    told = shapes_of("_sample_gamma", *inputs, outputs=[output], shape=(3, 4))
    assert (*told[0], *told[1]) == expected


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"\(2,\) against \(3,\)"):
        shapes_of("_sample_gamma", (2,), (3,))
    with pytest.raises(ShapeError, match=r"\(2, 5\) against \(2, 4\)"):
        shapes_of("_sample_gamma", (2,), None, outputs=[(2, 5)], shape=4)
    with pytest.raises(ShapeError, match=r"the output \(2,\) has fewer dimensions"):
        shapes_of("_sample_gamma", None, None, outputs=[(2,)], shape=(4, 5))
    with pytest.raises(AttributeValueError, match="expected integers above 0"):
        find("_sample_gamma").parse({"shape": (2, 0)})
    operator = find("_sample_gamma")
    given = [np.dtype("f4"), np.dtype("f8")]
    with pytest.raises(DTypeError, match="float32 against float64"):
        eager.infer_dtypes(operator, operator.parse({}), given)


# Categories


def test_indices_come_as_often_as_their_probabilities_say():
    data = array(0.1, 0, 0.2, 0.7, 5, 1, 2, 0, dtype="float64").reshape(2, 4)
    drawn = apply("sample_multinomial", data, shape=COUNT)
    assert drawn.dtype == np.int32
    for row, chances in zip(drawn, data, strict=True):
        counts = np.bincount(row, minlength=4)
        possible = chances > 0
        assert not counts[~possible].any()
        wanted = chances[possible] / chances.sum() * COUNT
        assert stats.chisquare(counts[possible], wanted).pvalue > 0.01


def test_many_distributions_are_searched_at_once():
    certain = np.arange(3000) % 7
    data = np.eye(7, dtype=np.float16)[certain]
    assert (apply("sample_multinomial", data) == certain).all()


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16", "float32", "float64"])
def test_indices_come_with_the_logarithms_of_their_probabilities(dtype):
    data = array(0.1, 0.2, 0.7, dtype="float64")
    drawn, logs = apply("sample_multinomial", data, shape=9, get_prob=True, dtype=dtype)
    assert (drawn.dtype, logs.dtype) == (dtype, data.dtype)
    np.testing.assert_allclose(logs, np.log(data)[drawn.astype(int)])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_gradient_is_that_of_the_logarithms(dtype):
    operator = find("_sample_multinomial")
    attributes = operator.parse({"get_prob": True, "shape": (2, 3)})
    data = array(0.125, 0.25, 0.625, 1, 0, 0, dtype=dtype).reshape(2, 3)
    outputs = eager.run(operator, attributes, [data])
    head = np.arange(12).reshape(2, 2, 3).astype(dtype)
    call = eager.EagerCall(operator, attributes, [data], outputs, [head, head])
    (grad,) = eager.gradients(call)
    expected = np.zeros((2, 3))
    rows = np.repeat([0, 1], 6)
    np.add.at(expected, (rows, outputs[0].ravel()), head.ravel())
    expected[expected != 0] /= data[expected != 0]
    assert grad.dtype == dtype
    np.testing.assert_allclose(grad, expected, rtol=1e-3)


def test_no_gradient_flows_without_the_probabilities():
    operator = find("_sample_multinomial")
    attributes = operator.parse({})
    data = array(0.5, 0.5)
    outputs = eager.run(operator, attributes, [data])
    call = eager.EagerCall(operator, attributes, [data], outputs, outputs)
    assert eager.gradients(call) == [None]


def test_multinomial_shapes():
    def output(*data: int, **attributes):
        return shapes_of("_sample_multinomial", data, **attributes)[1]

    assert output(4) == [(1,)]
    assert output(4, shape=1) == [(1,)]
    assert output(0, 4, shape=(2, 3)) == [(0, 2, 3)]
    assert output(2, 4, get_prob=True) == [(2,), (2,)]
    assert shapes_of("_sample_multinomial", None)[1] == [None]


@pytest.mark.parametrize("row", [(0, 0), (-1, 2), (np.nan, 1), (np.inf, 1)])
def test_what_are_no_probabilities_is_refused(row):
    with pytest.raises(ValueError, match="data should hold probabilities"):
        apply("sample_multinomial", array(0.5, 0.5, *row).reshape(2, 2))


def test_categories_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="data should have at least one dimension"):
        shapes_of("_sample_multinomial", ())
    with pytest.raises(AttributeValueError, match="has a negative dimension"):
        shapes_of("_sample_multinomial", (4,), shape=-1)
    with pytest.raises(ShapeError, match="300 categories are uint8"):
        shapes_of("_sample_multinomial", (300,), dtype="uint8")
    with pytest.raises(AttributeValueError, match="'dtype' cannot be 'int64'"):
        find("_sample_multinomial").parse({"dtype": "int64"})
    operator = find("_sample_multinomial")
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        eager.infer_dtypes(operator, operator.parse({}), [np.dtype("int32")])


# Zipf's law


def test_different_numbers_are_drawn_by_zipfs_law():
    first, tries = apply("_sample_unique_zipfian", range_max=10, shape=(4000, 1))
    assert (first.shape, tries.shape) == ((4000, 1), (4000,))
    assert first.dtype == tries.dtype == np.int64
    assert (tries == 1).all()
    x = np.arange(10)
    wanted = np.log((x + 2) / (x + 1)) / np.log(11) * 4000
    assert stats.chisquare(np.bincount(first.ravel()), wanted).pvalue > 0.01


def test_all_numbers_can_be_drawn():
    drawn, tries = apply("_sample_unique_zipfian", range_max=20, shape=(3, 20))
    assert (np.sort(drawn) == np.arange(20)).all()
    assert (tries > 20).all()
    none, tries = apply("_sample_unique_zipfian", range_max=20, shape=(2, 0))
    assert (none.shape, tries.tolist()) == ((2, 0), [0, 0])


def test_zipfian_numbers_that_do_not_fit_are_refused():
    with pytest.raises(AttributeValueError, match="21 different numbers cannot be"):
        shapes_of("_sample_unique_zipfian", range_max=20, shape=(2, 21))
    with pytest.raises(AttributeValueError, match="should be \\(rows, count\\)"):
        shapes_of("_sample_unique_zipfian", range_max=20, shape=4)
