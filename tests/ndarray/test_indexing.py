"""Parts of arrays: views that share memory, copies, assignment, reshaping."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx

VALUES = np.arange(24, dtype="float32").reshape(4, 3, 2)
KEYS = {
    "row": 1,
    "last row": -1,
    "rows": slice(1, 3),
    "all": slice(None),
    "beyond the end": slice(2, 10),
    "nothing": slice(2, 2),
    "every second": slice(None, None, 2),
    "backwards": slice(None, None, -1),
    "ellipsis": ...,
    "element": (1, 2, 0),
    "column": (slice(None), 1),
    "part": (slice(1, 3), slice(None), 1),
    "last axis": (..., 0),
    "new axis": None,
    "list": [0, 2],
    "lists": ([0, 2], [1, 1]),
    "array": np.array([3, 0]),
    "mask": VALUES[:, 0, 0] > 5,
}


@pytest.mark.parametrize("name", KEYS)
def test_reading_is_numpys(name):
    found = mx.nd.array(VALUES)[KEYS[name]]
    np.testing.assert_array_equal(found.asnumpy(), VALUES[KEYS[name]])


def test_arrays_index_arrays():
    found = mx.nd.array(VALUES)[mx.nd.array([0, 2])]
    np.testing.assert_array_equal(found.asnumpy(), VALUES[[0, 2]])


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("form", ["scalar", "numpy", "array", "broadcast"])
def test_writing_is_numpys(name, form):
    key = KEYS[name]
    expected, array = VALUES.copy(), mx.nd.array(VALUES)
    shape = expected[key].shape
    value = -np.arange(int(np.prod(shape)), dtype="float32").reshape(shape) - 1
    given = {
        "scalar": 7,
        "numpy": value,
        "array": mx.nd.array(value),
        "broadcast": mx.nd.full((1,), 5),
    }[form]
    array[key] = given
    expected[key] = {"scalar": 7, "broadcast": 5}.get(form, value)
    np.testing.assert_array_equal(array.asnumpy(), expected)


def test_lists_can_be_assigned():
    array = mx.nd.zeros((2, 3))
    array[:] = [1, 2, 3]
    array[1] = [4, 5, 6]
    assert array.asnumpy().tolist() == [[1, 2, 3], [4, 5, 6]]


def test_assignment_casts_to_the_arrays_type():
    array = mx.nd.zeros(2, dtype="int32")
    array[:] = [1.7, 2.2]
    array[1] = mx.nd.full((1,), 5.5)
    assert array.asnumpy().tolist() == [1, 5]


def test_the_assigned_value_is_taken_now():
    source = np.ones(3)
    array = mx.nd.zeros(3)
    array[:] = source
    source[:] = 9
    assert array.asnumpy().tolist() == [1, 1, 1]


def test_parts_may_be_moved_within_an_array():
    array = mx.nd.array([1, 2, 3, 4])
    array[1:4] = array[0:3]
    assert array.asnumpy().tolist() == [1, 1, 2, 3]


@pytest.mark.parametrize("key", [0, slice(0, 1), slice(None), ...])
def test_leading_blocks_share_memory(key):
    array = mx.nd.zeros((2, 2))
    view = array[key]
    view[:] = 5
    assert array.asnumpy()[0].tolist() == [5, 5]
    array[:] = 7
    assert (view.asnumpy() == 7).all()


@pytest.mark.parametrize("key", [(slice(None), 0), slice(None, None, 2), [0]])
def test_other_parts_are_copies(key):
    array = mx.nd.zeros((2, 2))
    array[key][:] = 5
    assert not array.asnumpy().any()


def test_views_of_views_share_memory():
    array = mx.nd.zeros((4, 3))
    array[1:3][1][1:2][:] = 5
    expected = np.zeros((4, 3))
    expected[2, 1] = 5
    np.testing.assert_array_equal(array.asnumpy(), expected)


def test_rows_can_be_iterated():
    assert [row.asnumpy().tolist() for row in mx.nd.array([[1, 2], [3, 4]])] == [
        [1, 2],
        [3, 4],
    ]


@pytest.mark.parametrize(
    ("codes", "shape"),
    [
        ((4, 6), (4, 6)),
        ((-1,), (24,)),
        ((0, -1), (4, 6)),
        ((2, -1, 3), (2, 4, 3)),
        ((0, -2), (4, 3, 2)),
        ((-3, 0), (12, 2)),
        ((-4, 2, -1, 0, 0), (2, 2, 3, 2)),
        ((-4, 2, 2, -2), (2, 2, 3, 2)),
    ],
)
def test_reshape_codes_are_mxnets(codes, shape):
    array = mx.nd.array(VALUES)
    for found in (array.reshape(codes), array.reshape(*codes)):
        assert found.shape == shape
        np.testing.assert_array_equal(found.asnumpy(), VALUES.reshape(shape))


def test_a_reshaped_array_shares_memory():
    array = mx.nd.zeros((2, 2))
    array.reshape((4,))[1:3] = 5
    assert array.asnumpy().tolist() == [[0, 5], [5, 0]]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (lambda a: a[5], IndexError),
        (lambda a: a[-5], IndexError),
        (lambda a: a[1, 2, 3, 4], IndexError),
        (lambda a: a[[0, 9]], IndexError),
        (lambda a: a["x"], ValueError),
        (lambda a: a[1.0], ValueError),
        (lambda a: a.__setitem__(5, 1), IndexError),
        (lambda a: a.__setitem__(0, mx.nd.ones((5,))), ValueError),
        (lambda a: a.__setitem__(0, np.ones((4, 3, 2))), ValueError),
        (lambda a: a.__setitem__(0, "x"), TypeError),
        (lambda a: a.reshape((5, 5)), ValueError),
    ],
)
def test_what_cannot_be_indexed_is_refused_at_once(action, kind):
    array = mx.nd.array(VALUES)
    with pytest.raises(kind) as caught:
        action(array)
    assert isinstance(caught.value, mx.MXNetError)
    np.testing.assert_array_equal(array.asnumpy(), VALUES)


@pytest.mark.parametrize("key", [(1, 2), (-1, -1), (1, -1)])
def test_a_single_element_is_an_array_of_one_that_shares_memory(key):
    array = mx.nd.arange(6).reshape((2, 3))
    element = array[key]
    assert element.shape == (1,)
    assert element.asscalar() == 5
    element[:] = 9
    assert array.asnumpy()[1, 2] == 9


def test_elements_of_a_vector_are_arrays_of_one():
    assert [x.shape for x in mx.nd.arange(3)] == [(1,)] * 3
    assert [float(x) for x in mx.nd.arange(3)] == [0, 1, 2]
