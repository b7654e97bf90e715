"""Cases of changes of shape and order."""

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
    Case("transpose", {"data": (2, 3, 4)}),
    *(
        Case("transpose", {"data": (2, 3, 4)}, {"axes": axes})
        for axes in ((1, 2, 0), (0, 2, 1), (0, 1, 2))
    ),
    Case("SwapAxis", {"data": (2, 3, 4)}, {"dim1": 0, "dim2": 2}),
    Case("SwapAxis", {"data": (2, 3, 4)}, {"dim1": 1, "dim2": -1}),
    Case("reverse", {"data": (2, 3)}, {"axis": 1}),
    Case("reverse", {"data": (2, 3, 4)}, {"axis": (0, 2)}),
)
