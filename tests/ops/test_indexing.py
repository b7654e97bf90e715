"""Choosing by indices: repeated indices, types, modes, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_gradients_of_repeated_rows_add_up(dtype, request_):
    stream = np.random.default_rng(0)
    data = stream.integers(0, 7, (50, 4)).astype(np.int32)
    grad = stream.integers(-3, 4, (50, 4, 3)).astype(dtype)
    expected = np.full((9, 3), request_ is Request.ADD, dtype)
    np.add.at(expected, data, grad)
    operator = find("_backward_Embedding")
    output = [np.ones((9, 3), dtype)]
    eager.run(
        operator,
        operator.parse({"input_dim": 9, "output_dim": 3}),
        [grad, data],
        outputs=output,
        request=request_,
    )
    np.testing.assert_array_equal(output[0], expected)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_gradients_of_repeated_elements_add_up_on_any_axis(axis):
    stream = np.random.default_rng(axis)
    indices = stream.integers(0, 4, (5, 2))
    shape = (4, 4, 4)
    grad = stream.integers(-3, 4, (*shape[:axis], 5, 2, *shape[axis + 1 :]))
    expected = np.zeros(shape, np.float32)
    np.add.at(expected, (*[slice(None)] * axis, indices), grad)
    operator = find("_backward_take")
    output = [np.empty(shape, np.float32)]
    eager.run(
        operator,
        operator.parse({"axis": axis}),
        [grad.astype(np.float32), indices],
        outputs=output,
    )
    np.testing.assert_array_equal(output[0], expected)


def test_an_embedding_takes_indices_of_any_type():
    weight = np.arange(6, dtype=np.float16).reshape(3, 2)
    for dtype in ("float32", "int32", "int64", "uint8", "float64"):
        result = apply(
            "Embedding", np.array([2, 0], dtype), weight, input_dim=3, output_dim=2
        )
        assert result.dtype == np.float16
        assert result.tolist() == [[4, 5], [0, 1]]


def test_the_type_of_a_table_follows_from_use_or_attribute():
    operator = find("Embedding")
    half = operator.parse({"input_dim": 3, "output_dim": 2, "dtype": "float16"})
    index, f16, f64 = map(np.dtype, ("int32", "float16", "float64"))
    assert operator.dtypes(half, [index, None], [None]) == ([index, f16], [f16])
    assert operator.dtypes(half, [index, f64], [None]) == ([index, f64], [f64])
    assert operator.dtypes(half, [None, None], [f64]) == ([None, f64], [f64])


def test_shapes_of_an_embedding_go_both_ways():
    settings = {"input_dim": 5, "output_dim": 2}
    assert shapes_of("Embedding", (4, 0), None, **settings) == (
        [(4, 0), (5, 2)],
        [(4, 0, 2)],
    )
    assert shapes_of("Embedding", None, None, outputs=[(4, 3, 2)], **settings)[0] == [
        (4, 3),
        (5, 2),
    ]
    with pytest.raises(ShapeError):
        shapes_of("Embedding", (4,), (6, 2), **settings)


def test_shapes_of_take_and_pick_go_both_ways():
    take = shapes_of("take", (0, 5, 0), (0, 0), outputs=[(2, 3, 4, 6)], axis=1)
    assert take == ([(2, 5, 6), (3, 4)], [(2, 3, 4, 6)])
    pick = shapes_of("pick", (0, 5), (3,), outputs=[None])
    assert pick == ([(3, 5), (3,)], [(3,)])


def test_take_can_refuse_indices_out_of_range():
    data = np.arange(3, dtype=np.float32)
    for bad in ([3], [-1]):
        with pytest.raises(IndexError, match="from 0 to 2"):
            apply("take", data, np.array(bad), mode="raise")


def test_an_index_of_the_wrong_shape_is_named():
    with pytest.raises(ShapeError, match=r"index \(4,\) does not fit data \(3, 4\)"):
        shapes_of("pick", (3, 4), (4,))


def test_a_condition_of_the_wrong_shape_is_named():
    with pytest.raises(ShapeError, match=r"condition \(2,\) has no element for each"):
        shapes_of("where", (2,), (3, 2), (3, 2))
    with pytest.raises(ShapeError, match=r"condition \(2, 2\) must have the shape"):
        shapes_of("where", (2, 2), (3, 2), (3, 2))


def test_shapes_of_where_go_both_ways():
    assert shapes_of("where", (0, 3), None, (2, 0)) == (
        [(2, 3), (2, 3), (2, 3)],
        [(2, 3)],
    )
    assert shapes_of("where", (3,), None, (0, 2)) == (
        [(3,), (3, 2), (3, 2)],
        [(3, 2)],
    )


def test_nan_counts_as_true_and_as_index_0():
    nan = np.float32([np.nan])
    assert apply("where", nan, np.float32([1]), np.float32([2])).tolist() == [1]
    assert apply("take", np.float32([5, 6]), nan).tolist() == [5]


def test_one_hot_has_the_type_that_was_asked_for():
    result = apply("one_hot", np.array([1, 3]), depth=3, dtype="float16")
    assert result.dtype == np.float16
    assert result.tolist() == [[0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("take", {"mode": "mirror"}),
        ("pick", {"axis": None}),
        ("one_hot", {"depth": -1}),
        ("Embedding", {"input_dim": 0, "output_dim": 3}),
    ],
)
def test_wrong_attributes_are_refused(name, given):
    with pytest.raises(AttributeValueError, match="cannot be"):
        find(name).parse(given)


@pytest.mark.parametrize(
    ("data", "indices", "expected"),
    [
        ((3, 2), None, ((3, 2), (3,), (3,))),
        ((0, 2), (3,), ((3, 2), (3,), (3,))),
        ((3, 4, 2), None, ((3, 4, 2), (3, 4), (3, 4))),
        (None, (3,), (None, (3,), (3,))),
    ],
)
def test_shapes_of_batch_take_go_both_ways(data, indices, expected):
    inputs, outputs = shapes_of("batch_take", data, indices)
    assert (*inputs, *outputs) == expected


def test_indices_that_do_not_fit_a_batch_are_named():
    with pytest.raises(ShapeError, match=r"indices \(2,\) do not fit a \(3, 2\)"):
        shapes_of("batch_take", (3, 2), (2,))
    with pytest.raises(ShapeError, match=r"a \(3,\) must have at least 2 dimensions"):
        shapes_of("batch_take", (3,), None)


def test_indices_of_a_batch_are_integers_unless_told():
    operator = find("batch_take")
    f16, i32, i64 = map(np.dtype, ("float16", "int32", "int64"))
    attributes = operator.parse({})
    assert operator.dtypes(attributes, [f16, None], [None]) == ([f16, i32], [f16])
    assert operator.dtypes(attributes, [None, i64], [f16]) == ([f16, i64], [f16])


def test_one_hot_vectors_may_have_no_length():
    assert apply("one_hot", np.array([1, 3]), depth=0).shape == (2, 0)


def test_infinite_gradients_stay_on_the_side_that_was_chosen():
    operator = find("_backward_where")
    grad, condition = np.float32([np.inf, np.nan]), np.float32([1, 0])
    x, y = eager.run(operator, operator.parse({}), [grad, condition])
    assert x.tolist() == [np.inf, 0]
    assert y[0] == 0
    assert np.isnan(y[1])


def test_nothing_can_be_taken():
    data, none = np.ones((3, 2), np.float32), np.ones((0,), np.int32)
    assert apply("take", data, none).shape == (0, 2)
    assert apply("take", data[:0], none).shape == (0, 2)
    assert apply("Embedding", none, data, input_dim=3, output_dim=2).shape == (0, 2)
