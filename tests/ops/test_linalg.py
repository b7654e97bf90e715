"""Matrix products: two-way shapes, errors and work."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import ShapeError
from dataflow_ops.registry import find
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


def test_lengths_that_differ_are_named():
    with pytest.raises(ShapeError, match=r"lhs \(2, 3\) and rhs \(4, 5\).* 3 and 4"):
        shapes_of("dot", (2, 3), (4, 5))
    with pytest.raises(ShapeError, match="contracted lengths 3 and 4"):
        shapes_of("batch_dot", (1, 2, 3), (1, 4, 5))


@pytest.mark.parametrize(
    ("lhs", "rhs", "message"),
    [
        ((3, 4), (2, 4, 5), r"lhs \(3, 4\) must have at least 3"),
        ((1, 3, 4), (2, 4, 5), "differ before their last two"),
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
