"""Cases of functions whose curve is set by numbers."""

from tests.ops.cases.case import Case

_TYPES = (("float64", 1e-5), ("float16", 2e-3))

CASES = (
    Case("hard_sigmoid", {"data": (3, 4)}, low=-2, high=2),
    Case(
        "hard_sigmoid",
        {"data": (7,)},
        {"alpha": -0.5, "beta": 0.1},
        fixed={"data": [-3, -1.5, -1, 0, 0.1, 0.5, 3]},
    ),
    Case(
        "hard_sigmoid",
        {"data": (7,)},
        label="bounds",
        fixed={"data": [-3, -2.5, -2, 0, 2, 2.5, 3]},
        numeric=False,
    ),
    *(
        Case(
            "smooth_l1",
            {"data": (8,)},
            {"scalar": scalar},
            fixed={"data": [-3, -0.7, -0.2, 0, 0.1, 0.3, 0.9, 5]},
        )
        for scalar in (1.0, 2.0, 0.5, 0.0, -1.5)
    ),
    Case("smooth_l1", {"data": (2, 3)}, low=-2, high=2),
    Case(
        "smooth_l1",
        {"data": (5,)},
        {"scalar": 2.0},
        label="ends",
        fixed={"data": [-0.25, 0.25, 0, 1, -1]},
        numeric=False,
    ),
    Case(
        "smooth_l1",
        {"data": (5,)},
        {"scalar": 1.0},
        label="integers",
        fixed={"data": [-3, -1, 0, 1, 4]},
        differentiable=False,
        dtype="int32",
    ),
    Case("_contrib_quadratic", {"data": (3, 4)}, {"a": 1.5, "b": -2, "c": 3}),
    Case("_contrib_quadratic", {"data": (3, 4)}, {"b": 2}),
    Case("_contrib_quadratic", {"data": (3,)}, label="default"),
    Case(
        "_contrib_quadratic",
        {"data": (5,)},
        {"a": 1.5, "b": 2, "c": 3},
        label="integers",
        fixed={"data": [-3, -1, 0, 1, 4]},
        differentiable=False,
        dtype="int32",
    ),
    Case("_contrib_div_sqrt_dim", {"data": (2, 3)}),
    Case("_contrib_div_sqrt_dim", {"data": (2, 1, 5)}),
    Case("_contrib_div_sqrt_dim", {"data": (4,)}),
    Case(
        "_contrib_div_sqrt_dim",
        {"data": (2, 5)},
        label="integers",
        low=-9,
        high=9,
        differentiable=False,
        dtype="int32",
    ),
    *(
        Case(
            name,
            {"data": (3, 4)},
            {"a": 2} if name == "_contrib_quadratic" else {},
            label=dtype,
            dtype=dtype,
            tolerance=tolerance,
        )
        for name in (
            *("hard_sigmoid", "smooth_l1"),
            *("_contrib_quadratic", "_contrib_div_sqrt_dim"),
        )
        for dtype, tolerance in _TYPES
    ),
)
