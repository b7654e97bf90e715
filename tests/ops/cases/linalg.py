"""Cases of matrix products."""

from tests.ops.cases.case import Case

_FLAGS = (
    {},
    {"transpose_a": True},
    {"transpose_b": True},
    {"transpose_a": True, "transpose_b": True},
)


def _sides(flags, lhs, rhs, *batch):
    """Shapes of a (m, k) and a (k, n) matrix, stored as the flags say."""
    lhs = lhs[::-1] if "transpose_a" in flags else lhs
    rhs = rhs[::-1] if "transpose_b" in flags else rhs
    return {"lhs": (*batch, *lhs), "rhs": (*batch, *rhs)}


def _matrices(*rows):
    return {f"arg{i}": (n, 2) for i, n in enumerate(rows)}


_DOUBLE = {"label": "float64", "dtype": "float64", "tolerance": 1e-12}

CASES = (
    *(Case("dot", _sides(flags, (2, 3), (3, 4)), flags) for flags in _FLAGS),
    *(Case("batch_dot", _sides(flags, (2, 3), (3, 4), 5), flags) for flags in _FLAGS),
    Case("batch_dot", {"lhs": (2, 2, 3, 4), "rhs": (2, 2, 4, 1)}),
    Case("dot", {"lhs": (3,), "rhs": (3,)}),
    Case("dot", {"lhs": (3,), "rhs": (3, 2)}),
    Case("dot", {"lhs": (2, 3), "rhs": (3,)}),
    Case("dot", {"lhs": (3, 2), "rhs": (3,)}, {"transpose_a": True}),
    Case("dot", {"lhs": (3,), "rhs": (2, 3)}, {"transpose_b": True}),
    Case("dot", {"lhs": (2, 3, 4), "rhs": (4, 5)}),
    Case("dot", {"lhs": (2, 3, 4), "rhs": (4, 2, 3)}),
    Case(
        "dot",
        {"lhs": (4, 2, 3), "rhs": (2, 3, 4)},
        {"transpose_a": True, "transpose_b": True},
    ),
    Case("dot", {"lhs": (2,), "rhs": (2, 3, 2)}),
    Case("dot", {"lhs": (2, 3, 4), "rhs": (4,)}),
    Case("dot", {"lhs": (3, 2, 2), "rhs": (3,)}, {"transpose_a": True}),
    Case("dot", {"lhs": (2, 3), "rhs": (3, 2)}, {"forward_stype": "default"}),
    *(
        Case(name, {"lhs": (*batch, 2, 3), "rhs": (*batch, 3, 2)}, **_DOUBLE)
        for name, batch in (("dot", ()), ("batch_dot", (2,)))
    ),
    *(
        Case("khatri_rao", _matrices(*rows), {"num_args": len(rows)}, **more)
        for rows in ((2,), (2, 3), (3, 1, 2))
        for more in (
            {"differentiable": False},  # nor is it in MXNet
            {"label": f"gradient of {len(rows)}", "golden": False},
        )
    ),
    Case(
        "khatri_rao",
        _matrices(2, 2),
        {"num_args": 2},
        differentiable=False,
        **_DOUBLE,
    ),
)
