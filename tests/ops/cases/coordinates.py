"""Cases of elements at coordinates."""

from dataclasses import replace

from tests.ops.cases.case import Case

_PAIRS = {"indices": [1, 1, 0, 1, 0, 2, 0, 2]}
_FROM_THE_END = {"indices": [1, 1, 0, -1, 0, 2, 0, -3]}
_REPEATED = {"indices": [1, 0, 1]}
_COORDINATES = {"data": [3, 6, 6, 4, 5, 1]}
_NUMBERS = {"data": [22, 41, 37]}


def _gathered(data, indices, label="", dtype="float32", fixed=()):
    return Case(
        "gather_nd",
        {"data": data, "indices": indices},
        label=label,
        integers={"indices": 2},
        fixed=dict(fixed),
        dtype=dtype,
    )


def _scattered(data, indices, shape, label="", fixed=()):
    return Case(
        "scatter_nd",
        {"data": data, "indices": indices},
        {"shape": shape},
        label,
        integers={"indices": 2},
        fixed=dict(fixed),
    )


def _set(rhs, indices, shape, fixed=()):
    return Case(
        "_scatter_set_nd",
        {"lhs": shape, "rhs": rhs, "indices": indices},
        {"shape": shape},
        integers={"indices": 2},
        fixed=dict(fixed),
    )


def _numbered(name, data, shape, label="", dtype="float32", fixed=()):
    return Case(
        name,
        {"data": data},
        {"shape": shape},
        f"{label}{shape}{dtype}",
        integers={"data": 3},
        fixed=dict(fixed),
        dtype=dtype,
        numeric=False,  # piecewise constant, and indices besides
        differentiable=False,
    )


CASES = (
    _gathered((2, 3), (2, 4), fixed=_PAIRS),
    _gathered((2, 3), (1, 4), "slices"),
    _gathered((2, 3, 2), (2, 2, 2), "slices at pairs"),
    _gathered((2, 2, 2), (3, 5), "repeated"),
    _gathered((2, 3), (2, 4), "float64", "float64", fixed=_PAIRS),
    _gathered((2, 3), (1, 2), "float16", "float16"),
    # From the end MXNet takes the right element but adds its gradient elsewhere.
    replace(
        _gathered((2, 3), (2, 4), "from the end", fixed=_FROM_THE_END), golden=False
    ),
    _scattered((3,), (2, 3), (2, 3), fixed={"indices": [1, 1, 0, 0, 2, 1]}),
    _scattered((2, 3), (1, 2), (4, 3), fixed={"indices": [3, 1]}),
    _scattered((2, 2, 2), (1, 2, 2), (5, 2), fixed={"indices": [3, 1, 0, 4]}),
    # MXNet puts what counts from the end elsewhere.
    replace(
        _scattered((3,), (1, 3), (4,), fixed={"indices": [-1, 0, -3]}), golden=False
    ),
    # Of equal indices the last one counts, but each has the gradient.
    replace(_scattered((3,), (1, 3), (2,), "repeated", fixed=_REPEATED), numeric=False),
    # MXNet has no gradient of this, and writes in place only.
    replace(_set((2,), (2, 2), (2, 3), fixed={"indices": [1, 0, 0, 2]}), golden=False),
    replace(_set((2, 3), (1, 2), (3, 3), fixed={"indices": [2, 0]}), golden=False),
    *(
        _numbered("_ravel_multi_index", (2, 3), shape, fixed=_COORDINATES)
        for shape in ((7, 6), (-1, 6))
    ),
    _numbered("_ravel_multi_index", (3, 4), (3, 3, 3), dtype="int32"),
    _numbered("_ravel_multi_index", (1, 2), (3,), dtype="float64"),
    *(
        _numbered("_unravel_index", (3,), shape, dtype=dtype, fixed=_NUMBERS)
        for shape in ((7, 6), (-1, 6), (7, 2, 3), (50,))
        for dtype in ("float32", "int64")
    ),
    # MXNet leaves most of this output as it was.
    replace(_numbered("_unravel_index", (2, 2), (7, 6)), golden=False),
)
