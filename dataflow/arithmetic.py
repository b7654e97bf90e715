"""Python's operators, for whatever can combine two of its kind by a function's name."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self


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


def scalar_operator(name: str, *, reverse: bool) -> str:
    """Name the operator that combines with a number: ``_minus_scalar``, ..."""
    return f"_r{name}_scalar" if reverse else f"_{name}_scalar"
