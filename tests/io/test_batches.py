"""Descriptions, batches, and the base of all iterators."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentTypeError, UnknownNameError


def test_a_description_is_a_pair_with_type_and_layout():
    desc = mx.io.DataDesc("data", (2, 3), "float16", "NC")
    name, shape = desc
    assert (name, shape, desc.dtype, desc.layout) == ("data", (2, 3), "float16", "NC")
    assert desc == ("data", (2, 3))
    assert repr(desc) == "DataDesc[data,(2, 3),float16,NC]"
    assert mx.io.DataDesc("data", (2, 3)).dtype is np.float32


def test_a_description_is_pickled_whole():
    desc = pickle.loads(pickle.dumps(mx.io.DataDesc("x", (1,), "int8", "N")))
    assert (desc, desc.dtype, desc.layout) == (("x", (1,)), "int8", "N")


@pytest.mark.parametrize(
    ("layout", "axis"), [(None, 0), ("NCHW", 0), ("TNC", 1), ("TC", -1)]
)
def test_the_batch_axis_is_that_of_n(layout, axis):
    assert mx.io.DataDesc.get_batch_axis(layout) == axis


def test_lists_of_descriptions_take_types_by_name():
    shapes = [("a", (1,)), ("b", (2,))]
    typed = mx.io.DataDesc.get_list(shapes, [("b", "int8"), ("a", "int32")])
    assert [x.dtype for x in typed] == ["int32", "int8"]
    assert mx.io.DataDesc.get_list(shapes, None)[1] == ("b", (2,))
    with pytest.raises(UnknownNameError, match="'b' has a shape and no type"):
        mx.io.DataDesc.get_list(shapes, [("a", "int8")])


def test_a_batch_shows_its_shapes():
    one, other = mx.nd.zeros((2, 3)), mx.nd.zeros((2,))
    batch = mx.io.DataBatch([one], [other], pad=1, bucket_key=5)
    assert str(batch) == "DataBatch: data shapes: [(2, 3)] label shapes: [(2,)]"
    assert str(mx.io.DataBatch([one])).endswith("label shapes: None")
    assert (batch.pad, batch.index, batch.bucket_key) == (1, None, 5)


@pytest.mark.parametrize("given", [{"data": 3}, {"data": [], "label": mx.nd.zeros(1)}])
def test_a_batch_is_made_of_lists(given):
    with pytest.raises(ArgumentTypeError, match="must be a list of NDArrays"):
        mx.io.DataBatch(**given)


class Countdown(mx.io.DataIter):
    def __init__(self, count):
        super().__init__(batch_size=1)
        self.left = self.count = count

    def reset(self):
        self.left = self.count

    def iter_next(self):
        self.left -= 1
        return self.left >= 0

    def getdata(self):
        return [self.left]

    def getlabel(self):
        return []

    def getpad(self):
        return 0


def test_an_iterator_of_ones_own_defines_the_get_methods():
    iterator = Countdown(3)
    assert [batch.data for batch in iterator] == [[2], [1], [0]]
    iterator.reset()
    assert next(iterator).data == [2]
    assert iter(iterator) is iterator


def test_the_base_alone_has_no_batches():
    assert list(mx.io.DataIter()) == []
