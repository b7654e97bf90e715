"""Dropout: what is drawn, and what follows from it."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

ONES = np.ones((200, 300), np.float32)


@pytest.mark.parametrize("p", [0.003, 0.1, 0.5, 0.9])
def test_the_share_of_dropped_elements_is_p(p):
    output, mask = apply("Dropout", ONES, p=p)
    deviation = np.sqrt(p * (1 - p) / ONES.size)
    assert abs((output == 0).mean() - p) < 5 * deviation
    np.testing.assert_allclose(output[output != 0], 1 / (1 - p), rtol=1e-6)
    np.testing.assert_array_equal(mask, output != 0)


def test_rows_and_columns_are_dropped_alike():
    output, _ = apply("Dropout", ONES)
    for axis in (0, 1):
        share = (output == 0).mean(axis=axis)
        assert (abs(share - 0.5) < 5 * 0.5 / np.sqrt(ONES.shape[axis])).all()


def test_a_seed_repeats_and_another_does_not():
    first, again, other = (apply("Dropout", ONES, seed=s)[0] for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("axes", [(0,), (1,), (-1,), (0, 2)])
def test_axes_share_the_mask(axes):
    data = np.ones((8, 9, 10))
    output, mask = apply("Dropout", data, axes=axes)
    for axis in axes:
        first = output.take([0], axis=axis)
        np.testing.assert_array_equal(output, np.broadcast_to(first, data.shape))
        assert mask.shape[axis] == 1
    assert 0 < (output == 0).mean() < 1


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_stays_and_the_mask_is_small(dtype):
    output, mask = apply("Dropout", ONES.astype(dtype))
    assert (output.dtype, mask.dtype) == (dtype, np.uint8)


def test_all_can_be_dropped():
    output, mask = apply("Dropout", ONES, p=1)
    assert not output.any()
    assert not mask.any()


def run(data, request=Request.WRITE, with_mask=True, is_train=True, **settings):
    operator = find("Dropout")
    outputs = [np.ones_like(data), np.zeros(data.shape, np.uint8)]
    if not with_mask:
        outputs[1] = None
    attributes = operator.parse(settings)
    eager.bind_and_run(operator, attributes, [data], outputs, request, is_train)
    return outputs


def test_the_mask_need_not_be_kept():
    np.testing.assert_array_equal(run(ONES)[0], run(ONES, with_mask=False)[0])


def test_the_output_can_be_added():
    added = run(ONES, Request.ADD)[0]
    np.testing.assert_array_equal(added, 1 + run(ONES)[0])


def test_prediction_passes_the_data_on():
    data = np.random.RandomState(0).normal(size=(4, 5))
    np.testing.assert_array_equal(run(data, is_train=False)[0], data)
    assert (run(data, is_train=False, mode="always")[0] != data).any()


@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
@pytest.mark.parametrize("is_train", [False, True])
def test_gradients_pass_where_data_did(request_, is_train):
    operator = find("_backward_Dropout")
    mask = np.array([0, 1, 1, 0], np.uint8)
    head, outputs = np.array([2.0, 3, 4, 5]), [np.ones(4)]
    attributes = operator.parse({"p": 0.75})
    eager.bind_and_run(operator, attributes, [head, mask], outputs, request_, is_train)
    expected = head * mask * 4 if is_train else head
    start = 1 if request_ is Request.ADD else 0
    np.testing.assert_array_equal(outputs[0], expected + start)


def test_shapes_go_both_ways():
    inputs, outputs = shapes_of("Dropout", None, outputs=[(2, 3), None], axes=(0,))
    assert (*inputs, *outputs) == ((2, 3), (2, 3), (1, 3))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="axis 2 is out of range"):
        shapes_of("Dropout", (2, 3), axes=(2,))
    with pytest.raises(AttributeValueError, match=r"'p' cannot be 1\.5"):
        find("Dropout").parse({"p": 1.5})
