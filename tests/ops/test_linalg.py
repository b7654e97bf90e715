"""Matrix products: shapes, empty ones, errors and work."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("lhs", "rhs", "output", "settings", "expected"),
    [
        ((2, 3), (0, 4), None, {}, ((2, 3), (3, 4), (2, 4))),
        ((0, 3), (3, 4), (2, 4), {}, ((2, 3), (3, 4), (2, 4))),
        ((3, 0), (0, 4), (2, 4), {"transpose_a": True}, ((3, 2), (3, 4), (2, 4))),
        ((0, 0), (0, 3), (2, 4), {"transpose_b": True}, ((2, 3), (4, 3), (2, 4))),
        ((3,), (0,), None, {}, ((3,), (3,), (1,))),
        ((2, 3), None, None, {}, ((2, 3), None, None)),
    ],
)
def test_shapes_of_dot_go_both_ways(lhs, rhs, output, settings, expected):
    inputs, outputs = shapes_of("dot", lhs, rhs, outputs=[output], **settings)
    assert (*inputs, *outputs) == expected


def test_shapes_of_batch_dot_go_both_ways():
    inputs, outputs = shapes_of(
        "batch_dot", (0, 2, 3), (0, 0, 0), outputs=[(7, 0, 5)], transpose_a=True
    )
    assert inputs == [(7, 2, 3), (7, 2, 5)]
    assert outputs == [(7, 3, 5)]


def test_one_side_of_batch_dot_tells_of_the_other():
    inputs, outputs = shapes_of("batch_dot", (7, 2, 3), None, transpose_b=True)
    assert (*inputs, *outputs) == ((7, 2, 3), (7, 0, 3), (7, 2, 0))


def test_lengths_that_differ_are_named():
    with pytest.raises(ShapeError, match=r"lhs \(2, 3\) and rhs \(4, 5\).* 3 and 4"):
        shapes_of("dot", (2, 3), (4, 5))
    with pytest.raises(ShapeError, match="do not fit: lengths 3 and 4"):
        shapes_of("batch_dot", (1, 2, 3), (1, 4, 5))


@pytest.mark.parametrize(
    ("lhs", "rhs", "message"),
    [
        ((3, 4), (2, 4, 5), r"lhs \(3, 4\) must have at least 3"),
        ((1, 3, 4), (2, 4, 5), "should agree before"),
    ],
)
def test_batches_must_agree(lhs, rhs, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("batch_dot", lhs, rhs)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32"])
def test_dot_works_in_the_type_of_its_inputs(dtype):
    matrix = np.arange(6).reshape(2, 3).astype(dtype)
    result = apply("dot", matrix, matrix, transpose_b=True)
    assert result.dtype == dtype
    assert result.tolist() == [[5, 14], [14, 50]]


def test_work_is_counted():
    dot, batch = find("dot"), find("batch_dot")
    flags = dot.parse({"transpose_b": True})
    assert dot.cost(flags, [(2, 3), (4, 3)], [(2, 4)]).flops == 2 * 2 * 3 * 4
    backward = find("_backward_dot").cost(
        flags, [(2, 4), (2, 3), (4, 3)], [(2, 3), (4, 3)]
    )
    assert backward.flops == 4 * 2 * 3 * 4
    plain = batch.parse({})
    cost = batch.cost(plain, [(5, 2, 3), (5, 3, 4)], [(5, 2, 4)])
    assert cost == (2 * 5 * 2 * 3 * 4, 5 * (6 + 12 + 8))


@pytest.mark.parametrize(
    ("name", "lhs", "rhs", "expected"),
    [
        ("dot", (2, 0), (0, 3), (2, 3)),
        ("dot", (0, 3), (3, 2), (0, 2)),
        ("dot", (0,), (0,), (1,)),
        ("dot", (2, 0, 3), (3, 4), (2, 0, 4)),
        ("batch_dot", (2, 2, 0), (2, 0, 3), (2, 2, 3)),
        ("batch_dot", (0, 2, 3), (0, 3, 2), (0, 2, 2)),
    ],
)
def test_nothing_multiplied_is_zero(name, lhs, rhs, expected):
    operator = find(name)
    attributes = operator.parse({})
    inputs = [np.ones(lhs), np.ones(rhs)]
    outputs = eager.run(operator, attributes, inputs)
    assert outputs[0].shape == expected
    assert not outputs[0].any()
    call = eager.EagerCall(operator, attributes, inputs, outputs, outputs)
    assert [x.shape for x in eager.gradients(call)] == [lhs, rhs]


def test_half_precision_is_summed_in_single():
    ones = np.ones((1, 5000), np.float16)
    assert apply("dot", ones, ones, transpose_b=True).tolist() == [[5000]]


@pytest.mark.parametrize("stype", ["default", "csr", "row_sparse", "None"])
def test_storage_types_are_taken_and_have_no_effect(stype):
    eye = np.eye(2)
    assert apply("dot", eye, eye, forward_stype=stype).tolist() == eye.tolist()


def test_khatri_rao_multiplies_columns():
    first, second = np.array([[1, -1], [2, -3.0]]), np.array([[1, 4], [2, 5], [3, 6.0]])
    product = apply("khatri_rao", first, second, num_args=2)
    columns = [np.kron(x, y) for x, y in zip(first.T, second.T, strict=True)]
    assert product.tolist() == np.stack(columns, axis=1).tolist()
    nothing = apply("khatri_rao", np.ones((2, 0)), np.ones((3, 0)), num_args=2)
    assert nothing.shape == (6, 0)


def test_shapes_of_khatri_rao_go_both_ways():
    told = shapes_of("khatri_rao", (2, 0), (3, 0), outputs=[(0, 4)], num_args=2)
    assert told == ([(2, 4), (3, 4)], [(6, 4)])
    told = shapes_of("khatri_rao", (2, 4), None, num_args=2)
    assert told == ([(2, 4), (0, 4)], [(0, 4)])


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(2, 3), (2, 4)], r"arg1 \(2, 4\) should have 3 columns"),
        ([(2, 3), (2,)], r"arg1 \(2,\) should be a matrix"),
        ([(1, 2, 3), (2, 3)], r"arg0 \(1, 2, 3\) should be a matrix"),
    ],
)
def test_khatri_rao_takes_matrices_of_one_width(shapes, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("khatri_rao", *shapes, num_args=2)


def test_khatri_rao_takes_no_half_precision():
    operator = find("khatri_rao")
    with pytest.raises(DTypeError, match="not float16"):
        eager.infer_dtypes(operator, operator.parse({"num_args": 1}), [np.dtype("e")])
