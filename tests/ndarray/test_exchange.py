"""Sharing memory with other array libraries."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import ArgumentTypeError


def test_dlpack_shares_memory_both_ways():
    x = mx.nd.array([[1, 2], [3, 4]])
    shared = np.from_dlpack(x)
    shared[0, 0] = 9
    assert x.asnumpy()[0, 0] == 9
    source = np.arange(4, dtype="float32")
    array = mx.nd.from_dlpack(source)
    source[1] = 7
    assert array.asnumpy().tolist() == [0, 7, 2, 3]
    back = mx.nd.from_dlpack(mx.nd.to_dlpack_for_read(x))
    back[1, 1] = 5
    back.wait_to_read()  # the engine does not know that they share memory
    assert x.asnumpy()[1, 1] == 5


def test_an_export_waits_for_the_value():
    x = mx.nd.ones((500, 500))
    for _ in range(5):
        x = mx.nd.dot(x, x) / 500
    assert (np.from_dlpack(x) == 1).all()


def test_numpy_arrays_are_shared_and_guarded():
    source = np.arange(3, dtype="float32")
    array = mx.nd.from_numpy(source)
    array[0] = 5
    assert array.asnumpy().tolist() == [5, 1, 2]
    mx.nd.waitall()
    assert source[0] == 5
    with pytest.raises(ValueError, match="read-only"):
        source[0] = 1
    copied = mx.nd.from_numpy(np.ones(2), zero_copy=False)
    assert copied.dtype == np.float64


def test_what_cannot_be_shared_is_refused():
    with pytest.raises(ArgumentTypeError, match="C-contiguous"):
        mx.nd.from_numpy(np.ones((2, 3)).T)
    with pytest.raises(ArgumentTypeError, match="takes a NumPy array"):
        mx.nd.from_numpy([1])
    with pytest.raises(ArgumentTypeError, match="cannot take"):
        mx.nd.from_dlpack("x")
    frozen = np.ones(3)
    frozen.flags.writeable = False
    copy = mx.nd.from_numpy(np.ascontiguousarray(frozen), zero_copy=False)
    copy[0] = 2
    assert frozen[0] == 1
