"""Cases of slices, and of writing to them."""

from dataclasses import replace

from tests.ops.cases.case import Case

_SLICES = (
    {"begin": (0, 1), "end": (2, 3)},
    {"begin": (None, 1), "end": (None, None)},
    {"begin": (1,), "end": (0,), "step": (-1,)},
    {
        "begin": (None, None, 3),
        "end": (None, None, 0),
        "step": (None, None, -2),
    },
    {"begin": (0,), "end": (5,)},
    {"begin": (-1,), "end": (None,)},
    {"begin": (0, 0, 1), "end": (2, 3, 4), "step": (1, 2, 2)},
    {"begin": (9,), "end": (0,), "step": (-1,)},
    {"begin": 0, "end": 1},
)
_EMPTY = ({"begin": (2,), "end": (1,)}, {"begin": (0,), "end": (2,), "step": (-1,)})


def _assigned(rhs, label="", **settings):
    return Case("_slice_assign", {"lhs": (3, 4), "rhs": rhs}, settings, label)


def _filled(label="", dtype="float32", **settings):
    data = {"data": (3, 4)}
    return Case("_slice_assign_scalar", data, settings, label, dtype=dtype)


_ASSIGNMENTS = (
    _assigned((2, 1), begin=(0, 1), end=(2, 2)),
    _assigned((1, 3), begin=(-1, 1), end=(None, None)),
    _assigned((2, 4), begin=(2,), end=(None,), step=(-2,)),
    _filled(scalar=5.5, begin=(0, 1), end=(2, None), step=(1, 2)),
    _filled(begin=(0,), end=(1,)),
    _filled("float64", "float64", scalar=0.1, begin=(0,), end=(1,)),
    _filled("float16", "float16", scalar=0.1, begin=(0,), end=(1,)),
)

CASES = (
    *(Case("slice", {"data": (2, 3, 4)}, settings) for settings in _SLICES),
    # MXNet fails on what is empty.
    *(Case("slice", {"data": (3, 2)}, settings, golden=False) for settings in _EMPTY),
    Case(
        "slice",
        {"data": (2, 3)},
        {"begin": (0, 1), "end": (2, 3)},
        "int32",
        low=-9,
        high=9,
        dtype="int32",
        differentiable=False,
    ),
    *(
        Case("slice_axis", {"data": (2, 3, 4)}, settings)
        for settings in (
            {"axis": 1, "begin": 1, "end": None},
            {"axis": -1, "begin": -3, "end": -1},
            {"axis": 0, "begin": 0, "end": 2},
        )
    ),
    *(
        Case("slice_like", {"data": (3, 4), "shape_like": like}, settings)
        for like, settings in (
            ((2, 3), {}),
            ((3, 4), {}),
            ((2, 3, 5), {"axes": (0, 1)}),
            ((2, 3, 5), {"axes": (-1,)}),
            ((2, 9), {"axes": 0}),
        )
    ),
    replace(_assigned((0, 4), "empty", begin=(0,), end=(0,)), golden=False),
    # MXNet has no gradient of these; the rest of their cases are compared with it.
    *(replace(case, golden=False) for case in _ASSIGNMENTS),
    *(
        replace(case, label=f"golden {case.attributes} {case.dtype}")
        for case in (replace(case, differentiable=False) for case in _ASSIGNMENTS)
    ),
)
