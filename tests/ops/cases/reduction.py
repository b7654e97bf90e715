"""Cases of reductions over axes."""

from tests.ops.cases.case import Case

_SETTINGS = (
    {},
    {"axis": 1},
    {"axis": -1, "keepdims": True},
    {"axis": (0, 2)},
    {"axis": (2, 0), "keepdims": True},
    {"axis": 1, "exclude": True},
    {"keepdims": True},
    {"axis": ()},
)

CASES = (
    *(
        Case(name, {"data": (2, 3, 4)}, settings, low=0.5, high=1.5)
        for name in ("sum", "mean", "prod", "max", "min")
        for settings in _SETTINGS
    ),
    *(Case(name, {"data": (5,)}) for name in ("sum", "mean", "max")),
    *(
        Case(
            name,
            {"data": (2, 3)},
            {"axis": 1},
            label="ties",
            fixed={"data": [1, 3, 3, 0, 0, 2]},
            numeric=False,
        )
        for name in ("max", "min")
    ),
    # MXNet divides by the zeros; the derivative is the product of the others.
    Case(
        "prod",
        {"data": (3, 3)},
        {"axis": 1},
        label="zeros",
        fixed={"data": [2, 3, 0, 0, 4, 0, 1, 2, 3]},
        golden=False,
    ),
    *(
        Case("norm", {"data": (2, 3, 4)}, {"ord": order, **settings})
        for order in (1, 2)
        for settings in (
            {},
            {"axis": 1},
            {"axis": (0, 2)},
            {"axis": -1, "keepdims": True},
        )
    ),
    *(
        Case(name, {"data": (2, 3, 4)}, settings, differentiable=False)
        for name in ("argmax", "argmin")
        for settings in (
            {},
            {"axis": 0},
            {"axis": -2, "keepdims": True},
            {"keepdims": True},
        )
    ),
    Case("argmax_channel", {"data": (4, 5)}, differentiable=False),
)
