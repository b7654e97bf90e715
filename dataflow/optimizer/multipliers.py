"""Factors of a parameter's learning rate and weight decay, by name or by index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataflow.errors import ArgumentError


def declared(symbol: Any, attribute: str) -> dict[Any, float]:
    """Return the factors that a symbol's variables declare.

    Parameters
    ----------
    symbol : tuple
        Its attributes by node, and the names of its arguments; or ().
    attribute : str
        ``__lr_mult__`` or ``__wd_mult__``.

    Raises
    ------
    ArgumentError
        One of them is no number.
    """
    if not symbol:
        return {}
    attributes, names = symbol
    found = {name: attributes.get(name, {}).get(attribute) for name in names}
    return {
        name: _number(name, attribute, text)
        for name, text in found.items()
        if text is not None
    }


def _number(name: str, attribute: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentError(
            f"variable '{name}': {attribute} should be a number, not {text!r}"
        ) from None


def factor(
    factors: Mapping[Any, float], index: int | str, names: Mapping[Any, str]
) -> float:
    """Return the factor of a parameter: by its index, else by its name, else 1."""
    if index in factors:
        return factors[index]
    return factors.get(names.get(index), 1.0)
