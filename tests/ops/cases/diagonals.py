"""Cases of diagonals."""

from tests.ops.cases.case import Case

CASES = (
    *(Case("diag", {"data": (2, 3)}, {"k": k}) for k in (0, 1, 2, -1)),
    *(Case("diag", {"data": (4, 2)}, {"k": k}) for k in (0, 1, -1, -3)),
    *(Case("diag", {"data": (3,)}, {"k": k}) for k in (0, 1, -2)),
    Case("diag", {"data": (2, 3)}, {"axis1": 1, "axis2": 0, "k": 1}),
    Case("diag", {"data": (2, 3, 4)}),
    Case("diag", {"data": (2, 3, 4)}, {"axis1": -2, "axis2": -1, "k": 1}),
    Case("diag", {"data": (2, 3, 4)}, {"axis1": 2, "axis2": 0, "k": -1}),
    Case("diag", {"data": (2, 1, 3, 2)}, {"axis1": 0, "axis2": 2}),
    Case(
        "diag",
        {"data": (3, 2)},
        label="int32",
        low=-9,
        high=9,
        dtype="int32",
        differentiable=False,
    ),
    Case("diag", {"data": (2,)}, {"k": 1}, "float64", dtype="float64"),
    Case("diag", {"data": (2, 3)}, {"k": 3}, "empty", golden=False),
    Case("diag", {"data": (0,)}, {"k": 1}, "of nothing", golden=False),
)
