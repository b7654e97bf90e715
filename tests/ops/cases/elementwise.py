"""Cases of unary functions, sums and identities."""

from tests.ops.cases.case import Case

_ANYWHERE = (
    *("exp", "expm1", "square", "sigmoid", "tanh", "relu", "abs", "negative"),
    *("sin", "cos", "arctan", "sinh", "cosh", "arcsinh", "_copy"),
)
_ABOVE_ZERO = ("log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "cbrt")
_WITHIN_ONE = ("arcsin", "arccos", "arctanh", "tan")
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
    Case("clip", {"data": (3, 4)}, {"a_min": -0.5, "a_max": 0.25}),
    Case(
        "clip",
        {"data": (5,)},
        {"a_min": -1, "a_max": 1},
        fixed={"data": [-2, -1, 0, 1, 2]},
        numeric=False,
    ),
    Case("Cast", {"data": (3, 4)}, {"dtype": "float64"}),
    Case("Cast", {"data": (3, 4)}, {"dtype": "float16"}, numeric=False, tolerance=1e-3),
    Case(
        "Cast",
        {"data": (12,)},
        {"dtype": "int32"},
        low=-5,
        high=5,
        differentiable=False,
    ),
    Case("add_n", {"arg0": (2, 3)}, {"num_args": 1}),
    *(
        Case("add_n", {f"arg{i}": (2, 3) for i in range(n)}, {"num_args": n})
        for n in (2, 3, 5)
    ),
)
