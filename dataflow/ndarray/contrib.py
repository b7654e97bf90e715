"""Operators that MXNet calls contributed, as functions of arrays."""

from typing import Any

from dataflow.graph.namespaces import OTHERS, functions_named, functions_of
from dataflow.graph.signature import unknown_operator
from dataflow.ndarray.functions import make_function
from dataflow.ndarray.ndarray import NDArray

FUNCTIONS = {
    **functions_of("contrib_", make_function),
    **functions_named(OTHERS, make_function),
}
globals().update(FUNCTIONS)


def isnan(data: NDArray) -> NDArray:
    """Return 1 where an element is NaN, else 0."""
    return data != data  # type: ignore[no-any-return] # noqa: PLR0124


def isinf(data: NDArray) -> NDArray:
    """Return 1 where an element is infinite, else 0."""
    return abs(data) == float("inf")  # type: ignore[no-any-return]


def isfinite(data: NDArray) -> NDArray:
    """Return 1 where an element is neither NaN nor infinite, else 0."""
    return abs(data) < float("inf")


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.ndarray.contrib", name, FUNCTIONS)
