"""Cases of repeating one array."""

from tests.ops.cases.case import Case

CASES = (
    Case("broadcast_to", {"data": (1, 3)}, {"shape": (2, 3)}),
    Case("broadcast_to", {"data": (1, 3, 1)}, {"shape": (2, 0, 4)}),
    Case("broadcast_to", {"data": (2, 3)}, {"shape": (2, 3)}),
    Case("broadcast_axis", {"data": (1, 2, 1)}, {"axis": (0, 2), "size": (2, 3)}),
    Case("broadcast_axis", {"data": (2, 1)}, {"axis": 1, "size": 3}),
    Case("broadcast_like", {"lhs": (1, 3), "rhs": (2, 3)}, label="all axes"),
    Case(
        "broadcast_like",
        {"lhs": (1, 2, 1), "rhs": (3, 4)},
        {"lhs_axes": (0, 2), "rhs_axes": (1, 0)},
    ),
    *(
        Case("tile", {"data": (2, 3)}, {"reps": reps})
        for reps in ((2,), (2, 3), (2, 1, 2), ())
    ),
    Case("repeat", {"data": (2, 3)}, {"repeats": 2}),
    Case("repeat", {"data": (2, 3)}, {"repeats": 3, "axis": 0}),
    Case("repeat", {"data": (2, 3)}, {"repeats": 2, "axis": -1}),
    Case("tile", {"data": (3,)}, {"reps": (2, 2)}, "float64", dtype="float64"),
    Case("repeat", {"data": (3,)}, {"repeats": 2}, "float16", dtype="float16"),
    Case("repeat", {"data": (2, 2)}, {"repeats": 1, "axis": 0}),
    Case(
        "broadcast_to",
        {"data": (1,)},
        {"shape": (3,)},
        "int32",
        low=-9,
        high=9,
        dtype="int32",
        differentiable=False,
    ),
    Case("broadcast_axis", {"data": (1, 2)}, {"axis": (), "size": ()}),
    Case("broadcast_like", {"lhs": (1, 2), "rhs": (3, 2)}, label="same rank"),
    Case(
        "broadcast_like",
        {"lhs": (1, 2), "rhs": (3, 4, 5)},
        {"lhs_axes": (0,), "rhs_axes": (-1,)},
    ),
)
