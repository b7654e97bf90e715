"""Cases of sorting, of the largest elements, and of a random order."""

from tests.ops.cases.case import Case

_TIES = {"data": [2, 1, 2, 1, 0, 2, 1, 1]}
_WAYS = (
    {"axis": -1},
    {"axis": 0, "is_ascend": False},
    {"axis": None},
    {"axis": None, "is_ascend": False},
    {"axis": 1},
)
_FIRST = (
    {"k": 2, "axis": -1},
    {"k": 2, "axis": 1, "is_ascend": True},
    {"k": 0, "axis": -1},
    {"k": 1, "axis": 0},
    {"k": 1, "axis": None},
    {"k": 5, "axis": None, "is_ascend": True},
)


def _typed(name, dtype, **settings):
    return Case(
        name,
        {"data": (3, 4)},
        settings,
        f"{dtype} {settings}",
        low=-9 if dtype == "int8" else 0,
        high=99,
        dtype=dtype,
        differentiable=dtype == "float64",
    )


CASES = (
    *(Case("sort", {"data": (2, 3, 4)}, settings) for settings in _WAYS),
    # MXNet fails in the gradient where the axis is left out.
    Case("sort", {"data": (3, 4)}, golden=False),
    *(
        Case("argsort", {"data": (2, 3, 4)}, settings, differentiable=False)
        for settings in ({}, *_WAYS)
    ),
    *(
        Case(name, {"data": (8,)}, {**settings, "axis": 0}, f"ties {settings}", **more)
        for name, more in (("sort", {}), ("argsort", {"differentiable": False}))
        for more in ({**more, "fixed": _TIES, "numeric": False},)
        for settings in ({}, {"is_ascend": False})
    ),
    *(
        Case(
            "topk",
            {"data": (2, 3, 4)},
            {"ret_typ": kind, **settings},
            differentiable=kind in ("value", "both"),
        )
        for kind in ("value", "indices", "mask", "both")
        for settings in _FIRST
    ),
    Case("topk", {"data": (3, 4)}, label="by default", differentiable=False),
    *(
        Case(
            "topk",
            {"data": (8,)},
            {"k": 4, "ret_typ": kind, "is_ascend": ascending},
            f"ties {kind} {ascending}",
            fixed=_TIES,
            differentiable=False,
        )
        for kind in ("indices", "mask")
        for ascending in (False, True)
    ),
    *(
        _typed(name, dtype, **settings)
        for dtype in ("int8", "uint8", "int32", "int64", "float64")
        for name, settings in (
            ("sort", {"axis": -1, "is_ascend": False}),
            ("topk", {"k": 2, "ret_typ": "value", "axis": -1}),
        )
    ),
    *(
        Case("argsort", {"data": (5,)}, {"dtype": dtype}, differentiable=False)
        for dtype in ("uint8", "int32", "int64", "float16", "float64")
    ),
    Case("_shuffle", {"data": (5, 2)}, golden=False),
    Case("_shuffle", {"data": (4,)}, golden=False),
)
