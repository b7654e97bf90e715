"""Keys of a store, and the arrays that a call gives for each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dataflow.errors import ArgumentTypeError, UsageError
from dataflow.ndarray import NDArray

Key = int | str
Pairs = list[tuple[Key, NDArray]]
Groups = dict[Key, list[NDArray]]


def grouped(key: Any, value: Any, role: str) -> Groups:
    """Return the arrays of each key, in the order given.

    Parameters
    ----------
    key : int, str, or list of such
        Which; a key may stand there several times.
    value : NDArray, or list of such
        One array or a list for one key; one of either for each of several keys.
    role : str
        What the arrays are, for errors.

    Raises
    ------
    UsageError
        The counts differ; keys are of both kinds, or of another one.
    ArgumentTypeError
        Something is no array.
    """
    groups: Groups = {}
    for name, array in paired(key, value, role):
        groups.setdefault(name, []).append(array)
    return groups


def paired(key: Any, value: Any, role: str) -> Pairs:
    """Return a pair of key and array for every array; see `grouped`."""
    if not isinstance(key, list | tuple):
        return [(_checked(key), array) for array in _arrays(key, value, role)]
    if not isinstance(value, list | tuple) or len(key) != len(value):
        given = f"{len(value)}" if isinstance(value, list | tuple) else repr(value)
        raise UsageError(
            f"the count of {role}s must be that of the keys, {len(key)}, in a list; "
            f"given was {given}"
        )
    pairs = [p for k, v in zip(key, value, strict=True) for p in paired(k, v, role)]
    check_kind(name for name, _ in pairs)
    return pairs


def _arrays(key: Any, value: Any, role: str) -> list[NDArray]:
    arrays = list(value) if isinstance(value, list | tuple) else [value]
    for array in arrays:
        if not isinstance(array, NDArray):
            raise ArgumentTypeError(
                f"the {role} of key {key!r} must be an NDArray or a list of them, not "
                f"{array!r}"
            )
    return arrays


def _checked(key: Any) -> Key:
    if not isinstance(key, int | str):
        raise UsageError(f"a key is an integer or a string, not {key!r}")
    return key


def check_kind(keys: Iterable[Key]) -> None:
    """Raise UsageError unless all keys are integers, or all are strings."""
    first: Key | None = None
    for key in keys:
        first = key if first is None else first
        if isinstance(key, str) != isinstance(first, str):
            raise UsageError(
                f"keys are all integers or all strings, but {first!r} and {key!r} are "
                "not of one kind"
            )
