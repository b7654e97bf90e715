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
    {"axis": (0, 1, 2), "exclude": True},
    {"axis": (), "exclude": True, "keepdims": True},
    {"axis": (-1, -3)},
)
_NAN = float("nan")
_SOME_NAN = [1, _NAN, 2, _NAN, _NAN, _NAN, 3, 4, 0.5]

CASES = (
    *(
        Case(name, {"data": (2, 3, 4)}, settings, low=0.5, high=1.5)
        for name in ("sum", "mean", "prod", "max", "min", "nansum", "nanprod")
        for settings in _SETTINGS
    ),
    *(
        Case(
            name,
            {"data": (3, 3)},
            settings,
            label=f"nan {settings}",
            fixed={"data": _SOME_NAN},
            numeric=False,
        )
        for name in ("nansum", "nanprod")
        for settings in ({"axis": 1}, {"axis": 0, "keepdims": True}, {})
    ),
    Case(
        "nanprod",
        {"data": (2, 3)},
        {"axis": 1},
        label="zeros",
        golden=False,
        fixed={"data": [2, 3, 0, 0, 4, 0]},
    ),
    # MXNet has it for sparse arrays alone.
    *(
        Case("_square_sum", {"data": (2, 3, 4)}, settings, golden=False)
        for settings in _SETTINGS
    ),
    *(
        Case(
            name,
            {"data": (2, 3)},
            {"axis": 1},
            label=dtype,
            low=1,
            high=5,
            differentiable=dtype == "float16",
            dtype=dtype,
            tolerance=2e-3,
            # MXNet's norm of integers loses fractions at each step.
            golden=(name, dtype) != ("norm", "int32"),
        )
        for name in ("sum", "mean", "prod", "max", "min", "nansum", "nanprod", "norm")
        for dtype in ("int32", "float16")
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
            {"axis": ()},
            {"axis": (-1, 0), "keepdims": True},
        )
    ),
    # MXNet accepts the attribute and then fails on it.
    *(
        Case(
            "norm",
            {"data": (2, 3)},
            {"ord": order, "axis": 1, "out_dtype": "float64"},
            golden=False,
        )
        for order in (1, 2)
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
    *(
        Case(
            name,
            {"data": (2, 4)},
            {"axis": 1},
            label="nan and ties",
            fixed={"data": [1, 3, 3, 1, 0, _NAN, 2, _NAN]},
            differentiable=False,
        )
        for name in ("argmax", "argmin")
    ),
    *(
        Case(
            name,
            {"data": (2, 4)},
            {"axis": 1},
            label="integers",
            low=0,
            high=9,
            differentiable=False,
            dtype="int32",
        )
        for name in ("argmax", "argmin")
    ),
    Case("argmax_channel", {"data": (4, 5)}, differentiable=False),
    Case("argmax_channel", {"data": (2, 3, 2)}, differentiable=False),
    *(
        Case(
            "_contrib_allclose",
            {"a": (4,), "b": (4,)},
            settings,
            label=f"{label} {settings}",
            fixed={"a": [1, _NAN, -3, 1e4], "b": second},
            differentiable=False,
        )
        for settings in ({}, {"equal_nan": False}, {"rtol": 0.01, "atol": 0.1})
        for label, second in (
            ("equal", [1, _NAN, -3, 1e4]),
            ("near", [1.05, _NAN, -3.1, 9990]),
            ("number", [1, 2, -3, 1e4]),
        )
    ),
    Case(
        "_contrib_allclose",
        {"a": (2, 2), "b": (2, 2)},
        label="integers",
        fixed={"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]},
        differentiable=False,
        dtype="int32",
    ),
)
