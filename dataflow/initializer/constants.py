"""Initializers that fill with values that are known beforehand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError
from dataflow.initializer.base import Initializer, alias, register
from dataflow.ndarray import NDArray


@register
@alias("zeros")
class Zero(Initializer):
    """Fill weights with 0."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: NDArray) -> None:
        arr[:] = 0


@register
@alias("ones")
class One(Initializer):
    """Fill weights with 1."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: NDArray) -> None:
        arr[:] = 1


@register
class Constant(Initializer):
    """Fill weights with a value.

    Parameters
    ----------
    value : float or NDArray
        The value; an array (or nested lists) of the weight's shape.
    """

    def __init__(self, value: Any) -> None:
        super().__init__(value=value)
        self.value = value

    def _init_weight(self, name: str, arr: NDArray) -> None:
        arr[:] = self.value

    def dumps(self) -> str:
        """Return its text, from which `create` makes it again."""
        value = self.value.asnumpy() if isinstance(self.value, NDArray) else self.value
        if isinstance(value, np.ndarray | np.generic):
            value = value.tolist()
        return json.dumps([type(self).__name__.lower(), {"value": value}])


@register
class Bilinear(Initializer):
    """Fill the kernels of a deconvolution so that it magnifies by interpolation."""

    def __init__(self) -> None:
        super().__init__()

    def _init_weight(self, name: str, arr: NDArray) -> None:
        if arr.ndim != 4:
            raise ArgumentError(
                f"Bilinear fills the weights of a two-dimensional deconvolution, of "
                f"four dimensions; '{name}' has the shape {arr.shape}"
            )
        height, width = arr.shape[2:]
        half = np.ceil(width / 2)
        centre = (2 * half - 1 - half % 2) / (2 * half)
        rows = 1 - abs(np.arange(height) / half - centre)
        columns = 1 - abs(np.arange(width) / half - centre)
        arr[:] = np.broadcast_to(np.outer(rows, columns), arr.shape)
