"""Penalties on activations: the moving average, requests, shapes, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import shapes_of

NAME = "IdentityAttachKLSparseReg"


def backward(head, data, average, output, request=Request.WRITE, **settings):
    operator = find(f"_backward_{NAME}")
    inputs = [head, data, average]
    arguments = (operator, operator.parse(settings), inputs, [output], request, True)
    eager.bind_and_run(*arguments, shapes=[data.shape])
    return output


def values(dtype="float64"):
    """Gradient, data and moving average."""
    stream = np.random.RandomState(0)
    arrays = (*stream.uniform(0.1, 0.9, (2, 4, 3, 2)), stream.uniform(0.1, 0.9, 3))
    return [x.astype(dtype) for x in arrays]


def test_the_penalty_is_the_derivative_of_the_divergence():
    head, data, average = values()
    settings = {"penalty": 0.5, "sparseness_target": 0.3, "momentum": 0.8}
    moved = 0.8 * average + 0.2 * data.mean((0, 2))

    def divergence(means):
        return 0.3 * np.log(0.3 / means) + 0.7 * np.log(0.7 / (1 - means))

    slope = (divergence(moved + 1e-6) - divergence(moved - 1e-6)) / 2e-6
    made = backward(head, data, average, np.zeros_like(data), **settings)
    np.testing.assert_allclose(made, head + 0.5 * slope[:, None], rtol=1e-8)
    np.testing.assert_allclose(average, moved)


def test_the_average_moves_though_no_gradient_is_wanted():
    head, data, average = values()
    before = average.copy()
    backward(head, data, average, None)
    np.testing.assert_allclose(average, 0.9 * before + 0.1 * data.mean((0, 2)))


def test_the_forward_pass_leaves_the_average_alone():
    _, data, average = values()
    before = average.copy()
    operator = find(NAME)
    (output,) = eager.run(operator, operator.parse({}), [data, average])
    np.testing.assert_array_equal(output, data)
    np.testing.assert_array_equal(average, before)


@pytest.mark.parametrize("source", [0, 1])
def test_the_gradient_may_be_written_over_its_operands(source):
    expected = backward(*values(), np.zeros((4, 3, 2)))
    head, data, average = values()
    made = backward(head, data, average, (head, data)[source])
    np.testing.assert_array_equal(made, expected)


def test_half_precision_and_request_add():
    expected = backward(*values("float32"), np.zeros((4, 3, 2), "float32"))
    output = backward(*values("float16"), np.ones((4, 3, 2), "float16"), Request.ADD)
    assert output.dtype == np.float16
    np.testing.assert_allclose(output, expected + 1, rtol=2e-3)


def test_an_empty_batch_leaves_the_average_alone():
    average = np.full(3, 0.5)
    backward(np.zeros((0, 3)), np.zeros((0, 3)), average, np.zeros((0, 3)))
    np.testing.assert_array_equal(average, 0.5)


def test_shapes_go_both_ways():
    assert shapes_of(NAME, (4, 0, 2), (3,)) == ([(4, 3, 2), (3,)], [(4, 3, 2)])
    assert shapes_of(NAME, None, None, outputs=[(4, 3)])[0] == [(4, 3), (3,)]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"moving_avg should be \(3,\)"):
        shapes_of(NAME, (4, 3), (4,))
    with pytest.raises(ShapeError, match="axis 1 is out of range"):
        shapes_of(NAME, (4,), None)
    operator = find(NAME)
    with pytest.raises(AttributeValueError, match="between 0 and 1"):
        operator.parse({"sparseness_target": 1})
    with pytest.raises(AttributeValueError, match="from 0 to 1"):
        operator.parse({"momentum": 2})
    with pytest.raises(DTypeError, match="not int32"):
        operator.dtypes(operator.parse({}), [np.dtype("int32"), None], [None])
