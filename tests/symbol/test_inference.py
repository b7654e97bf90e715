"""`infer_shape`, `infer_shape_partial` and `infer_type` as a user calls them."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import InferenceError


def dense() -> mx.sym.Symbol:
    return mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=3, name="fc")


def test_shapes_are_given_by_name_or_position():
    expected = ([(2, 5), (3, 5), (3,)], [(2, 3)], [])
    assert dense().infer_shape(x=(2, 5)) == expected
    assert dense().infer_shape((2, 5)) == expected
    assert dense().infer_shape((2, 5), None, (3,)) == expected


def test_too_little_gives_nothing():
    assert dense().infer_shape() == (None, None, None)
    assert dense().infer_shape(x=(0, 5)) == (None, None, None)


def test_partial_inference_gives_what_follows():
    assert dense().infer_shape_partial(x=(0, 5)) == (
        [(0, 5), (3, 5), (3,)],
        [(0, 3)],
        [],
    )


def test_declared_shapes_count():
    x = mx.sym.Variable("x", shape=(2, 5))
    assert mx.sym.exp(x).infer_shape() == ([(2, 5)], [(2, 5)], [])


def test_states_have_shapes_of_their_own():
    net = mx.sym.BatchNorm(mx.sym.Variable("x"))
    assert net.infer_shape(x=(2, 5, 4, 4))[2] == [(5,), (5,)]


def test_types_follow_from_some():
    arguments, outputs, _ = dense().infer_type(x="float64")
    assert arguments == [np.float64] * 3
    assert outputs == [np.float64]
    assert dense().infer_type() == (None, None, None)
    assert dense().infer_type_partial()[1] == [None]
    assert dense().infer_type(x="float32")[1] == [np.float32]


def test_declared_types_count():
    x = mx.sym.Variable("x", dtype="float16")
    assert mx.sym.exp(x).infer_type()[1] == [np.float16]


def test_an_unknown_name_is_an_error():
    with pytest.raises(mx.MXNetError, match="'zz'"):
        dense().infer_shape(zz=(2, 2))
    with pytest.raises(mx.MXNetError, match="'zz'"):
        dense().infer_type(zz="float32")


def test_contradictions_are_errors():
    with pytest.raises(InferenceError, match="fc"):
        dense().infer_shape(x=(2, 5), fc_weight=(7, 7))
    with pytest.raises(InferenceError, match="float64"):
        dense().infer_type(x="float64", fc_weight="float32")


def test_positions_and_names_do_not_mix():
    with pytest.raises((ValueError, TypeError)):
        dense().infer_shape((2, 5), x=(2, 5))


def test_too_many_positions_are_an_error():
    with pytest.raises(mx.MXNetError, match="3 arguments"):
        dense().infer_shape((2, 5), (3, 5), (3,), (1,))
