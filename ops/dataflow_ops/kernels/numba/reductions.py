"""Reductions at the end of compiled groups.

A row's elements are joined in a register, or each with its own number where the axis
stays. A compiler makes vectors of a sum in a register only if it may change the order
of the terms, which `add` allows it. Of the largest element it makes them only for
whole numbers, so floats are told as such: `ordered` keeps their order.

The functions are not called here: kernels are generated with their text, in which F is
the type of the group, K whole numbers of its size, TOP the largest of them and SIGN the
place of their sign.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

F = np.float32
K = np.int32
SIGN, TOP = K(31), K(0x7FFFFFFF)


class Joining(NamedTuple):
    """How elements are joined.

    Parameters
    ----------
    first : str
        What a register begins with.
    joined : str
        What becomes of a register `a` by an element `x`.
    told : str
        The register `a` as a number.
    beside : str
        What becomes of a number `a` in memory by a number `x`.
    functions : tuple of str
        Those that the texts call; each after what it calls.
    """

    first: str
    joined: str
    told: str
    beside: str
    functions: tuple[str, ...]


JOININGS = {
    "sum": Joining("np.float64(0)", "add(a, x)", "a", "a + x", ("add",)),
    "prod": Joining("np.float64(1)", "times(a, x)", "a", "a * x", ("times",)),
    "max": Joining(
        "ordered(F(-np.inf))",
        "max(a, upper(x))",
        "number(a)",
        "a if a >= x or a != a else x",
        ("ordered", "number", "upper"),
    ),
    "min": Joining(
        "ordered(F(np.inf))",
        "min(a, lower(x))",
        "number(a)",
        "a if a <= x or a != a else x",
        ("ordered", "number", "lower"),
    ),
}
IN_ANY_ORDER = {"add", "times"}


def add(a: Any, x: Any) -> Any:
    """Add a term to a sum."""
    return a + x


def times(a: Any, x: Any) -> Any:
    """Multiply a product by a factor."""
    return a * x


def ordered(x: Any) -> Any:
    """Return a whole number; of two floats the larger one has the larger."""
    bits = F(x).view(K)
    return K(bits ^ ((bits >> SIGN) & TOP))


def number(key: Any) -> Any:
    """Return the float of a number that `ordered` gave; NaN of the outermost ones."""
    return K(key ^ ((key >> SIGN) & TOP)).view(F)


def upper(x: Any) -> Any:
    """Return what `ordered` does, of NaN the largest number."""
    return TOP if np.isnan(x) else ordered(x)


def lower(x: Any) -> Any:
    """Return what `ordered` does, of NaN the smallest number."""
    return K(-TOP - K(1)) if np.isnan(x) else ordered(x)
