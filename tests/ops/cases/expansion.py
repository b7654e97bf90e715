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
)
