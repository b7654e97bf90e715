"""NDArrayIter: what it takes, sharing of memory, epochs, errors."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError
from tests.io.cases import numbers


def rows(iterator):
    return [batch.data[0].asnumpy()[:, 0].tolist() for batch in iterator]


def test_whole_batches_share_memory_and_filled_ones_do_not():
    source = mx.nd.array(numbers(5))
    first, second, last = mx.io.NDArrayIter(source, batch_size=2)
    source[:] = -1
    assert (first.data[0].asnumpy() == -1).all()
    assert (second.data[0].asnumpy() == -1).all()
    assert last.data[0].asnumpy()[0, 0] == 8


def test_arrays_keep_their_type_and_others_become_float32():
    data = {"kept": mx.nd.array([1, 2], dtype="int8"), "list": [1, 2]}
    iterator = mx.io.NDArrayIter(data | {"wide": np.zeros(2)})
    types = [np.dtype(x.dtype).name for x in iterator.provide_data]
    assert types == ["int8", "float32", "float32"]
    assert iterator.data_list[0] is data["kept"]


def test_names_of_lists():
    iterator = mx.io.NDArrayIter(
        [numbers(2), numbers(2)], numbers(2), data_name="x", label_name="y"
    )
    assert [x.name for x in iterator.provide_data] == ["_0_x", "_1_x"]
    assert [x.name for x in iterator.provide_label] == ["y"]
    assert iterator.num_source == 3


@settings(deadline=None)
@given(
    count=st.integers(1, 12),
    size=st.integers(1, 12),
    handle=st.sampled_from(["pad", "discard", "roll_over"]),
)
def test_every_sample_is_seen_as_often_as_it_should(count, size, handle):
    iterator = mx.io.NDArrayIter(numbers(count, 1), None, size, False, handle)
    seen = []
    for _ in range(3):
        for batch in iterator:
            values = batch.data[0].asnumpy()[:, 0].tolist()
            assert len(values) == size
            seen += values[: size - batch.pad] if handle == "pad" else values
        iterator.reset()
    if handle == "pad":
        assert seen == list(range(count)) * 3
    elif handle == "discard":
        assert seen == list(range(count // size * size)) * 3
    else:
        assert seen == (list(range(count)) * 3)[: count * 3 // size * size]


@pytest.mark.parametrize("handle", ["pad", "discard", "roll_over"])
def test_samples_lie_along_the_axis_that_the_layout_says(handle):
    data = numbers(3, 5)  # five samples of three
    iterator = mx.io.NDArrayIter(data, None, 2, False, handle, layout="TN")
    assert iterator.provide_data[0].shape == (3, 2)
    firsts = [batch.data[0].asnumpy()[0].tolist() for batch in iterator]
    assert firsts == [[0, 1], [2, 3], [4, 0]][: 3 if handle == "pad" else 2]
    np.random.seed(0)
    shuffled = mx.io.NDArrayIter(data, None, 5, True, layout="TN").next()
    assert sorted(shuffled.data[0].asnumpy()[0]) == [0, 1, 2, 3, 4]


def test_data_and_labels_are_shuffled_alike():
    iterator = mx.io.NDArrayIter(numbers(9, 1), numbers(9, 1), 4, shuffle=True)
    for _ in range(3):
        for batch in iterator:
            (data,), (label,) = batch.data, batch.label
            np.testing.assert_array_equal(data.asnumpy(), label.asnumpy())
        iterator.reset()


def test_a_hard_reset_forgets_what_was_rolled_over():
    iterator = mx.io.NDArrayIter(
        numbers(5, 1), batch_size=2, last_batch_handle="roll_over"
    )
    assert rows(iterator) == [[0, 1], [2, 3]]
    iterator.hard_reset()
    assert rows(iterator) == [[0, 1], [2, 3]]
    iterator.reset()
    assert rows(iterator) == [[4, 0], [1, 2], [3, 4]]


def test_the_get_methods_can_be_called_again():
    iterator = mx.io.NDArrayIter(numbers(5, 1), numbers(5, 1), 3)
    with pytest.raises(ArgumentError, match="no current batch"):
        iterator.getdata()
    assert iterator.iter_next()
    assert iterator.iter_next()
    for _ in range(2):
        assert iterator.getdata()[0].asnumpy()[:, 0].tolist() == [3, 4, 0]
        assert iterator.getlabel()[0].shape == (3, 1)
    assert (iterator.getpad(), iterator.getindex()) == (1, None)
    assert not iterator.iter_next()
    with pytest.raises(ArgumentError, match="reset at the end"):
        iterator.getdata()


class Dataset:
    """Takes what h5py's takes: slices and increasing indices."""

    dtype = np.dtype("float32")

    def __init__(self, values):
        self.values = values
        self.shape = values.shape

    def __getitem__(self, key):
        assert (np.diff(key) > 0).all()
        return self.values[key]


def test_datasets_are_read_in_parts(monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", SimpleNamespace(Dataset=Dataset))
    np.random.seed(1)
    label = numbers(7, 1)[:, 0]
    iterator = mx.io.NDArrayIter(Dataset(numbers(7, 1)), label, 3, shuffle=True)
    for _ in range(3):
        for batch in iterator:
            data = batch.data[0].asnumpy()[:, 0].tolist()
            assert data == batch.label[0].asnumpy().tolist()
        iterator.reset()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": None}, "data is empty"),
        ({"data": {}}, "data is empty"),
        ({"data": numbers(0)}, "'data' has no samples"),
        ({"data": numbers(2), "label": numbers(1)}, "2 samples.* only 1"),
        ({"data": numbers(2), "batch_size": 0}, "at least 1, not 0"),
        ({"data": numbers(2), "last_batch_handle": "keep"}, "'pad', 'discard'"),
        ({"data": numbers(2), "layout": "TC"}, "must have an N"),
        ({"data": numbers(2)[0], "layout": "TN"}, "no axis 1"),
    ],
)
def test_values_that_cannot_be_used(given, message):
    with pytest.raises(ArgumentError, match=message):
        mx.io.NDArrayIter(**given)


@pytest.mark.parametrize("data", ["abc", 5, (numbers(2),), {"a": "abc"}, {"a": object}])
def test_things_that_are_no_arrays(data):
    with pytest.raises(ArgumentTypeError, match="must be an NDArray, a numpy"):
        mx.io.NDArrayIter(data)


def test_a_batch_size_that_is_no_integer():
    with pytest.raises(ArgumentTypeError, match="must be an integer"):
        mx.io.NDArrayIter(numbers(2), batch_size=2.5)
