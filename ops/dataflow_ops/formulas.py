"""Formulas in a graph: terms that Python's operators join to nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dataflow_ops.gradients import Call, Entry


@dataclass(frozen=True, eq=False)
class Term:
    """An array in a graph that is being built, with which one computes as with numbers.

    Parameters
    ----------
    make : callable
        Adds a node, as `Call.make` does.
    entry : Entry
        The array.
    form : str
        Which form of the binary operators joins two terms: ``elemwise``, or
        ``broadcast`` where their shapes differ.
    """

    make: Callable[..., Sequence[Entry]]
    entry: Entry
    form: str = "elemwise"

    def to(self, operator: str, *others: Term, **attributes: object) -> Term:
        """Return the first output of an operator on this term and others."""
        entries = (self.entry, *(other.entry for other in others))
        return replace(self, entry=self.make(operator, *entries, **attributes)[0])

    def __neg__(self) -> Term:
        return self.to("negative")

    def __add__(self, other: Term | float) -> Term:
        return self._joined("add", "_plus_scalar", other)

    def __sub__(self, other: Term | float) -> Term:
        return self._joined("sub", "_minus_scalar", other)

    def __mul__(self, other: Term | float) -> Term:
        return self._joined("mul", "_mul_scalar", other)

    def __truediv__(self, other: Term | float) -> Term:
        return self._joined("div", "_div_scalar", other)

    def __rsub__(self, other: float) -> Term:
        return self.to("_rminus_scalar", scalar=other)

    def __rtruediv__(self, other: float) -> Term:
        return self.to("_rdiv_scalar", scalar=other)

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, exponent: float) -> Term:
        return self.to("_power_scalar", scalar=exponent)

    def _joined(self, name: str, scalar_name: str, other: Term | float) -> Term:
        if isinstance(other, Term):
            return self.to(f"{self.form}_{name}", other)
        return self.to(scalar_name, scalar=other)


def terms(call: Call, *entries: Entry, form: str = "elemwise") -> list[Term]:
    """Return entries as terms of the graph that the gradient of `call` adds to."""
    return [Term(call.make, entry, form) for entry in entries]
