"""Shapes, broadcasting and axes drawn at random, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes

from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply

common = settings(max_examples=60, deadline=None, derandomize=True)
small_shapes = shapes.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)
BINARY = {
    "broadcast_add": np.add,
    "broadcast_sub": np.subtract,
    "broadcast_mul": np.multiply,
    "broadcast_maximum": np.maximum,
    "broadcast_hypot": np.hypot,
    "broadcast_greater": np.greater,
}
REDUCTIONS = {"sum": np.sum, "mean": np.mean, "max": np.max, "prod": np.prod}


def drawn(shape, seed=0):
    return np.random.RandomState(seed).uniform(0.5, 2, shape).astype("float32")


@pytest.mark.parametrize("name", BINARY)
@common
@given(pair=shapes.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_dims=1))
def test_broadcasting_is_numpys(name, pair):
    first, second = pair.input_shapes
    rank = max(len(first), len(second))
    first, second = ((1,) * (rank - len(s)) + s for s in (first, second))
    left, right = drawn(first), drawn(second, 1)
    made = apply(name, left, right)
    np.testing.assert_allclose(made, BINARY[name](left, right), rtol=1e-6)


@common
@given(pair=shapes.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_dims=1))
def test_gradients_of_broadcasting_sum_to_the_operands_shapes(pair):
    first, second = pair.input_shapes
    rank = max(len(first), len(second))
    first, second = ((1,) * (rank - len(s)) + s for s in (first, second))
    operator = find("broadcast_mul")
    attributes = operator.parse({})
    inputs = [drawn(first), drawn(second, 1)]
    outputs = eager.run(operator, attributes, inputs)
    heads = [drawn(outputs[0].shape, 2)]
    call = eager.EagerCall(operator, attributes, inputs, outputs, heads)
    for position, made in enumerate(eager.gradients(call)):
        full = heads[0] * inputs[1 - position]
        axes = tuple(
            i for i, d in enumerate(inputs[position].shape) if d == 1 != full.shape[i]
        )
        expected = full.sum(axis=axes, keepdims=True)
        np.testing.assert_allclose(made, expected, rtol=1e-5)


@pytest.mark.parametrize("name", REDUCTIONS)
@common
@given(data=st.data(), shape=small_shapes, keepdims=st.booleans(), not_=st.booleans())
def test_reductions_over_any_axes(name, data, shape, keepdims, not_):
    axes = data.draw(
        st.sets(st.integers(-len(shape), len(shape) - 1), min_size=1).filter(
            lambda found: len({a % len(shape) for a in found}) == len(found)
        )
    )
    value = drawn(shape)
    made = apply(name, value, axis=tuple(axes), keepdims=keepdims, exclude=not_)
    named = {a % len(shape) for a in axes}
    over = tuple(i for i in range(len(shape)) if (i in named) != not_)
    expected = REDUCTIONS[name](value, axis=over, keepdims=keepdims)
    np.testing.assert_allclose(made.reshape(expected.shape), expected, rtol=1e-5)


@common
@given(data=st.data(), shape=small_shapes)
def test_transposing_twice_gives_the_input(data, shape):
    axes = data.draw(st.permutations(range(len(shape))))
    value = drawn(shape)
    made = apply("transpose", value, axes=tuple(axes))
    np.testing.assert_array_equal(made, value.transpose(axes))
    back = apply("transpose", made, axes=tuple(np.argsort(axes)))
    np.testing.assert_array_equal(back, value)


@common
@given(data=st.data(), shape=small_shapes)
def test_slices_are_numpys(data, shape):
    key = data.draw(
        shapes.basic_indices(shape, allow_ellipsis=False, min_dims=len(shape))
    )
    parts = list(key if isinstance(key, tuple) else (key,))
    if len(parts) != len(shape) or not all(isinstance(p, slice) for p in parts):
        return
    value = drawn(shape)
    expected = value[tuple(parts)]
    if 0 in expected.shape:
        return  # an empty part is refused, as in MXNet
    made = apply(
        "slice",
        value,
        begin=tuple(p.start for p in parts),
        end=tuple(p.stop for p in parts),
        step=tuple(p.step for p in parts),
    )
    np.testing.assert_array_equal(made, expected)


@common
@given(data=st.data(), shape=small_shapes)
def test_any_dimension_may_be_left_to_be_inferred(data, shape):
    count = int(np.prod(shape))
    wanted = data.draw(st.permutations(shape))
    place = data.draw(st.integers(0, len(shape) - 1))
    given_ = [-1 if i == place else d for i, d in enumerate(wanted)]
    made = apply(
        "Reshape", np.arange(count, dtype="float32").reshape(shape), shape=given_
    )
    assert made.shape == tuple(wanted)
    np.testing.assert_array_equal(made.ravel(), np.arange(count))


@common
@given(data=st.data(), shape=small_shapes, pieces=st.integers(1, 3))
def test_joining_what_was_divided_gives_the_input(data, shape, pieces):
    axis = data.draw(st.integers(0, len(shape) - 1))
    value = drawn((*shape[:axis], shape[axis] * pieces, *shape[axis + 1 :]))
    parts = apply("SliceChannel", value, num_outputs=pieces, axis=axis)
    parts = parts if isinstance(parts, list) else [parts]
    joined = apply("Concat", *parts, dim=axis, num_args=pieces)
    np.testing.assert_array_equal(joined, value)


@common
@given(data=st.data(), shape=small_shapes)
def test_sorting_agrees_with_numpy(data, shape):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    value = drawn(shape)
    np.testing.assert_array_equal(
        apply("sort", value, axis=axis)[0], np.sort(value, axis=axis)
    )
    order = apply("argsort", value, axis=axis).astype(int)
    np.testing.assert_array_equal(order, np.argsort(value, axis=axis, kind="stable"))
