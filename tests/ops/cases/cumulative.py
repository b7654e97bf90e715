"""Cases of running sums."""

from tests.ops.cases.case import Case

CASES = (
    *(
        Case("cumsum", {"a": (2, 3, 2)}, settings)
        for settings in ({}, {"axis": 0}, {"axis": 1}, {"axis": 2})
    ),
    Case("cumsum", {"a": (4,)}),
    Case("cumsum", {"a": (3, 1)}, {"axis": 1}),
    # MXNet says that it counts from the end and then fails.
    Case("cumsum", {"a": (2, 3)}, {"axis": -1}, golden=False),
    Case("cumsum", {"a": (2, 3)}, {"axis": 1, "dtype": "float64"}),
    Case("cumsum", {"a": (2, 3)}, {"dtype": "float16"}, numeric=False, tolerance=2e-3),
    *(
        Case(
            "cumsum",
            {"a": (2, 3)},
            {"axis": 0, "dtype": dtype},
            low=0,
            high=9,
            differentiable=False,
        )
        for dtype in ("int32", "int8")
    ),
    *(
        Case(
            "cumsum",
            {"a": (2, 3)},
            {"axis": 1},
            label=dtype,
            low=0,
            high=9,
            differentiable=dtype == "float16",
            dtype=dtype,
            tolerance=2e-3,
        )
        for dtype in ("int8", "int32", "float16")
    ),
)
