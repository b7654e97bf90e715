"""Cases of unary functions, sums and identities."""

from tests.ops.cases.case import Case

_ANYWHERE = (
    *("exp", "expm1", "square", "sigmoid", "tanh", "relu", "abs", "negative"),
    *("sin", "cos", "arctan", "sinh", "cosh", "arcsinh", "_copy"),
    *("softsign", "erf", "degrees", "radians"),
)
_ABOVE_ZERO = (
    *("log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "cbrt"),
    *("rcbrt", "gamma", "gammaln"),
)
_WITHIN_ONE = ("arcsin", "arccos", "arctanh", "tan", "erfinv")
_STEPS = (
    *("sign", "floor", "ceil", "trunc", "fix", "round", "rint", "logical_not"),
    *("zeros_like", "ones_like"),
)
_HALVES = [-2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5, 0.3, -0.3, 1.7, -1.7, 3.0]

CASES = (
    *(Case(name, {"data": (3, 4)}, low=-2, high=2) for name in _ANYWHERE),
    *(Case(name, {"data": (3, 4)}, low=0.2, high=3) for name in _ABOVE_ZERO),
    *(Case(name, {"data": (3, 4)}, low=-0.9, high=0.9) for name in _WITHIN_ONE),
    Case("arccosh", {"data": (3, 4)}, low=1.2, high=3),
    *(
        Case(name, {"data": (12,)}, fixed={"data": _HALVES}, differentiable=False)
        for name in _STEPS
    ),
    Case(
        "abs", {"data": (3,)}, label="zero", fixed={"data": [0, 1, -1]}, numeric=False
    ),
    *(
        Case(
            name,
            {"data": (6,)},
            label="below zero",
            fixed={"data": [-3.5, -2.7, -1.3, -0.5, -0.2, 4.5]},
            tolerance=5e-5,  # MXNet's digamma has six digits
        )
        for name in ("rcbrt", "gamma", "gammaln")
    ),
    *(
        Case(
            name,
            {"data": (3, 4)},
            label=dtype,
            low=0.2,
            high=0.9,
            dtype=dtype,
            tolerance=tolerance,
        )
        for name in ("softsign", "erf", "erfinv", "gammaln", "rcbrt")
        for dtype, tolerance in (("float64", 1e-5), ("float16", 2e-3))
    ),
    *(
        Case(
            name,
            {"data": (5,)},
            label="integers",
            fixed={"data": [1, 2, 3, 4, 7]},
            differentiable=False,
            dtype="int32",
        )
        for name in ("gamma", "gammaln", "erf", "degrees", "radians", "softsign")
    ),
    Case("_identity_with_attr_like_rhs", {"lhs": (2, 3), "rhs": (2, 3)}),
    Case(
        "_identity_with_attr_like_rhs",
        {"lhs": (2, 3), "rhs": (2, 3)},
        label="inferred",
        inferred=("lhs",),
    ),
    *(
        Case("_contrib_gradientmultiplier", {"data": (3, 4)}, settings, numeric=False)
        for settings in ({}, {"scalar": -0.5}, {"scalar": 0.0, "is_int": False})
    ),
    *(
        Case(
            name,
            {"data": (12,)},
            label=dtype,
            fixed={"data": _HALVES},
            dtype=dtype,
            numeric=False,
        )
        for name in ("_contrib_round_ste", "_contrib_sign_ste")
        for dtype in ("float32", "float64")
    ),
    Case(
        "_contrib_round_ste",
        {"data": (5,)},
        label="integers",
        fixed={"data": [-3, -1, 0, 1, 4]},
        differentiable=False,
        dtype="int32",
    ),
    *(
        Case(
            "clip",
            {"data": (4,)},
            {"a_min": low, "a_max": high},
            label=dtype,
            fixed={"data": [0, 1, 3, 100]},
            differentiable=False,
            dtype=dtype,
        )
        for dtype, low, high in (("uint8", -1.5, 1.5), ("int8", 0.7, 1e9))
    ),
    Case("clip", {"data": (3, 4)}, {"a_min": -0.5, "a_max": 0.25}),
    Case(
        "clip",
        {"data": (5,)},
        {"a_min": -1, "a_max": 1},
        fixed={"data": [-2, -1, 0, 1, 2]},
        numeric=False,
    ),
    Case("add_n", {"arg0": (2, 3)}, {"num_args": 1}),
    *(
        Case("add_n", {f"arg{i}": (2, 3) for i in range(n)}, {"num_args": n})
        for n in (2, 3, 5)
    ),
)
