"""Elements at coordinates: two-way shapes, types, indices out of range, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("data", "indices", "output", "expected"),
    [
        ((2, 3, 0), (2, 0), (4, 5), ((2, 3, 5), (2, 4), (4, 5))),
        ((0, 3), (1, 4), None, ((0, 3), (1, 4), (4, 3))),
        ((2, 3), (2, 4, 5), None, ((2, 3), (2, 4, 5), (4, 5))),
        ((2, 3), (0, 4), None, ((2, 3), (0, 4), None)),
        (None, (1, 4), None, (None, (1, 4), None)),
    ],
)
def test_shapes_of_gather_nd_go_both_ways(data, indices, output, expected):
    inputs, outputs = shapes_of("gather_nd", data, indices, outputs=[output])
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("data", "indices", "expected"),
    [
        (None, (1, 4), ((4, 3), (1, 4))),
        ((4, 3), (1, 0), ((4, 3), (1, 4))),
        ((4, 0), (2, 4, 0), None),
        ((4, 5), (2, 0, 0), ((4, 5), (2, 4, 5))),
        ((4, 5), None, ((4, 5), None)),
    ],
)
def test_shapes_of_scatter_nd_go_both_ways(data, indices, expected):
    if expected is None:
        expected = (data, indices)
    inputs, outputs = shapes_of("scatter_nd", data, indices, shape=(2, 3))
    assert tuple(inputs) == expected
    assert outputs == [(2, 3)]


def test_all_of_a_set_has_the_shape_that_is_given():
    told = shapes_of("_scatter_set_nd", None, None, (1, 4), shape=(2, 3))
    assert told == ([(2, 3), (4, 3), (1, 4)], [(2, 3)])


@pytest.mark.parametrize(
    ("data", "indices", "message"),
    [
        ((2, 3), (4,), r"indices \(4,\) must have at least 2 dimensions"),
        ((2, 3), (3, 4), r"indices \(3, 4\) must have 1 to 2 rows, for the axes of"),
    ],
)
def test_indices_that_do_not_fit_are_refused(data, indices, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of("gather_nd", data, indices)
    with pytest.raises(ShapeError, match=message):
        shapes_of("scatter_nd", None, indices, shape=data)


def test_data_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match=r"\(4, 3\) against \(4, 2\)"):
        shapes_of("scatter_nd", (4, 2), (1, 4), shape=(2, 3))


@pytest.mark.parametrize("index", [[[3]], [[-4]]])
def test_indices_out_of_range_are_refused(index):
    data, index = np.arange(3, dtype=np.float32), np.array(index)
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 3"):
        apply("gather_nd", data, index)
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 3"):
        apply("scatter_nd", data[:1], index, shape=(3,))


@pytest.mark.parametrize("dtype", ["int32", "int64", "float16", "float32", "float64"])
def test_indices_have_any_type_and_elements_keep_theirs(dtype):
    data = np.arange(6, dtype=np.int8).reshape(2, 3)
    gathered = apply("gather_nd", data, np.array([[1, 0], [2, -1]], dtype))
    assert gathered.dtype == np.int8
    assert gathered.tolist() == [5, 2]


@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_gradients_of_repeated_elements_add_up(dtype, request_):
    stream = np.random.default_rng(0)
    indices = stream.integers(-3, 3, (2, 10, 5))
    grad = stream.integers(-3, 4, (10, 5, 2)).astype(dtype)
    expected = np.full((3, 3, 2), request_ is Request.ADD, dtype)
    np.add.at(expected, tuple(indices), grad)
    output = [np.ones((3, 3, 2), dtype)]
    operator = find("_backward_gather_nd")
    eager.run(
        operator,
        operator.parse({}),
        [grad, indices],
        outputs=output,
        request=request_,
    )
    np.testing.assert_array_equal(output[0], expected)


def test_elements_are_put_in_place():
    operator = find("_scatter_set_nd")
    data = np.ones((2, 3), np.float32)
    inputs = [data, np.float32([7, 8]), np.array([[1, 0], [0, 2]])]
    attributes = operator.parse({"shape": (2, 3)})
    eager.bind_and_run(operator, attributes, inputs, [data], Request.WRITE, False)
    assert data.tolist() == [[1, 1, 8], [7, 1, 1]]


def test_what_is_put_has_the_type_of_the_rest():
    operator = find("_scatter_set_nd")
    f32, i32 = np.dtype("float32"), np.dtype("int32")
    attributes = operator.parse({"shape": (2,)})
    told = operator.dtypes(attributes, [None, f32, i32], [None])
    assert told == ([f32, f32, i32], [f32])
    with pytest.raises(DTypeError):
        operator.dtypes(attributes, [f32, i32, i32], [None])


@pytest.mark.parametrize(
    ("name", "data", "output", "expected"),
    [
        ("_ravel_multi_index", (0, 5), None, ((2, 5), (5,))),
        ("_ravel_multi_index", None, (5, 4), ((2, 5, 4), (5, 4))),
        ("_ravel_multi_index", None, None, (None, None)),
        ("_unravel_index", (5, 0), (0, 0, 4), ((5, 4), (2, 5, 4))),
        ("_unravel_index", None, (2, 5), ((5,), (2, 5))),
        ("_unravel_index", None, None, (None, None)),
    ],
)
def test_shapes_of_numbers_go_both_ways(name, data, output, expected):
    inputs, outputs = shapes_of(name, data, outputs=[output], shape=(7, 6))
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize("data", [(3, 5), (2,)])
def test_coordinates_need_a_row_for_each_axis(data):
    with pytest.raises(ShapeError, match="and a row for each of the 2 axes of shape"):
        shapes_of("_ravel_multi_index", data, shape=(7, 6))


@pytest.mark.parametrize("shape", [(), (3, 0), (3, -1), None])
def test_shapes_without_numbers_are_refused(shape):
    with pytest.raises(AttributeValueError, match="'shape'"):
        find("unravel_index").parse({"shape": shape})


@pytest.mark.parametrize("dtype", ["int32", "int64", "float64"])
def test_large_numbers_are_exact(dtype):
    shape = (1000, 1000, 1000)
    data = np.array([[999, 1], [998, 0], [997, 2]], dtype)
    numbers = apply("ravel_multi_index", data, shape=shape)
    assert numbers.dtype == dtype
    assert numbers.tolist() == [999_998_997, 1_000_002]
    np.testing.assert_array_equal(apply("unravel_index", numbers, shape=shape), data)
