"""Python's operators, for whatever can combine two of its kind by a function's name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from dataflow.errors import ArgumentTypeError


class Arithmetic:
    """Turns ``a + b``, ``2 - a``, ``a < b``, ... into calls of `_binary`.

    Comparison is elementwise, so that ``==`` does not tell whether two are the same;
    sets and keys go by identity.
    """

    __slots__ = ()
    __array_priority__ = 1000.0  # NumPy arrays on the left leave operators to us

    @abstractmethod
    def _binary(self, name: str, other: Any, *, reverse: bool = False) -> Self:
        """Combine itself with a number or one of its kind; NotImplemented otherwise.

        `name` is one of ``plus minus mul div mod power equal not_equal greater
        greater_equal lesser lesser_equal``; `reverse` puts `other` on the left.
        """

    def __add__(self, other: Any) -> Self:
        return self._binary("plus", other)

    def __radd__(self, other: Any) -> Self:
        return self._binary("plus", other)

    def __sub__(self, other: Any) -> Self:
        return self._binary("minus", other)

    def __rsub__(self, other: Any) -> Self:
        return self._binary("minus", other, reverse=True)

    def __mul__(self, other: Any) -> Self:
        return self._binary("mul", other)

    def __rmul__(self, other: Any) -> Self:
        return self._binary("mul", other)

    def __truediv__(self, other: Any) -> Self:
        return self._binary("div", other)

    def __rtruediv__(self, other: Any) -> Self:
        return self._binary("div", other, reverse=True)

    def __mod__(self, other: Any) -> Self:
        return self._binary("mod", other)

    def __rmod__(self, other: Any) -> Self:
        return self._binary("mod", other, reverse=True)

    def __pow__(self, other: Any) -> Self:
        return self._binary("power", other)

    def __rpow__(self, other: Any) -> Self:
        return self._binary("power", other, reverse=True)

    def __neg__(self) -> Self:
        return self._binary("mul", -1.0)

    def __eq__(self, other: object) -> Any:
        return self._binary("equal", other)

    def __ne__(self, other: object) -> Any:
        return self._binary("not_equal", other)

    def __lt__(self, other: Any) -> Self:
        return self._binary("lesser", other)

    def __le__(self, other: Any) -> Self:
        return self._binary("lesser_equal", other)

    def __gt__(self, other: Any) -> Self:
        return self._binary("greater", other)

    def __ge__(self, other: Any) -> Self:
        return self._binary("greater_equal", other)

    __hash__ = object.__hash__


# From the functions that take two symbols, two arrays, or one and a number on either
# side, to the name of what they compute and its mirror image.
_FUNCTIONS = {
    "add": ("plus", "plus"),
    "subtract": ("minus", None),
    "multiply": ("mul", "mul"),
    "divide": ("div", None),
    "true_divide": ("div", None),
    "modulo": ("mod", None),
    "power": ("power", None),
    "pow": ("power", None),
    "maximum": ("maximum", "maximum"),
    "minimum": ("minimum", "minimum"),
    "hypot": ("hypot", "hypot"),
    "equal": ("equal", "equal"),
    "not_equal": ("not_equal", "not_equal"),
    "greater": ("greater", "lesser"),
    "greater_equal": ("greater_equal", "lesser_equal"),
    "lesser": ("lesser", "greater"),
    "lesser_equal": ("lesser_equal", "greater_equal"),
    "logical_and": ("logical_and", "logical_and"),
    "logical_or": ("logical_or", "logical_or"),
    "logical_xor": ("logical_xor", "logical_xor"),
}


NUMBERS = (int, float, np.number)
_NUMPY_NAMES = {"modulo": "mod", "lesser": "less", "lesser_equal": "less_equal"}


def binary_functions(kind: type[Arithmetic]) -> dict[str, Callable[[Any, Any], Any]]:
    """Return ``add``, ``maximum``, ... of two `kind`s, or of a `kind` and a number.

    Two numbers give a number.

    The functions raise ArgumentTypeError for anything but a `kind` or a number.
    """
    return {function: _binary_function(kind, function) for function in _FUNCTIONS}


def _binary_function(kind: type[Arithmetic], function: str) -> Callable[..., Any]:
    name, mirrored = _FUNCTIONS[function]
    on_numbers = getattr(np, _NUMPY_NAMES.get(function, function))

    def combine(lhs: Any, rhs: Any) -> Any:
        if isinstance(lhs, kind):
            made = lhs._binary(name, rhs)
        elif isinstance(rhs, kind):
            reverse = mirrored is None
            made = rhs._binary(mirrored or name, lhs, reverse=reverse)
        elif isinstance(lhs, NUMBERS) and isinstance(rhs, NUMBERS):
            made = on_numbers(lhs, rhs)
        else:
            made = NotImplemented
        if made is NotImplemented:
            raise ArgumentTypeError(
                f"{function} combines a {kind.__name__} with another or with a number, "
                f"not {lhs!r} with {rhs!r}"
            )
        return made

    combine.__name__ = combine.__qualname__ = function
    combine.__doc__ = (
        f"Return the elementwise {function.replace('_', ' ')} of two, broadcasting."
    )
    return combine


def scalar_operator(name: str, *, reverse: bool) -> str:
    """Name the operator that combines with a number: ``_minus_scalar``, ..."""
    return f"_r{name}_scalar" if reverse else f"_{name}_scalar"
