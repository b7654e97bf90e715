"""Second derivatives of functions of two arrays, or of an array and a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.formulas import Term, terms
from dataflow_ops.gradients import Call, Entry, Gradient
from dataflow_ops.second_order import Bend


class _Surface(NamedTuple):
    """Derivatives of a function by x and y; None for those that are zero."""

    by_x: Term
    by_y: Term
    by_xx: Term | None = None
    by_xy: Term | None = None
    by_yy: Term | None = None


def _quotient(x: Term, y: Term) -> _Surface:
    one, ratio = 1 / y, x / y
    twice = ratio * one * one
    return _Surface(one, -ratio * one, None, -one * one, twice + twice)


def _rest(x: Term, y: Term) -> _Surface:
    return _Surface(x.to("ones_like"), -(x / y).to("floor"))


def _power(x: Term, y: Term) -> _Surface:
    # Where x is not positive, nothing is said of y: y may be an exponent that is no
    # variable, and NaN times the zero that is its gradient would spoil that of x.
    base = x.to("_greater_scalar", scalar=0.0).to("where", x, x.to("ones_like"))
    log = base.to("log")
    below = x.to("broadcast_power", y - 1)
    value = x.to("broadcast_power", y)
    return _Surface(
        y * below,
        value * log,
        y * (y - 1) * x.to("broadcast_power", y - 2),
        below * (y * log + 1),
        value * log * log,
    )


def _larger(x: Term, y: Term) -> _Surface:
    return _Surface(x.to("broadcast_greater_equal", y), x.to("broadcast_lesser", y))


def _smaller(x: Term, y: Term) -> _Surface:
    return _Surface(x.to("broadcast_lesser_equal", y), x.to("broadcast_greater", y))


def _hypotenuse(x: Term, y: Term) -> _Surface:
    length = x.to("broadcast_hypot", y)
    cos, sin = x / length, y / length
    return _Surface(
        cos, sin, sin * sin / length, -sin * cos / length, cos * cos / length
    )


_SURFACES: dict[str, Callable[[Term, Term], _Surface]] = {
    "div": _quotient,
    "mod": _rest,
    "power": _power,
    "maximum": _larger,
    "minimum": _smaller,
    "hypot": _hypotenuse,
}


def _mixed(factors: Sequence[tuple[Term, Term | None]]) -> Term | None:
    """Add up products; those with a zero are left out."""
    products = [weight * change for weight, change in factors if change is not None]
    return sum(products[1:], products[0]) if products else None


def curved(key: str) -> Gradient:
    """Gradient of the backward operator of a binary function.

    Parameters
    ----------
    key : str
        The function, as in `broadcast.BINARY`.
    """

    def rule(call: Call) -> list[Entry | None]:
        entries = (*call.inputs, call.out_grad(0), call.out_grad(1))
        grad, x, y, for_x, for_y = terms(call, *entries, form="broadcast")
        found = _SURFACES[key](x, y)
        by_grad = _mixed([(for_x, found.by_x), (for_y, found.by_y)])
        by_x = _mixed([(for_x, found.by_xx), (for_y, found.by_xy)])
        by_y = _mixed([(for_x, found.by_xy), (for_y, found.by_yy)])
        assert by_grad is not None
        return [by_grad.entry, *(_summed(change, grad) for change in (by_x, by_y))]

    return rule


def _summed(change: Term | None, grad: Term) -> Entry | None:
    if change is None:
        return None
    return (grad * change).to("_backward_broadcast").entry


# With a number for one of them


def _power_bend(x: Term, attributes: Attributes) -> Bend:
    exponent: float = attributes.scalar
    factor = exponent * (exponent - 1)
    if exponent in (0, 1):
        return None
    return factor if exponent == 2 else x ** (exponent - 2) * factor


def _hypot_bend(x: Term, attributes: Attributes) -> Bend:
    length = x.to("_hypot_scalar", scalar=attributes.scalar)
    ratio: Term = attributes.scalar / length
    return ratio * ratio / length


def _log_of_base(y: Term, attributes: Attributes) -> Bend:
    return math.log(attributes.scalar) if attributes.scalar > 0 else math.nan


SCALAR_BENDS: dict[str, Callable[[Term, Attributes], Bend]] = {
    "_rdiv_scalar": lambda x, attributes: 2 * attributes.scalar / (x * x * x),
    "_power_scalar": _power_bend,
    "_rpower_scalar": _log_of_base,
    "_hypot_scalar": _hypot_bend,
}
