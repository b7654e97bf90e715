"""Products of stacked matrices: shapes, what is not read, errors and work."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, infer_dtypes, shapes_of


@pytest.mark.parametrize(
    ("a", "b", "output", "settings", "expected"),
    [
        ((2, 3), None, None, {}, ((2, 3), (3, 0), (2, 0))),
        ((2, 3), (0, 4), None, {}, ((2, 3), (3, 4), (2, 4))),
        (
            (3, 2),
            (4, 0),
            None,
            {"transpose_a": True, "transpose_b": True},
            ((3, 2), (4, 3), (2, 4)),
        ),
        (None, None, (5, 2, 4), {}, ((5, 2, 0), (5, 0, 4), (5, 2, 4))),
        ((2, 7, 3), (0, 7, 4), None, {"axis": 0}, ((2, 7, 3), (3, 7, 4), (2, 7, 4))),
    ],
)
def test_shapes_of_gemm2_go_both_ways(a, b, output, settings, expected):
    inputs, outputs = shapes_of("_linalg_gemm2", a, b, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


def test_the_shape_of_c_is_the_output_s():
    inputs, outputs = shapes_of("_linalg_gemm", (2, 3), None, (2, 4))
    assert inputs == [(2, 3), (3, 4), (2, 4)]
    assert outputs == [(2, 4)]


def test_shapes_of_triangular_products_go_both_ways():
    for name in ("_linalg_trmm", "_linalg_trsm"):
        inputs, _ = shapes_of(name, None, (5, 2, 3))
        assert inputs[0] == (5, 2, 2)
        inputs, _ = shapes_of(name, None, (5, 2, 3), rightside=True)
        assert inputs[0] == (5, 3, 3)
        inputs, outputs = shapes_of(name, (5, 2, 0), None)
        assert (inputs[1], *outputs) == ((5, 2, 0), (5, 2, 0))


def test_shapes_of_syrk_go_both_ways():
    assert shapes_of("_linalg_syrk", None, outputs=[(5, 2, 0)]) == (
        [(5, 2, 0)],
        [(5, 2, 2)],
    )
    assert shapes_of("_linalg_syrk", (3, 2), transpose=True)[1] == [(2, 2)]


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match=r"A \(3, 2\) and B \(3, 2\) do not fit"):
        shapes_of("_linalg_gemm2", (3, 2), (3, 2))
    with pytest.raises(ShapeError, match=r"A \(3, 2\) and C \(1, 2\) do not fit"):
        shapes_of("_linalg_gemm", (3, 2), (2, 2), (1, 2))
    with pytest.raises(ShapeError, match=r"A \(2, 3\) should hold square matrices"):
        shapes_of("_linalg_trsm", (2, 3), (2, 3))
    with pytest.raises(ShapeError, match="cannot be that of the rows"):
        shapes_of("_linalg_gemm2", (2, 3, 4), (2, 4, 3), axis=2)
    with pytest.raises(ShapeError, match="out of range"):
        shapes_of("_linalg_gemm2", (2, 3, 4), (2, 4, 3), axis=3)


@pytest.mark.parametrize("name", ["gemm", "gemm2", "syrk", "trmm", "trsm"])
def test_half_precision_is_refused(name):
    operator = find(f"_linalg_{name}")
    attributes = operator.parse({})
    count = len(operator.input_names(attributes))
    with pytest.raises(DTypeError, match="not float16"):
        infer_dtypes(operator, attributes, [np.dtype("float16")] * count)


def test_c_does_not_count_with_beta_zero():
    result = apply(
        "_linalg_gemm", np.eye(2), np.eye(2), np.full((2, 2), np.nan), beta=0
    )
    assert result.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("name", ["_linalg_trmm", "_linalg_trsm"])
def test_the_other_triangle_is_not_read(name, lower):
    keep = np.tril if lower else np.triu
    matrix = np.arange(1.0, 10).reshape(3, 3)
    spoilt = np.where(keep(np.ones((3, 3))) > 0, matrix, np.nan)
    other = np.arange(6.0).reshape(3, 2)
    expected = apply(name, keep(matrix), other, lower=lower)
    np.testing.assert_array_equal(apply(name, spoilt, other, lower=lower), expected)


def test_solutions_are_as_exact_as_substitution():
    """A factorization with exchanged rows would lose most digits here."""
    size = 30
    matrix = np.tril(np.full((size, size), -1.0), -1) + np.eye(size)
    expected = np.arange(1.0, size + 1)[:, None]
    found = apply("_linalg_trsm", matrix, matrix @ expected)
    np.testing.assert_array_equal(found, expected)
    upper = apply("_linalg_trsm", matrix, matrix.T @ expected, transpose=True)
    np.testing.assert_array_equal(upper, expected)


def test_a_singular_triangle_is_named():
    stack = np.stack([np.eye(2), np.diag([1.0, 0]), np.eye(2)])
    with pytest.raises(np.linalg.LinAlgError, match="matrix 1 of the stack has a zero"):
        apply("_linalg_trsm", stack, stack)
    with pytest.raises(np.linalg.LinAlgError, match="the matrix has a zero"):
        apply("_linalg_trsm", stack[1], np.eye(2))
    with pytest.raises(np.linalg.LinAlgError, match=r"matrix \(1, 0\) of the stack"):
        apply("_linalg_trsm", stack[:, None], stack[:, None])


def test_nan_and_infinity_pass_through():
    poisoned = np.stack([np.eye(2), np.diag([np.nan, 1])])
    result = apply("_linalg_trsm", poisoned, np.ones((2, 2, 1)))
    assert np.isfinite(result[0]).all()
    assert np.isnan(result[1, 0, 0])
    big = np.float32([[1e30]])
    assert np.isinf(apply("_linalg_gemm2", big, big)).all()


@pytest.mark.parametrize(
    ("name", "shapes", "expected"),
    [
        ("_linalg_gemm2", [(2, 0), (0, 3)], (2, 3)),
        ("_linalg_gemm2", [(0, 2, 3), (0, 3, 2)], (0, 2, 2)),
        ("_linalg_syrk", [(2, 0)], (2, 2)),
        ("_linalg_trmm", [(0, 0), (0, 3)], (0, 3)),
        ("_linalg_trsm", [(0, 0), (0, 3)], (0, 3)),
        ("_linalg_trsm", [(2, 3, 3), (2, 3, 0)], (2, 3, 0)),
    ],
)
def test_nothing_multiplied_is_zero(name, shapes, expected):
    result = apply(name, *(np.ones(shape, np.float32) for shape in shapes))
    assert result.shape == expected
    assert result.dtype == np.float32
    assert not result.any()


def test_work_is_counted():
    gemm = find("_linalg_gemm2")
    flags = gemm.parse({"axis": 0, "transpose_a": True})
    shapes = [(3, 7, 2), (3, 7, 4)]
    assert gemm.cost(flags, shapes, [(2, 7, 4)]).flops == 7 * 2 * 2 * 3 * 4
    syrk = find("_linalg_syrk")
    assert syrk.cost(syrk.parse({}), [(2, 3)], [(2, 2)]) == (2 * 2 * 2 * 3, 10)
    trmm = find("_linalg_trmm")
    cost = trmm.cost(trmm.parse({}), [(2, 2), (2, 3)], [(2, 3)])
    assert cost == (2 * 2 * 3, 16)
    backward = find("_backward_linalg_trmm")
    shapes = [(2, 3), (2, 2), (2, 3)]
    made = backward.cost(backward.parse({}), shapes, [(2, 2), (2, 3)])
    assert made.flops == 3 * cost.flops
