"""FullyConnected: shapes both ways, types and errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("data", "weight", "output", "settings", "expected"),
    [
        ((0, 3), None, None, {}, ((0, 3), (4, 3), (0, 4))),
        ((0, 3, 2), None, (5, 4), {}, ((5, 3, 2), (4, 6), (5, 4))),
        ((5, 0), (4, 3), None, {}, ((5, 3), (4, 3), (5, 4))),
        ((5, 0, 2), (4, 6), None, {}, ((5, 0, 2), (4, 6), (5, 4))),
        ((5,), None, None, {}, ((5,), (4, 1), (5, 4))),
        (None, (4, 3), (5, 4), {}, (None, (4, 3), (5, 4))),
        (None, (4, 3), (5, 2, 4), {"flatten": False}, ((5, 2, 3), (4, 3), (5, 2, 4))),
        ((0, 2, 3), None, None, {"flatten": False}, ((0, 2, 3), (4, 3), (0, 2, 4))),
        ((5,), None, None, {"flatten": False}, ((5,), (4, 5), (4,))),
    ],
)
def test_shapes_go_both_ways(data, weight, output, settings, expected):
    inputs, outputs = shapes_of(
        "FullyConnected", data, weight, None, outputs=[output], num_hidden=4, **settings
    )
    assert (*inputs[:2], *outputs) == expected
    assert inputs[2] == (4,)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="data should have at least one dimension"):
        shapes_of("FullyConnected", (), None, None, num_hidden=4)
    with pytest.raises(ShapeError, match=r"\(4, 2\) against \(4, 3\)"):
        shapes_of("FullyConnected", (5, 3), (4, 2), None, num_hidden=4)
    with pytest.raises(AttributeValueError, match="'num_hidden' cannot be 0"):
        find("FullyConnected").parse({"num_hidden": 0})


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float16", 5e-3), ("float64", 1e-12)]
)
def test_the_type_stays(dtype, tolerance):
    stream = np.random.RandomState(0)
    data, weight, bias = (
        stream.uniform(-1, 1, shape).astype(dtype) for shape in ((5, 3), (4, 3), (4,))
    )
    result = apply("FullyConnected", data, weight, bias, num_hidden=4)
    assert result.dtype == dtype
    exact = data.astype("float64") @ weight.T.astype("float64") + bias
    np.testing.assert_allclose(result, exact, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_each_gradient_can_be_had_alone_and_added(position):
    stream = np.random.RandomState(0)
    head, data, weight = (stream.normal(size=s) for s in ((5, 4), (5, 3), (4, 3)))
    expected = [head @ weight, head.T @ data, head.sum(0)][position]
    outputs = [None, None, None]
    outputs[position] = np.ones_like(expected)
    backward = find("_backward_FullyConnected")
    attributes = backward.parse({"num_hidden": 4})
    inputs = [head, data, weight]
    eager.bind_and_run(backward, attributes, inputs, outputs, Request.ADD, True)
    np.testing.assert_allclose(outputs[position], expected + 1)


def test_the_cost_counts_two_operations_a_weight():
    operator = find("FullyConnected")
    flags = operator.parse({"num_hidden": 5})
    shapes = [(4, 2, 3), (5, 6), (5,)]
    assert operator.cost(flags, shapes, [(4, 5)]) == (2 * 4 * 5 * 6, 24 + 30 + 5 + 20)
    backward = find("_backward_FullyConnected")
    made = backward.cost(flags, [(4, 5), *shapes[:2]], shapes)
    assert made.flops == 2 * 2 * 4 * 5 * 6
