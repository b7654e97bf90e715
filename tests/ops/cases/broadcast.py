"""Cases of binary functions: equal shapes, one number, shapes that broadcast."""

from tests.ops.cases.case import Case

_SMOOTH = ("power", "maximum", "minimum", "hypot")
_COMPARISONS = (
    *("equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal"),
    *("logical_and", "logical_or", "logical_xor"),
)
_FEW = [0.0, 1.0, 2.0, 1.0, 0.0, -1.0]

_EQUAL_SHAPES = (
    *(
        Case(name, {"lhs": (2, 3), "rhs": (2, 3)}, low=0.3, high=2)
        for name in (
            *("elemwise_add", "elemwise_sub", "elemwise_mul", "elemwise_div"),
            *(f"_{name}" for name in _SMOOTH),
        )
    ),
    Case(
        "elemwise_add", {"lhs": (2, 3), "rhs": (2, 3)}, label="one", inferred=("rhs",)
    ),
    Case("_plus", {"lhs": (4,), "rhs": (4,)}),
    Case("_grad_add", {"lhs": (4,), "rhs": (4,)}, differentiable=False),
    Case("_scatter_elemwise_div", {"lhs": (4,), "rhs": (4,)}, low=0.3, high=2),
    Case(
        "_mod",
        {"lhs": (6,), "rhs": (6,)},
        fixed={"lhs": [-7.3, -1.2, 0.4, 1.1, 7.7, 2.5], "rhs": [3, -3, 2, -2, 3, 0.7]},
    ),
    *(
        Case(
            f"_{name}",
            {"lhs": (4,), "rhs": (4,)},
            label="ties",
            fixed={"lhs": [1, 1, 0, 2], "rhs": [1, 2, 0, 1]},
            numeric=False,
        )
        for name in ("maximum", "minimum")
    ),
    Case(
        "_mod",
        {"lhs": (3,), "rhs": (3,)},
        label="by zero",
        fixed={"lhs": [1, 0, -2], "rhs": [0, 0, 0]},
        differentiable=False,
    ),
    *(
        Case(
            f"_{name}",
            {"lhs": (6,), "rhs": (6,)},
            fixed={"lhs": _FEW, "rhs": [0, 0, 2, 2, -1, -1]},
            differentiable=False,
        )
        for name in _COMPARISONS
    ),
)

_SCALARS = (
    *(
        Case(f"_{name}_scalar", {"data": (2, 3)}, {"scalar": scalar}, low=0.3, high=2)
        for name in (
            *("plus", "minus", "rminus", "mul", "div", "rdiv", "power", "rpower"),
            *("mod", "rmod", "maximum", "minimum", "hypot"),
        )
        for scalar in (1.3, 2.0)
    ),
    *(
        Case("_power_scalar", {"data": (2, 3)}, {"scalar": x}, low=0.3, high=2)
        for x in (0.5, -1.0, 3.0, 0.0, 1.0)
    ),
    Case("_plus_scalar", {"data": (2, 3)}, label="default"),
    *(
        Case(f"_scatter_{name}_scalar", {"data": (2, 3)}, {"scalar": 1.5})
        for name in ("plus", "minus")
    ),
    Case(
        "_mod_scalar",
        {"data": (6,)},
        {"scalar": -2.5},
        fixed={"data": [-7, -1, 0.2, 1, 7, 2.5]},
        numeric=False,
    ),
    Case(
        "_mod_scalar",
        {"data": (2,)},
        {"scalar": 0.0},
        fixed={"data": [-7, 1]},
        differentiable=False,
    ),
    *(
        Case(
            f"_{name}_scalar",
            {"data": (4,)},
            {"scalar": 1.0},
            label="ties",
            fixed={"data": [0, 1, 1, 2]},
            numeric=False,
        )
        for name in ("maximum", "minimum")
    ),
    *(
        Case(
            f"_{name}_scalar",
            {"data": (6,)},
            {"scalar": scalar},
            fixed={"data": _FEW},
            differentiable=False,
        )
        for name in _COMPARISONS
        for scalar in (0.0, 1.0)
    ),
)

_BROADCASTING = (
    *(
        Case(f"broadcast_{name}", {"lhs": lhs, "rhs": rhs}, low=0.3, high=2)
        for name in ("add", "sub", "mul", "div", *_SMOOTH)
        for lhs, rhs in (
            ((2, 3), (2, 3)),
            ((2, 3, 4), (1, 3, 1)),
            ((2, 1, 4), (1, 3, 4)),
            ((1, 1), (2, 3)),
        )
    ),
    *(
        Case(f"broadcast_{name}", {"lhs": (2, 3), "rhs": (3,)}, label="ranks")
        for name in ("add", "sub", "mul")
    ),
    Case(
        "broadcast_mod",
        {"lhs": (2, 3), "rhs": (1, 3)},
        fixed={"lhs": [-7.3, -1.2, 0.4, 1.1, 7.7, 2.5], "rhs": [3, -2.1, 0.7]},
    ),
    *(
        Case(
            f"broadcast_{name}",
            {"lhs": (2, 3), "rhs": (2, 1)},
            fixed={"lhs": _FEW, "rhs": [1, 0]},
            differentiable=False,
        )
        for name in _COMPARISONS
    ),
)

CASES = _EQUAL_SHAPES + _SCALARS + _BROADCASTING
