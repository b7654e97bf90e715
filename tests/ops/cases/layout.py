"""Cases of changes of shape."""

from tests.ops.cases.case import Case

_SHAPES = (
    *((4, 6), (-1,), (0, -1), (6, 1, -1), (-2,), (2, -2), (-2, 1, 1), (-3, 4)),
    *((0, -3), (-4, 1, 2, -2), (2, -4, -1, 3, -2), (-3, -2), (0, 0, 0, 1)),
    *((2, 12), (-1, 0, 0)),
)

CASES = (
    *(Case("Reshape", {"data": (2, 3, 4)}, {"shape": shape}) for shape in _SHAPES),
    *(
        Case("Reshape", {"data": (10, 5, 4)}, {"shape": shape, "reverse": True})
        for shape in ((-1, 0), (0, -3), (-3, 0), (50, 0))
    ),
    Case("Reshape", {"data": (2, 3, 4)}, {"target_shape": (4, 0)}),
    Case(
        "Reshape", {"data": (2, 3, 4)}, {"target_shape": (0, 0), "keep_highest": True}
    ),
    Case("Flatten", {"data": (2, 3, 4)}),
    Case("Flatten", {"data": (5,)}),
    *(
        Case("expand_dims", {"data": (2, 3)}, {"axis": axis})
        for axis in (0, 1, 2, -1, -3)
    ),
    Case("squeeze", {"data": (1, 3, 1)}),
    Case("squeeze", {"data": (1, 3, 1)}, {"axis": 0}),
    Case("squeeze", {"data": (1, 3, 1)}, {"axis": (0, -1)}),
    Case("squeeze", {"data": (1, 1)}),
    *(
        Case("reshape_like", {"lhs": lhs, "rhs": rhs}, settings)
        for lhs, rhs, settings in (
            ((6,), (3, 2), {}),
            ((4, 3), (2, 2, 5), {"lhs_end": 1, "rhs_end": 2}),
            ((4, 3), (2, 2, 5), {"lhs_begin": 0, "lhs_end": -1, "rhs_end": -1}),
            ((3, 4), (5, 2, 2, 3), {"lhs_begin": -1, "rhs_begin": 1, "rhs_end": -1}),
            ((2, 3), (1, 6, 4), {"lhs_end": 2, "rhs_begin": 1, "rhs_end": 2}),
        )
    ),
    Case("cast_storage", {"data": (2, 3)}, {"stype": "default"}),
    *(
        Case(name, {"data": (1, 3)}, settings, dtype, dtype=dtype)
        for name, settings in (
            ("Reshape", {"shape": (-1,)}),
            ("Flatten", {}),
            ("squeeze", {}),
        )
        for dtype in ("float16", "float64")
    ),
    Case(
        "expand_dims",
        {"data": (1, 3)},
        {"axis": 0},
        "int8",
        low=-9,
        high=9,
        dtype="int8",
        differentiable=False,
    ),
    Case("squeeze", {"data": (1, 3)}, {"axis": ()}),
    # MXNet fails on what is empty.
    Case("Reshape", {"data": (2, 0, 3)}, {"shape": (0, -1)}, golden=False),
)
