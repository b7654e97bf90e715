"""Two-bit compression of gradients: what a device sends is little, and not exact."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from dataflow import ndarray as nd
from dataflow.context import Context
from dataflow.errors import ArgumentError, UsageError
from dataflow.kvstore.keys import Key
from dataflow.ndarray import NDArray


class TwoBit:
    """Rounds elements to ``-threshold``, 0 or ``threshold``.

    What an element loses is added to it the next time, so that nothing is lost for
    long.

    Parameters
    ----------
    threshold : float
        An element that reaches it, on either side, is sent.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._kept: dict[tuple[Key, int, Context], NDArray] = {}

    def __call__(self, key: Key, position: int, gradient: NDArray) -> NDArray:
        """Return a gradient, rounded.

        Parameters
        ----------
        key : int or str
            Of the parameter.
        position : int
            Of the gradient among those of its parameter.
        gradient : NDArray
            The gradient.
        """
        where = (key, position, gradient.context)
        kept = self._kept.get(where)
        if kept is None:
            kept = nd.zeros(gradient.shape, gradient.context, gradient.dtype)
            self._kept[where] = kept
        kept += gradient
        sent = ((kept >= self.threshold) - (kept <= -self.threshold)) * self.threshold
        kept -= sent
        return sent


def from_parameters(parameters: Any) -> TwoBit:
    """Return the compression that a dict such as ``{"type": "2bit"}`` asks for.

    Parameters
    ----------
    parameters : dict
        ``"type"``, which can only be ``"2bit"``; ``"threshold"``, 0.5 by default.

    Raises
    ------
    UsageError, ArgumentError
        It is no dict; the type is missing or unknown; the threshold is not above 0.
    """
    if not isinstance(parameters, Mapping):
        raise UsageError(
            "gradient compression is given by a dict such as {'type': '2bit'}, not "
            f"{parameters!r}"
        )
    kind = parameters.get("type")
    if kind != "2bit":
        raise ArgumentError(
            f"gradient compression has the type {kind!r}; the only one is '2bit'"
        )
    for name in parameters.keys() - {"type", "threshold"}:
        warnings.warn(
            f"gradient compression has no parameter {name!r}; it is ignored",
            stacklevel=3,
        )
    return TwoBit(_threshold(parameters.get("threshold", 0.5)))


def _threshold(given: Any) -> float:
    try:
        threshold = float(given)
    except (TypeError, ValueError):
        threshold = 0.0
    if not 0 < threshold < float("inf"):
        raise ArgumentError(f"the threshold must be a number above 0, not {given!r}")
    return threshold
