"""Cases of axes in another order or direction."""

from tests.ops.cases.case import Case

CASES = (
    Case("transpose", {"data": (2, 3, 4)}),
    *(
        Case("transpose", {"data": (2, 3, 4)}, {"axes": axes})
        for axes in ((1, 2, 0), (0, 2, 1), (0, 1, 2))
    ),
    Case("SwapAxis", {"data": (2, 3, 4)}, {"dim1": 0, "dim2": 2}),
    Case("SwapAxis", {"data": (2, 3, 4)}, {"dim1": 1, "dim2": -1}),
    Case("reverse", {"data": (2, 3)}, {"axis": 1}),
    Case("reverse", {"data": (2, 3, 4)}, {"axis": (0, 2)}),
    *(
        Case(name, {"data": (1, 3)}, settings, dtype, dtype=dtype)
        for name, settings in (("transpose", {}), ("reverse", {"axis": 1}))
        for dtype in ("float16", "float64")
    ),
    *(
        Case(
            name,
            {"data": (1, 3)},
            settings,
            "int8",
            low=-9,
            high=9,
            dtype="int8",
            differentiable=False,
        )
        for name, settings in (
            ("SwapAxis", {"dim2": 1}),
            ("transpose", {"axes": (1, 0)}),
        )
    ),
    Case("transpose", {"data": (3,)}),
    Case("SwapAxis", {"data": (2, 3)}),
    Case("reverse", {"data": (2, 3)}, {"axis": ()}),
    # MXNet refuses axes from the end in these.
    Case("transpose", {"data": (2, 3, 4)}, {"axes": (-1, 0, 1)}, golden=False),
    Case("reverse", {"data": (2, 3)}, {"axis": -1}, golden=False),
    # MXNet fails on what is empty.
    Case("transpose", {"data": (2, 0, 3)}, golden=False),
)
