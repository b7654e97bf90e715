"""Factors, inverses and determinants: what golden values cannot show."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, infer_dtypes, shapes_of


def _symmetric(shape, shift):
    half = np.random.RandomState(0).uniform(-1, 1, shape)
    return half + half.swapaxes(-1, -2) + shift * np.eye(shape[-1])


@pytest.mark.parametrize("lower", [True, False])
def test_cholesky_factors_multiply_to_the_matrix(lower):
    matrices = _symmetric((2, 3, 3), 4)
    factor = apply("_linalg_potrf", matrices, lower=lower)
    left = factor if lower else factor.swapaxes(-1, -2)
    np.testing.assert_allclose(left @ left.swapaxes(-1, -2), matrices)
    np.testing.assert_array_equal(np.tril(left), left)
    inverse = apply("_linalg_potri", factor, lower=lower)
    np.testing.assert_allclose(inverse @ matrices, [np.eye(3)] * 2, atol=1e-12)


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("name", ["_linalg_potrf", "_linalg_potri"])
def test_only_one_triangle_is_read(name, lower):
    matrix = _symmetric((3, 3), 4)
    read = np.tri(3) if lower else np.tri(3).T
    spoilt = np.where(read > 0, matrix, np.nan)
    expected = apply(name, matrix, lower=lower)
    np.testing.assert_array_equal(apply(name, spoilt, lower=lower), expected)


def test_orthogonal_factors_multiply_to_the_matrix():
    matrices = np.random.RandomState(0).normal(size=(2, 3, 5))
    rows, factor = apply("_linalg_gelqf", matrices)
    np.testing.assert_allclose(factor @ rows, matrices)
    np.testing.assert_allclose(
        rows @ rows.swapaxes(-1, -2), [np.eye(3)] * 2, atol=1e-12
    )
    np.testing.assert_array_equal(np.tril(factor), factor)


def test_eigenvectors_are_rows_with_a_sign():
    matrices = _symmetric((4, 3, 3), 0)
    rows, values = apply("_linalg_syevd", matrices)
    np.testing.assert_allclose(rows @ matrices, values[..., None] * rows, atol=1e-12)
    assert (np.diff(values) > 0).all()
    largest = np.abs(rows).argmax(-1)[..., None]
    assert (np.take_along_axis(rows, largest, -1) > 0).all()


def _losses(name, matrix, heads, **attributes):
    operator = find(name)
    outputs = eager.run(operator, operator.parse(attributes), [matrix])
    return sum((x * head).sum() for x, head in zip(outputs, heads, strict=True))


@pytest.mark.parametrize(
    ("name", "shift", "attributes"),
    [
        ("_linalg_potrf", 4, {}),
        ("_linalg_potrf", 4, {"lower": False}),
        ("_linalg_syevd", 0, {}),
    ],
)
def test_gradients_hold_along_symmetric_steps(name, shift, attributes):
    matrices = _symmetric((2, 3, 3), shift)
    stream = np.random.RandomState(1)
    operator = find(name)
    parsed = operator.parse(attributes)
    outputs = eager.run(operator, parsed, [matrices])
    heads = [stream.normal(size=x.shape) for x in outputs]
    call = eager.EagerCall(operator, parsed, [matrices], outputs, heads)
    (grad,) = eager.gradients(call)
    np.testing.assert_allclose(grad, grad.swapaxes(-1, -2), atol=1e-12)
    for _ in range(5):
        step = stream.normal(size=matrices.shape)
        step = 1e-6 * (step + step.swapaxes(-1, -2))
        ahead = _losses(name, matrices + step, heads, **attributes)
        behind = _losses(name, matrices - step, heads, **attributes)
        np.testing.assert_allclose((grad * step).sum(), (ahead - behind) / 2, rtol=1e-6)


def test_equal_eigenvalues_have_a_gradient_and_their_vectors_none():
    operator = find("_linalg_syevd")
    attributes = operator.parse({})
    outputs = [np.eye(2), np.ones(2)]

    def gradient(*heads):
        call = eager.EagerCall(operator, attributes, [np.eye(2)], outputs, heads)
        return eager.gradients(call)[0]

    plain = gradient(np.zeros((2, 2)), np.array([2.0, 3]))
    assert plain.tolist() == [[2, 0], [0, 3]]
    twisted = gradient(np.array([[0, 1.0], [0, 0]]), np.zeros(2))
    assert abs(twisted[0, 1]) > 1e300


@pytest.mark.parametrize(
    ("name", "bad", "message"),
    [
        ("potrf", [[1, 2], [2, 1]], "is not positive definite"),
        ("potri", [[1, 0], [1, 0]], "has a zero in its diagonal"),
        ("inverse", [[1, 2], [2, 4]], "has no inverse"),
    ],
)
def test_the_matrix_that_fails_is_named(name, bad, message):
    bad = np.array(bad, np.float32)
    stack = np.stack([np.eye(2, dtype=np.float32), bad])
    with pytest.raises(np.linalg.LinAlgError, match=f"^the matrix {message}"):
        apply(f"_linalg_{name}", bad)
    with pytest.raises(
        np.linalg.LinAlgError, match=f"^matrix 1 of the stack {message}"
    ):
        apply(f"_linalg_{name}", stack)
    with pytest.raises(np.linalg.LinAlgError, match=r"^matrix \(0, 1\) of the stack"):
        apply(f"_linalg_{name}", stack[None])


def test_determinants_of_singular_matrices():
    singular = np.ones((2, 2), np.float32)
    assert apply("_linalg_det", singular).tolist() == [0]
    sign, logarithm = apply("_linalg_slogdet", singular)
    assert (sign.tolist(), logarithm.tolist()) == ([0], [-np.inf])


def test_a_determinant_out_of_range_still_has_a_logarithm():
    matrix = 1e30 * np.eye(4, dtype=np.float32)
    assert np.isinf(apply("_linalg_det", matrix)).all()
    sign, logarithm = apply("_linalg_slogdet", matrix)
    assert sign.tolist() == [1]
    np.testing.assert_allclose(logarithm, [4 * np.log(1e30)], rtol=1e-6)


@pytest.mark.parametrize("name", ["potrf", "inverse", "det", "sumlogdiag"])
def test_nan_stays_in_its_matrix(name):
    stack = np.stack([np.eye(2), np.full((2, 2), np.nan)])
    result = apply(f"_linalg_{name}", stack)
    assert np.isfinite(result[0]).all()
    assert np.isnan(result[1]).any()


def test_the_logarithm_of_a_negative_diagonal_is_nan():
    assert np.isnan(apply("_linalg_sumlogdiag", -np.eye(2))).all()
    assert apply("_linalg_sumlogdiag", np.zeros((2, 2))).tolist() == [-np.inf]


_ONE_STACK = (
    *("potrf", "potri", "gelqf", "syevd", "inverse", "det", "slogdet"),
    "sumlogdiag",
)


@pytest.mark.parametrize("name", _ONE_STACK)
@pytest.mark.parametrize("shape", [(0, 2, 2), (2, 0, 0)])
def test_there_may_be_no_matrices_or_empty_ones(name, shape):
    operator = find(f"_linalg_{name}")
    attributes = operator.parse({})
    outputs = eager.run(operator, attributes, [np.ones(shape, np.float32)])
    assert {x.dtype for x in outputs} == {np.dtype("float32")}
    heads = [np.ones_like(x) for x in outputs]
    call = eager.EagerCall(operator, attributes, [np.ones(shape)], outputs, heads)
    assert eager.gradients(call)[0].shape == shape


def test_the_determinant_of_nothing_is_one():
    assert apply("_linalg_det", np.ones((2, 0, 0))).tolist() == [1, 1]


@pytest.mark.parametrize("name", _ONE_STACK)
def test_half_precision_is_refused(name):
    operator = find(f"_linalg_{name}")
    with pytest.raises(DTypeError, match="not float16"):
        infer_dtypes(operator, operator.parse({}), [np.dtype("float16")])


@pytest.mark.parametrize(
    ("name", "given", "outputs", "expected"),
    [
        ("potrf", (5, 2, 0), [None], ([(5, 2, 2)], [(5, 2, 2)])),
        ("inverse", None, [(5, 0, 2)], ([(5, 2, 2)], [(5, 2, 2)])),
        ("gelqf", (5, 2, 3), [None] * 2, ([(5, 2, 3)], [(5, 2, 3), (5, 2, 2)])),
        ("gelqf", None, [None, (2, 0)], ([(2, 0)], [(2, 0), (2, 2)])),
        ("syevd", None, [None, (5, 3)], ([(5, 3, 3)], [(5, 3, 3), (5, 3)])),
        ("slogdet", (2, 2), [None] * 2, ([(2, 2)], [(1,), (1,)])),
        ("slogdet", None, [None, (5,)], ([(5, 0, 0)], [(5,), (5,)])),
    ],
)
def test_shapes_go_both_ways(name, given, outputs, expected):
    assert shapes_of(f"_linalg_{name}", given, outputs=outputs) == expected


@pytest.mark.parametrize("name", [x for x in _ONE_STACK if x != "gelqf"])
def test_matrices_must_be_square(name):
    with pytest.raises(ShapeError, match="should hold square matrices, not 2 x 3"):
        shapes_of(f"_linalg_{name}", (5, 2, 3))
    with pytest.raises(ShapeError, match=r"A \(3,\) should have at least 2"):
        shapes_of(f"_linalg_{name}", (3,))


def test_there_must_not_be_more_rows_than_columns():
    with pytest.raises(ShapeError, match=r"A \(3, 2\) should not have more rows"):
        shapes_of("_linalg_gelqf", (3, 2))


def test_work_is_counted():
    operator = find("_linalg_inverse")
    assert operator.cost(operator.parse({}), [(5, 3, 3)], [(5, 3, 3)]).flops == 270
    backward = find("_backward_linalg_slogdet")
    shapes = [(5,), (5, 3, 3), (5,)]
    made = backward.cost(backward.parse({}), shapes, [(5, 3, 3)])
    np.testing.assert_allclose(made.flops, 4 / 3 * 5 * 27)
