"""Sequences of several lengths: shapes both ways, types, lengths beyond the data."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

SAME = ["SequenceMask", "SequenceReverse"]
ALL = [*SAME, "SequenceLast"]
every = pytest.mark.parametrize("name", ALL)
STEPS = np.arange(1, 13).reshape(4, 3)  # sequences are 1 4 7 10, 2 5 8 11, 3 6 9 12


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize(
    ("data", "lengths", "output", "axis"),
    [
        ((5, 4, 2), None, None, 0),
        ((5, 0, 2), (4,), None, 0),
        (None, None, (5, 4, 2), 0),
        ((5, 0, 2), (0,), (0, 4, 0), 0),
        ((0, 4, 2), (5,), None, 1),
    ],
)
def test_shapes_go_both_ways(name, data, lengths, output, axis):
    told = shapes_of(
        name, data, lengths, outputs=[output], use_sequence_length=True, axis=axis
    )
    assert told == ([(5, 4, 2), (5 if axis else 4,)], [(5, 4, 2)])


@pytest.mark.parametrize(
    ("data", "lengths", "output", "axis", "expected"),
    [
        ((5, 4, 2), None, None, 0, ([(5, 4, 2), (4,)], [(4, 2)])),
        ((0, 0, 2), (4,), None, 0, ([(0, 4, 2), (4,)], [(4, 2)])),
        ((5, 0, 0), None, (4, 2), 0, ([(5, 4, 2), (4,)], [(4, 2)])),
        (None, None, (4, 2), 0, ([(0, 4, 2), (4,)], [(4, 2)])),
        (None, None, (4, 2), 1, ([(4, 0, 2), (4,)], [(4, 2)])),
        ((0, 5), (4,), None, 1, ([(4, 5), (4,)], [(4,)])),
    ],
)
def test_shapes_of_the_last_step(data, lengths, output, axis, expected):
    told = shapes_of(
        "SequenceLast",
        *(data, lengths),
        outputs=[output],
        use_sequence_length=True,
        axis=axis,
    )
    assert told == expected


@every
def test_what_does_not_fit_is_refused(name):
    with pytest.raises(ShapeError, match=r"an axis of steps .* not the shape \(5,\)"):
        shapes_of(name, (5,))
    with pytest.raises(ShapeError, match=r"\(3,\) against \(4,\)"):
        shapes_of(name, (5, 4, 2), (3,), use_sequence_length=True)
    with pytest.raises(AttributeValueError, match="'axis' cannot be 2: expected 0 or"):
        find(name).parse({"axis": 2})


def test_there_must_be_a_last_step():
    operator = find("SequenceLast")
    with pytest.raises(ShapeError, match=r"data \(0, 4\) has no step"):
        operator.shapes(operator.parse({}), [(0, 4)], [None])


@every
def test_lengths_have_a_type_of_their_own(name):
    operator = find(name)
    attributes = operator.parse({"use_sequence_length": True})
    single, whole = np.dtype("float32"), np.dtype("int32")
    assert operator.dtypes(attributes, [single, whole], [None])[0] == [single, whole]
    assert operator.dtypes(attributes, [None, None], [single])[0] == [single, single]
    with pytest.raises(DTypeError, match="int32 against float32"):
        operator.dtypes(attributes, [whole, whole], [single])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "SequenceMask",
            [[1, -1, 3], [-1, -1, 6], [-1, -1, 9], [-1, -1, 12]],
        ),
        ("SequenceReverse", [[1, 2, 12], [4, 5, 9], [7, 8, 6], [10, 11, 3]]),
        ("SequenceLast", [1, 2, 12]),
    ],
)
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "int64", "float16"])
def test_lengths_may_lie_outside_the_data(name, expected, dtype):
    settings = {"value": -1} if name == "SequenceMask" else {}
    lengths = np.array([1, 0, 9], np.uint8)
    if dtype == "uint8":
        expected = np.array(expected).astype(dtype)
    result = apply(
        name, STEPS.astype(dtype), lengths, use_sequence_length=True, **settings
    )
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, expected)


@every
@pytest.mark.parametrize("axis", [0, 1])
def test_data_need_not_be_contiguous(name, axis):
    data = np.arange(60.0).reshape(3, 4, 5)
    lengths = np.array([2, 3, 1, 3][: data.shape[1 - axis]])
    settings = {"use_sequence_length": True, "axis": axis}
    strided = np.asfortranarray(data)
    np.testing.assert_array_equal(
        apply(name, strided, lengths, **settings),
        apply(name, data, lengths, **settings),
    )


@every
def test_a_batch_may_be_empty(name):
    result = apply(name, np.ones((4, 0, 2)), np.ones(0), use_sequence_length=True)
    assert result.shape == ((0, 2) if name == "SequenceLast" else (4, 0, 2))


@pytest.mark.parametrize("name", SAME)
def test_a_sequence_may_have_no_steps(name):
    result = apply(name, np.ones((0, 3)), np.ones(3), use_sequence_length=True)
    assert result.shape == (0, 3)


@pytest.mark.parametrize(
    ("request_", "start"), [(Request.WRITE, 0), (Request.ADD, 1), (None, None)]
)
def test_the_last_steps_get_the_gradient(request_, start):
    operator = find("_backward_SequenceLast")
    attributes = operator.parse({"use_sequence_length": True})
    inputs = [np.array([2.0, 3, 4]), np.array([2, 0, 9])]
    outputs = [np.ones((4, 3)) if request_ is not None else None]
    eager.bind_and_run(
        operator, attributes, inputs, outputs, request_ or Request.WRITE, True
    )
    if outputs[0] is not None:
        expected = np.zeros((4, 3))
        expected[[1, 0, 3], [0, 1, 2]] = [2, 3, 4]
        np.testing.assert_array_equal(outputs[0], expected + start)


def test_nan_after_the_end_is_masked():
    data = np.array([[1.0], [np.nan]])
    result = apply("SequenceMask", data, np.array([1]), use_sequence_length=True)
    np.testing.assert_array_equal(result, [[1], [0]])
