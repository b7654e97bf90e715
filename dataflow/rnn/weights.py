"""The variables that hold cells' weights, and the arrays bound to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataflow import symbol
from dataflow.errors import UnknownNameError
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol

Arrays = Mapping[str, NDArray]


class RNNParams:
    """The variables that hold a cell's weights; cells that share it share them.

    Parameters
    ----------
    prefix : str
        Put before all names.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._params: dict[str, Symbol] = {}

    def get(self, name: str, **kwargs: Any) -> Symbol:
        """Return the variable of a name, made at first use.

        Parameters
        ----------
        name : str
            Its name, without the prefix.
        **kwargs
            What `Variable` takes, if it is made.
        """
        name = self._prefix + name
        if name not in self._params:
            self._params[name] = symbol.Variable(name, **kwargs)
        return self._params[name]


def take(arrays: dict[str, NDArray], name: str) -> NDArray:
    """Remove an array from `arrays` and return it."""
    if name not in arrays:
        raise UnknownNameError(
            f"the cell's weight '{name}' is not among those given: "
            f"{', '.join(arrays) or 'none'}"
        )
    return arrays.pop(name)
