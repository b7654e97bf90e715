"""Where a store holds its values, and sums what is pushed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from dataflow.context import Context, cpu
from dataflow.ndarray import NDArray


class Places(Protocol):
    """A rule for where values lie."""

    def choose(self, value: NDArray, pushers: Iterable[Context]) -> Context:
        """Return the context for a value, when it is pushed for the first time."""


class OnHost:
    """All values lie on ``cpu(0)``: stores of type ``local``."""

    def choose(self, value: NDArray, pushers: Iterable[Context]) -> Context:
        """Return ``cpu(0)``."""
        del value, pushers
        return cpu()


class OnDevices:
    """Each value lies on one of the devices that push it, the one with least so far.

    So several devices share the work of sums and updates; stores of type ``device``.
    """

    def __init__(self) -> None:
        self._bytes: defaultdict[Context, int] = defaultdict(int)

    def choose(self, value: NDArray, pushers: Iterable[Context]) -> Context:
        """Return the pusher with the fewest bytes, the first of equals."""
        chosen = min(pushers, key=self._bytes.__getitem__)
        self._bytes[chosen] += value.raw.nbytes
        return chosen


def beside(value: NDArray, context: Context) -> NDArray:
    """Return a value on a context.

    All CPUs share one memory: there, it is read where it lies, by another lane.
    """
    if value.context == context:
        return value
    if value.context.device_type == context.device_type == "cpu":
        return NDArray(value.raw, context, value.var)
    return value.as_in_context(context)
