"""Reductions as ends of fused groups, and their gradients as steps of groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import FLOAT32, FLOAT64, DType
from dataflow_ops.reduction import kept_shape, reduced_axes
from dataflow_ops.registry import find
from dataflow_ops.shapes import Shape, size


class Form(NamedTuple):
    """A reduction as steps and what comes last.

    Parameters
    ----------
    before : tuple
        Steps by operator; what each reads: 0 is the value that is reduced, 1 the result
        of the first step, and so on. The `Reduction` takes the last.
    by, last : str
        Those of the `Reduction`.
    """

    before: tuple[tuple[str, tuple[int, ...]], ...]
    by: str
    last: str = ""


def _numbers_alone(neutral: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Put something neutral in place of NaN, which differs from itself."""
    return (("_equal", (0, 0)), (neutral, (0,)), ("where", (1, 0, 2)))


_FORMS: Mapping[str, Form] = {
    "sum": Form((), "sum"),
    "mean": Form((), "sum", "mean"),
    "prod": Form((), "prod"),
    "max": Form((), "max"),
    "min": Form((), "min"),
    "nansum": Form(_numbers_alone("zeros_like"), "sum"),
    "nanprod": Form(_numbers_alone("ones_like"), "prod"),
    "_square_sum": Form((("square", (0,)),), "sum"),
}
_NORMS: Mapping[int, Form] = {
    1: Form((("abs", (0,)),), "sum"),
    2: Form((("square", (0,)),), "sum", "sqrt"),
}
REDUCTIONS = frozenset((*_FORMS, "norm"))
SPREADS = frozenset(("_backward_sum", "_backward_mean"))
_TYPES = (FLOAT32, FLOAT64)


def form_of(operator: str, attributes: Attributes) -> Form:
    """Return how one of `REDUCTIONS` is computed."""
    return _NORMS[attributes.ord] if operator == "norm" else _FORMS[operator]


def may_end(data: Shape, read: DType | None, made: DType | None) -> bool:
    """Tell whether a group may end in a reduction of such data."""
    return size(data) > 0 and read == made and read in _TYPES


def axes_of(attributes: Attributes, data: Shape) -> tuple[int, ...]:
    """Return the axes along which a reduction joins more than one element."""
    return tuple(i for i in reduced_axes(attributes, len(data)) if data[i] > 1)


def may_spread(made: Shape, dtype: DType | None) -> bool:
    """Tell whether a gradient of `SPREADS` may be a step: its input broadcasts."""
    return dtype in _TYPES and size(made) > 0


def spread_shape(attributes: Attributes, made: Shape) -> Shape:
    """Return the shape in which the input of a gradient broadcasts to its output."""
    return kept_shape(reduced_axes(attributes, len(made)), made)


def spread_step(operator: str, share: float) -> tuple[str, Attributes]:
    """Return what does to a broadcast input as a gradient of `SPREADS` does."""
    if operator == "_backward_mean":
        return "_mul_scalar", find("_mul_scalar").parse({"scalar": share})
    return "_copy", find("_copy").parse({})
