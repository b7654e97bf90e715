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
)
