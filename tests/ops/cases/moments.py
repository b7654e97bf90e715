"""Cases of mean and variance."""

from tests.ops.cases.case import Case

CASES = (
    *(
        Case("moments", {"data": (2, 3, 4)}, settings)
        for settings in (
            {"axes": (0,)},
            {"axes": 1},
            {"axes": (0, -1)},
            {"axes": (1, 2), "keepdims": True},
            {"axes": (0, 1, 2)},
        )
    ),
    # MXNet asks for axes.
    Case("moments", {"data": (2, 3)}, golden=False),
    Case(
        "moments",
        {"data": (3, 4)},
        {"axes": 0},
        label="half",
        dtype="float16",
        tolerance=2e-3,
    ),
    Case("moments", {"data": (3, 4)}, {"axes": 1}, label="double", dtype="float64"),
    Case(
        "moments",
        {"data": (3, 4)},
        {"axes": 1},
        label="integers",
        dtype="int32",
        low=0,
        high=9,
        differentiable=False,
        golden=False,  # MXNet cuts the mean first
    ),
)
