"""What is stored under each key, and whether what a call gives fits it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dataflow.errors import ArgumentError, UnknownNameError, UsageError
from dataflow.kvstore.keys import Groups, Key, Pairs, check_kind, grouped, paired
from dataflow.ndarray import NDArray
from dataflow_ops.errors import suggestion


@dataclass
class Slot:
    """What is stored under one key."""

    value: NDArray
    rank: int  # when it is served, among the keys of one call
    placed: bool = False  # whether it was decided where the value lies
    total: NDArray | None = None  # the last sum, whose memory serves the next


class Slots:
    """All that a store holds, by key."""

    def __init__(self) -> None:
        self._slots: dict[Key, Slot] = {}

    def __getitem__(self, key: Key) -> Slot:
        return self._slots[key]

    def store(self, pairs: Pairs) -> None:
        """Copy values to new slots."""
        for key, value in pairs:
            rank = key if isinstance(key, int) else len(self._slots)
            self._slots[key] = Slot(value.copy(), rank)

    def in_order(self, keys: Iterable[Key]) -> list[Key]:
        """Return keys in an order that does not depend on that of the call."""
        return sorted(keys, key=lambda key: self._slots[key].rank)

    def new(self, key: Any, value: Any) -> Pairs:
        """Return keys and their first values, if none of them has one yet."""
        pairs = paired(key, value, "value")
        seen = set(self._slots)
        for name, _ in pairs:
            if name in seen:
                raise ArgumentError(
                    f"key {name!r} is initialized a second time; init and broadcast "
                    "take a key and one value once, push changes it"
                )
            seen.add(name)
        self._check_kind(*(name for name, _ in pairs))
        return pairs

    def values(self, key: Any, value: Any) -> Groups:
        """Return what is pushed, by key, if all keys have values of its shapes."""
        groups = grouped(key, value, "value")
        for name, arrays in groups.items():
            check_shapes(name, arrays, self._find(name).value.shape)
        return groups

    def pairs(self, key: Any, value: Any) -> Pairs:
        """Return keys and what is to be their value, if all have one of its shape."""
        pairs = paired(key, value, "value")
        for name, array in pairs:
            check_shapes(name, (array,), self._find(name).value.shape)
        return pairs

    def targets(self, key: Any, out: Any) -> Groups:
        """Return what values are copied to, by key, if all keys have fitting ones."""
        groups = targets(key, out)
        for name, arrays in groups.items():
            check_shapes(name, arrays, self._find(name).value.shape)
        return groups

    def _find(self, key: Key) -> Slot:
        slot = self._slots.get(key)
        if slot is None:
            self._check_kind(key)
            names = [name for name in self._slots if isinstance(name, str)]
            hint = suggestion(key, names) if isinstance(key, str) else ""
            raise UnknownNameError(
                f"key {key!r} has no value yet; {hint or 'call init first'}"
            )
        return slot

    def _check_kind(self, *keys: Key) -> None:
        check_kind((*list(self._slots)[:1], *keys))


def targets(key: Any, out: Any) -> Groups:
    """Return what values are copied to, by key; raises UsageError for None."""
    if out is None:
        raise UsageError("out is missing: the arrays to which values are copied")
    return grouped(key, out, "array")


def check_shapes(key: Key, arrays: Iterable[NDArray], shape: tuple[int, ...]) -> None:
    """Raise ArgumentError unless all arrays are of this shape."""
    for array in arrays:
        if array.shape != shape:
            raise ArgumentError(
                f"key {key!r} has a value of shape {shape}, not {array.shape}"
            )
