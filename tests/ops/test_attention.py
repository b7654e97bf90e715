"""Multi-head attention on interleaved projections: shapes, errors and other types."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.registry import find
from tests.ops.eager import apply, infer_dtypes, shapes_of

_PREFIX = "_contrib_interleaved_matmul_"


@pytest.mark.parametrize(
    ("name", "inputs", "output"),
    [
        ("selfatt_qk", [(5, 3, 24)], (6, 5, 5)),
        ("selfatt_valatt", [(5, 3, 24), (6, 5, 5)], (5, 3, 8)),
        ("encdec_qk", [(5, 3, 8), (7, 3, 16)], (6, 5, 7)),
        ("encdec_valatt", [(7, 3, 16), (6, 5, 7)], (5, 3, 8)),
    ],
)
def test_shapes_go_both_ways(name, inputs, output):
    def told(*given, wanted=None):
        return shapes_of(_PREFIX + name, *given, outputs=[wanted], heads=2)

    assert told(*inputs) == (inputs, [output])
    if "valatt" in name:
        assert told(inputs[0], None, wanted=output) == (inputs, [output])
        assert told(None, inputs[1], wanted=output) == (inputs, [output])
    if name == "encdec_qk":
        assert told(inputs[0], None, wanted=output) == (inputs, [output])
        assert told(None, inputs[1], wanted=output) == (inputs, [output])


def test_an_unknown_width_stays_unknown():
    told = shapes_of(_PREFIX + "selfatt_qk", None, outputs=[(6, 5, 0)], heads=2)
    assert told == ([(5, 3, 0)], [(6, 5, 5)])


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("selfatt_qk", [(5, 24)], r"queries_keys_values \(5, 24\) should have 3 dim"),
        ("selfatt_qk", [(5, 3, 25)], "dimension 2 should divide by 6, for 2 heads"),
        ("selfatt_valatt", [(5, 3, 24), (5, 5, 5)], "dimension 0 should divide by 2"),
        ("selfatt_valatt", [(5, 3, 24), (6, 5, 4)], r"attention \(6, 5, 4\)"),
        ("encdec_qk", [(5, 3, 8), (7, 4, 16)], r"for 2 heads: queries \(5, 3, 8\)"),
        ("encdec_qk", [(5, 3, 8), (7, 3, 20)], "do not fit one another"),
    ],
)
def test_shapes_that_do_not_fit_are_named(name, inputs, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(_PREFIX + name, *inputs, heads=2)


def test_the_number_of_heads_is_needed():
    operator = find(_PREFIX + "selfatt_qk")
    with pytest.raises(AttributeValueError, match="'heads' is missing"):
        operator.parse({})
    with pytest.raises(DTypeError, match="not int32"):
        infer_dtypes(operator, operator.parse({"heads": 1}), [np.dtype("int32")])


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float16", 5e-3), ("float32", 1e-5), ("float64", 1e-12)]
)
def test_whole_attention_in_any_precision(dtype, tolerance):
    length, batch, heads, width = 4, 2, 3, 5
    stream = np.random.RandomState(0)
    apart = stream.uniform(-1, 1, (length, batch, heads, 3, width)).astype(dtype)
    joined = apart.reshape(length, batch, -1)
    scores = apply(_PREFIX + "selfatt_qk", joined, heads=heads)
    mixed = apply(_PREFIX + "selfatt_valatt", joined, scores, heads=heads)
    assert scores.dtype == mixed.dtype == dtype
    query, key, value = np.moveaxis(apart.astype("float64"), 3, 0)
    exact = np.einsum("qbhd,kbhd->bhqk", query, key) / np.sqrt(width)
    flat = exact.reshape(scores.shape)
    np.testing.assert_allclose(scores, flat, rtol=tolerance, atol=tolerance)
    exact = np.einsum("bhqk,kbhd->qbhd", exact, value).reshape(mixed.shape)
    np.testing.assert_allclose(mixed, exact, rtol=tolerance, atol=2 * tolerance)


@pytest.mark.parametrize("shape", [(0, 2, 6), (3, 0, 6), (3, 2, 0)])
def test_there_may_be_nothing_to_attend_to(shape):
    scores = apply(_PREFIX + "selfatt_qk", np.ones(shape), heads=1)
    assert scores.shape == (shape[1], shape[0], shape[0])
    mixed = apply(_PREFIX + "selfatt_valatt", np.ones(shape), scores, heads=1)
    assert mixed.shape == (*shape[:2], shape[2] // 3)


def test_work_is_counted():
    operator = find(_PREFIX + "encdec_qk")
    attributes = operator.parse({"heads": 2})
    shapes = [(5, 3, 8), (7, 3, 16)]
    cost = operator.cost(attributes, shapes, [(6, 5, 7)])
    assert cost == (2 * 6 * 5 * 7 * 4, 120 + 336 + 210)
    backward = find("_backward_interleaved_matmul_encdec_qk")
    made = backward.cost(attributes, [(6, 5, 7), *shapes], shapes)
    assert made.flops == 2 * cost.flops
