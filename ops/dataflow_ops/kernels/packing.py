"""Copies of weights that a kernel keeps, in an order of its own, while these stay.

Whoever binds the kernel tells which inputs seldom change, and how to see that they did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dataflow_ops.kernels.table import Array, Thunk

# A number that changes whenever the values may have; None: nobody knows.
Version = Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class Steady:
    """Arrays that seldom change.

    Parameters
    ----------
    versions : mapping of int to callable
        The version of each, by the `id` of the array.
    keep : callable
        Told the bytes of every copy that a kernel keeps.
    """

    versions: Mapping[int, Version]
    keep: Callable[[int], None]

    def version(self, array: Array) -> Version | None:
        """Return what tells the version of an array, if it is one of them."""
        return self.versions.get(id(array))


class Packed:
    """Packs values if they have changed, then runs what uses them.

    Parameters
    ----------
    version : callable
        Tells the version of what is packed.
    pack, run : callable
        What packs it; what uses it.
    """

    __slots__ = ("_pack", "_run", "_seen", "_version")

    def __init__(self, version: Version, pack: Thunk, run: Thunk) -> None:
        self._version = version
        self._pack = pack
        self._run = run
        self._seen: int | None = None

    def __call__(self) -> None:
        """Do it."""
        now = self._version()
        if now is None or now != self._seen:
            self._seen = None  # should packing fail
            self._pack()
            self._seen = now
        self._run()
