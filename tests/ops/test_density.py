"""Densities: against SciPy's, outside of their support, shapes both ways, errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

inf, nan = np.inf, np.nan


def array(*numbers: float, dtype: str = "float64") -> np.ndarray:
    return np.array(numbers, dtype)


def gradients(name, *inputs, head=None, **attributes):
    operator = find(f"random_pdf_{name}")
    parsed = operator.parse(attributes)
    outputs = eager.run(operator, parsed, list(inputs))
    heads = [np.ones_like(outputs[0]) if head is None else head]
    call = eager.EagerCall(operator, parsed, list(inputs), outputs, heads)
    return eager.gradients(call)


@pytest.mark.parametrize(
    ("name", "sample", "parameters", "expected"),
    [
        ("uniform", (-1, 2, 2.5, 5, 6), (2, 5), stats.uniform(2, 3).pdf),
        ("normal", (-1, 2, 2.5, 50), (2, 5), stats.norm(2, 5).pdf),
        ("gamma", (-1, 0, 0.5, 4), (2.5, 3), stats.gamma(2.5, scale=1 / 3).pdf),
        ("gamma", (-1, 0, 0.5, 4), (1, 3), stats.gamma(1, scale=1 / 3).pdf),
        ("exponential", (-1, 0, 0.5, 4), (3,), stats.expon(scale=1 / 3).pdf),
        ("poisson", (-1, 0, 1, 7, 30), (3,), stats.poisson(3).pmf),
        ("poisson", (0, 1, 2), (0,), stats.poisson(0).pmf),
        ("negative_binomial", (-1, 0, 1, 7), (3, 0.4), stats.nbinom(3, 0.4).pmf),
        ("negative_binomial", (0, 1, 2), (3, 1), stats.nbinom(3, 1).pmf),
        (
            "generalized_negative_binomial",
            (-1, 0, 1, 7),
            (2, 0.5),
            stats.nbinom(2, 0.5).pmf,
        ),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_densities_are_those_of_scipy(name, sample, parameters, expected, dtype):
    inputs = [array(*sample, dtype=dtype)[None]]
    inputs += [array(x, dtype=dtype) for x in parameters]
    made = apply(f"random_pdf_{name}", *inputs)
    logs = apply(f"random_pdf_{name}", *inputs, is_log=True)
    assert made.dtype == logs.dtype == dtype
    wanted = expected(np.array(sample))[None]
    np.testing.assert_allclose(made, wanted, rtol=2e-5, atol=1e-30)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(logs, np.log(wanted), rtol=2e-5, atol=1e-6)


def test_the_dirichlet_density_is_that_of_scipy():
    alpha = array(0.5, 1, 2, 3, 2, 1).reshape(2, 3)
    sample = np.random.RandomState(0).dirichlet((1, 1, 1), (2, 4))
    made = apply("random_pdf_dirichlet", sample, alpha)
    for row, parameter, numbers in zip(made, alpha, sample, strict=True):
        expected = stats.dirichlet(parameter).pdf(numbers.T)
        np.testing.assert_allclose(row, expected)


def test_logarithms_reach_where_densities_vanish():
    logs = apply("random_pdf_normal", array(1e4)[None], array(0), array(1), is_log=True)
    np.testing.assert_allclose(logs, [[-5e7 - 0.5 * np.log(2 * np.pi)]])
    assert apply("random_pdf_normal", array(1e4)[None], array(0), array(1)) == 0


def test_special_values():
    made = apply("random_pdf_normal", array(nan, inf, -inf)[None], array(0), array(1))
    np.testing.assert_array_equal(made, [[nan, 0, 0]])
    made = apply("random_pdf_normal", array(0, 0), array(0, 0), array(-1, nan))
    np.testing.assert_array_equal(made, [nan, nan])
    made = apply("random_pdf_poisson", array(nan, 2)[None], array(3), is_log=True)
    assert np.isnan(made[0, 0])
    assert not np.isnan(made[0, 1])


@pytest.mark.parametrize(
    ("name", "sample", "parameters"),
    [
        ("uniform", (-1, 6), (2, 5)),
        ("gamma", (-1, -0.5), (2, 3)),
        ("exponential", (-1, -2), (3,)),
        ("poisson", (-1, -2), (3,)),
    ],
)
@pytest.mark.parametrize("is_log", [False, True])
def test_no_gradient_flows_from_where_the_density_is_zero(
    name, sample, parameters, is_log
):
    inputs = [array(*sample)[None], *map(array, parameters)]
    for grad in gradients(name, *inputs, is_log=is_log):
        assert grad is None or not grad.any()


@pytest.mark.parametrize("name", ["uniform", "poisson", "negative_binomial"])
def test_counts_and_bounds_get_no_gradient_by_the_sample(name):
    parameters = [array(0.5)] * (1 if name == "poisson" else 2)
    assert gradients(name, array(1, 2)[None], *parameters)[0] is None


def test_half_precision_sums_in_single_precision():
    sample = np.full((1, 4000), 1.5, np.float16)
    half = [np.array([1], np.float16), np.array([1], np.float16)]
    grads = gradients("normal", sample, *half, is_log=True)
    assert [x.dtype for x in grads] == [np.float16] * 3
    np.testing.assert_allclose(grads[1], [2000], rtol=1e-3)
    assert apply("random_pdf_normal", sample, *half).dtype == np.float16


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
def test_each_gradient_can_be_had_alone(position, request_):
    stream = np.random.RandomState(0)
    shapes = [(2, 3), (2,), (2,)]
    head, sample = stream.uniform(0.2, 1, (2, 2, 3))
    mu, sigma = stream.uniform(0.2, 1, (2, 2))
    inputs = [head, sample, mu, sigma]
    expected = gradients("normal", *inputs[1:], head=head, is_log=True)[position]
    outputs = [None, None, None]
    outputs[position] = np.ones_like(expected)
    backward = find("_backward_pdf_normal")
    eager.bind_and_run(
        backward, backward.parse({}), inputs, outputs, request_, True, shapes=shapes
    )
    added = 1 if request_ is Request.ADD else 0
    np.testing.assert_allclose(outputs[position], expected + added)


@pytest.mark.parametrize(
    ("given", "output", "expected"),
    [
        (((2, 3), (2,), None), None, ((2, 3), (2,), (2,), (2, 3))),
        (((0, 3), (2,), None), None, ((2, 3), (2,), (2,), (2, 3))),
        (((2, 3), None, (0,)), None, ((2, 3), (2,), (2,), (2, 3))),
        ((None, (0, 0), (2, 0)), (0, 3, 4), ((2, 3, 4), (2, 3), (2, 3), (2, 3, 4))),
        ((None, (2,), None), None, (None, (2,), (2,), None)),
        (((2, 3), None, None), None, ((2, 3), None, None, (2, 3))),
    ],
)
def test_shapes_go_both_ways(given, output, expected):
    told = shapes_of("random_pdf_normal", *given, outputs=[output])
    assert (*told[0], *told[1]) == expected


@pytest.mark.parametrize(
    ("given", "output", "expected"),
    [
        (((2, 4, 3), (2, 0)), None, ((2, 4, 3), (2, 3), (2, 4))),
        (((0, 4, 0), (2, 3)), None, ((2, 4, 3), (2, 3), (2, 4))),
        (((0, 0, 3), (0, 0)), (2, 4), ((2, 4, 3), (2, 3), (2, 4))),
        (((3,), (0,)), None, ((3,), (3,), (1,))),
        ((None, (2, 3)), None, (None, (2, 3), None)),
        (((2, 3), None), None, ((2, 3), None, (2,))),
    ],
)
def test_dirichlet_shapes_go_both_ways(given, output, expected):
    told = shapes_of("random_pdf_dirichlet", *given, outputs=[output])
    assert (*told[0], *told[1]) == expected


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"\(3,\) against \(2,\)"):
        shapes_of("random_pdf_normal", (2, 3), (3,), None)
    with pytest.raises(ShapeError, match=r"\(2,\) against \(2, 1\)"):
        shapes_of("random_pdf_normal", (2, 3), (2,), (2, 1))
    with pytest.raises(ShapeError, match=r"sample should have all dimensions of the"):
        shapes_of("random_pdf_normal", (2,), (2, 3), None)
    with pytest.raises(ShapeError, match=r"\(2, 4\) against \(2, 3\)"):
        shapes_of("random_pdf_dirichlet", (2, 5, 3), (2, 4))
    with pytest.raises(ShapeError, match="alpha should have at least one dimension"):
        shapes_of("random_pdf_dirichlet", (2, 3), ())
    operator = find("random_pdf_poisson")
    with pytest.raises(DTypeError, match="floating-point numbers are needed"):
        eager.infer_dtypes(operator, operator.parse({}), [np.dtype("i4")] * 2)
