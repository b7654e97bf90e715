"""Sorting: two-way shapes, types of indices, ties and NaN, random orders, errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of


@pytest.mark.parametrize(
    ("name", "data", "outputs", "settings", "expected"),
    [
        ("sort", (0, 3), [None, (2, 0)], {}, ((2, 3), (2, 3), (2, 3))),
        ("sort", (2, 3), [None, None], {"axis": None}, ((2, 3), (6,), (6,))),
        ("sort", (2, 0), [None, None], {"axis": None}, ((2, 0), (0,), (0,))),
        ("argsort", None, [(2, 3)], {}, ((2, 3), (2, 3))),
        ("topk", (0, 5), [(4, 0)], {"k": 2}, ((4, 5), (4, 2))),
        ("topk", (4, 0), [None], {"k": 2}, ((4, 0), (4, 2))),
        ("topk", (4, 0), [None], {"k": 0}, ((4, 0), (4, 0))),
        ("topk", (0, 5), [(3, 0)], {"ret_typ": "mask"}, ((3, 5), (3, 5))),
        ("topk", (4, 5), [None], {"k": 3, "axis": None}, ((4, 5), (3,))),
        (
            "topk",
            (0, 5),
            [None, (4, 2)],
            {"k": 2, "ret_typ": "both"},
            ((4, 5), (4, 2), (4, 2)),
        ),
        ("_shuffle", (0, 5), [(4, 0), None], {}, ((4, 5), (4, 5), (4,))),
    ],
)
def test_shapes_go_both_ways(name, data, outputs, settings, expected):
    told = shapes_of(name, data, outputs=outputs, **settings)
    assert (*told[0], *told[1]) == expected


@pytest.mark.parametrize(
    ("name", "data", "settings", "message"),
    [
        ("sort", (2, 3), {"axis": 2}, "axis 2 is out of range"),
        ("topk", (2, 3), {"axis": -3}, "axis -3 is out of range"),
        ("topk", (2, 3), {"k": 4}, r"k 4 is more than the 3 .* \(2, 3\) along axis -1"),
        ("topk", (2, 3), {"k": 7, "axis": None}, r"k 7 is more than the 6 elements"),
        ("argsort", (257,), {"dtype": "uint8"}, "uint8 cannot hold all indices below"),
        ("topk", (2049,), {"dtype": "float16"}, "float16 cannot hold .* below 2049"),
        ("argsort", (2**24 + 1,), {}, "float32 cannot hold"),
        ("_shuffle", (), {}, "at least 1 dimension"),
    ],
)
def test_what_does_not_fit_is_refused(name, data, settings, message):
    with pytest.raises(ShapeError, match=message):
        shapes_of(name, data, **settings)


@pytest.mark.parametrize(
    ("dtype", "count"), [("uint8", 256), ("float16", 2048), ("int32", 2**31)]
)
def test_indices_may_be_as_many_as_their_type_holds(dtype, count):
    assert shapes_of("argsort", (count,), dtype=dtype)[1] == [(count,)]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("argsort", {"dtype": "int8"}),
        ("topk", {"ret_typ": "values"}),
        ("topk", {"k": 1.5}),
    ],
)
def test_wrong_attributes_are_refused(name, given):
    with pytest.raises(AttributeValueError, match="cannot be"):
        find(name).parse(given)


@pytest.mark.parametrize(
    ("settings", "names", "visible", "types"),
    [
        ({"ret_typ": "value"}, ("output0", "output1"), 1, ["float64", "int64"]),
        ({"ret_typ": "both"}, ("output0", "output1"), 2, ["float64", "float32"]),
        ({"dtype": "int32"}, ("output",), 1, ["int32"]),
        ({"ret_typ": "mask", "dtype": "int32"}, ("output",), 1, ["float64"]),
    ],
)
def test_the_outputs_of_topk_follow_from_what_is_asked_for(
    settings, names, visible, types
):
    operator = find("topk")
    attributes = operator.parse(settings)
    assert operator.output_names(attributes) == names
    assert operator.visible_outputs(attributes) == visible
    told = operator.dtypes(attributes, [np.dtype("float64")], [None] * len(names))
    assert told[1] == types


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_nan_counts_as_the_largest(dtype):
    data = np.array([2, np.nan, -np.inf, np.inf, 1, np.nan], dtype)
    assert apply("argsort", data).tolist() == [2, 4, 0, 3, 1, 5]
    assert apply("argsort", data, is_ascend=False).tolist() == [1, 5, 3, 0, 4, 2]
    assert apply("topk", data, k=3).tolist() == [1, 5, 3]


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("values", ["many ties", "no ties", "with nan"])
@pytest.mark.parametrize("ascending", [False, True])
def test_the_first_few_are_the_first_of_all(axis, values, ascending):
    stream = np.random.default_rng(0)
    data = stream.normal(size=(40, 50, 45)).astype(np.float32)
    if values == "many ties":
        data = np.round(data)
    if values == "with nan":
        data[stream.uniform(size=data.shape) < 0.1] = np.nan
    settings = {"axis": axis, "is_ascend": ascending, "dtype": "int64"}
    whole = apply("argsort", data, **settings)
    first = apply("topk", data, k=4, **settings)
    np.testing.assert_array_equal(first, whole.take(range(4), axis))


def test_the_few_of_nothing_are_none():
    data = np.ones((0, 20), np.float32)
    assert apply("topk", data, k=2).shape == (0, 2)


def test_integers_at_their_limits_are_ordered():
    data = np.array([0, 255, 1], np.uint8)
    assert apply("sort", data, is_ascend=False)[0].tolist() == [255, 1, 0]
    data = np.array([-(2**63), 2**63 - 1, 0], np.int64)
    assert apply("topk", data, k=3, dtype="int32").tolist() == [1, 2, 0]


@pytest.mark.parametrize("name", ["sort", "argsort"])
def test_nothing_can_be_sorted(name):
    made = apply(name, np.ones((2, 0), np.float32))
    assert (made[0] if name == "sort" else made).shape == (2, 0)


def _shuffled(data, seed):
    return eager.run(find("_shuffle"), find("_shuffle").parse({}), [data], seed=seed)


@pytest.mark.parametrize("dtype", ["int8", "float16", "float64"])
def test_a_shuffle_moves_whole_slices(dtype):
    data = np.arange(120).reshape(40, 3).astype(dtype)
    shuffled, order = _shuffled(data, 0)
    assert shuffled.dtype == dtype
    assert (shuffled != data).any()
    assert sorted(order.tolist()) == list(range(40))
    np.testing.assert_array_equal(shuffled, data[order])


def test_the_generator_alone_decides_the_order():
    data = np.arange(40)
    first, again, other = (_shuffled(data, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_every_order_is_as_likely():
    seen = [tuple(_shuffled(np.arange(3), seed)[0].tolist()) for seed in range(600)]
    counts = [seen.count(order) for order in set(seen)]
    assert len(counts) == 6
    assert min(counts) > 60
