"""Uses of test_utils, here and when golden results are recorded."""

from __future__ import annotations

import itertools

import numpy as np

A = np.array([[1, 2, 3], [4, 5, 6]], "float32")
NAN = np.array([1, np.nan, 3], "float32")

PAIRS = {
    "equal": (A, A, {}),
    "close": (A, A * (1 + 1e-5), {}),
    "one_off": (A, A + np.eye(2, 3, dtype="float32"), {"names": ("GOT", "WANTED")}),
    "all_off": (A, A * 2, {}),
    "half": (A.astype("float16"), A.astype("float16") * np.float16(1.5), {}),
    "double": (A.astype("float64"), A.astype("float64") * (1 + 1e-4), {}),
    "mixed": (A, A.astype("float64") * (1 + 5e-5), {}),
    "integers": (A.astype("int32"), A.astype("int32") + 1, {}),
    "tolerant": (A, A + 0.5, {"rtol": 0, "atol": 0.5}),
    "tolerant_not": (A, A + 0.5, {"rtol": 0.01, "atol": 0.25}),
    "broadcast": (A * 0, A[:1] * 0, {}),
    "no_broadcast": (A, A[:1], {"use_broadcast": False}),
    "scalars": (np.array(1.0), np.array(2.0), {}),
    "nan": (NAN, NAN, {}),
    "equal_nan": (NAN, NAN, {"equal_nan": True}),
    "bools": (A > 2, A > 2, {}),
}


def outcome(mx, name):
    """Return nothing for arrays that are close, else the first lines of the message."""
    a, b, options = PAIRS[name]
    try:
        mx.test_utils.assert_almost_equal(a, b, **options)
    except AssertionError as error:
        return str(error).strip().splitlines()
    return []


def draw(mx):
    """Return what is drawn at random from a fixed seed."""
    tools = mx.test_utils
    np.random.seed(3)
    drawn = [
        tools.random_arrays((2, 3)).tolist(),
        [a.tolist() for a in tools.random_arrays((2,), ())],
        [a.tolist() for a in tools.random_uniform_arrays((2,), low=3, high=5)],
        tools.random_sample(list(range(9)), 4),
        tools.rand_ndarray((2, 2), dtype="float64").asnumpy().tolist(),
    ]
    shapes = [
        tools.rand_shape_2d(),
        tools.rand_shape_3d(3, 1, 100, allow_zero_size=True),
        tools.rand_shape_nd(5, 6),
        tools.rand_coord_2d(2, 9, 20, 90),
    ]
    return [*drawn, *([int(d) for d in shape] for shape in shapes)]


def tolerances(mx):
    """Return the tolerances of pairs of types."""
    tools, found = mx.test_utils, {}
    types = ("float16", "float32", "float64", "bool", "int32", "uint8")
    for x, y in itertools.product(types, types):
        pair = np.zeros(1, x), np.zeros(1, y)
        found[f"{x} {y}"] = [
            *map(float, tools.get_tols(*pair, None, None)),
            *map(float, tools.get_tols(*pair, {np.dtype(x): 0.5}, 2.0)),
        ]
    eps = tools.default_numeric_eps()
    found["eps"] = [eps[np.dtype(t)] for t in types[:3]]
    found["defaults"] = [tools.get_rtol(), tools.get_atol(), tools.get_etol()]
    return found


def reductions(mx):
    """Return what np_reduce and collapse_sum_like make of an array."""
    array, tools = np.arange(24.0).reshape(2, 3, 4), mx.test_utils
    reduced = [
        tools.np_reduce(array, axis, keepdims, function).tolist()
        for axis, keepdims, function in itertools.product(
            (None, 1, (0, 2)), (False, True), (np.sum, np.max)
        )
    ]
    shapes = ((4,), (3, 1), (1, 1, 4), (2, 3, 4))
    return reduced + [tools.collapse_sum_like(array, s).tolist() for s in shapes]
