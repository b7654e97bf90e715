"""What a check is given, and the arrays that it makes of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.context import Context
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol

AS_GIVEN = "asnumpy"  # in place of a type: leave values their own
TYPES = (np.float16, np.float32, np.float64)

Values = Mapping[str, Any] | Sequence[Any]


def check_dtype(dtype: Any, *, as_given: bool = True) -> None:
    """Raise ArgumentError unless checks can be run in an element type."""
    if dtype not in TYPES and not (as_given and dtype == AS_GIVEN):
        raise ArgumentError(
            f"dtype is {dtype!r}; use numpy.float16, numpy.float32 or numpy.float64"
            + (f", or '{AS_GIVEN}' to leave the values their own" if as_given else "")
        )


def as_array(value: Any, ctx: Context, dtype: Any) -> NDArray:
    """Return a NumPy array as an array of a type; others as they are."""
    if isinstance(value, NDArray):
        return value
    own = value.dtype if isinstance(value, np.ndarray | np.generic) else None
    return nd.array(value, ctx, own if dtype == AS_GIVEN else dtype)


def by_name(
    values: Values, names: Sequence[str], role: str, *, partial: bool = False
) -> dict[str, Any]:
    """Return values by name.

    Parameters
    ----------
    values : mapping or sequence
        Values by name, or in the order of `names`.
    names : sequence of str
        The names.
    role : str
        What is given, for messages.
    partial : bool
        Allow some names, or the values of the last ones, to be missing.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        The names or the count are not those wanted; the values are neither.
    """
    if isinstance(values, Mapping):
        missing = () if partial else set(names) - set(values)
        if missing or set(values) - set(names):
            raise ArgumentError(
                f"{role} must have the names {', '.join(names) or 'of none'}, not "
                f"{', '.join(values)}"
            )
        return dict(values)
    if not isinstance(values, list | tuple):
        raise ArgumentTypeError(f"{role} must be a dict, a list or a tuple")
    if len(values) > len(names) or (len(values) < len(names) and not partial):
        raise ArgumentError(
            f"{role} must be {len(names)} ({', '.join(names)}), not {len(values)}"
        )
    return dict(zip(names, values, strict=False))


def arguments(
    sym: Symbol, location: Values, ctx: Context, dtype: Any
) -> dict[str, NDArray]:
    """Return arrays for the arguments of a symbol."""
    given = by_name(location, sym.list_arguments(), "location")
    return {name: as_array(value, ctx, dtype) for name, value in given.items()}


def states(
    sym: Symbol, aux_states: Values | None, ctx: Context, dtype: Any
) -> dict[str, NDArray] | None:
    """Return new arrays for the auxiliary states of a symbol."""
    if aux_states is None:
        return None
    given = by_name(aux_states, sym.list_auxiliary_states(), "aux_states")
    return {name: as_array(value, ctx, dtype).copy() for name, value in given.items()}


def check_dense(stypes: Mapping[str, str] | None) -> None:
    """Raise ArgumentError for a storage type that does not exist."""
    for name, stype in (stypes or {}).items():
        if stype not in (None, "default"):
            raise ArgumentError(f"'{name}': there is no storage type {stype!r} here")


def random_gradients(
    values: Mapping[str, Any], ctx: Context, dtype: Any
) -> dict[str, NDArray]:
    """Return arrays of the values' shapes and types, filled at random."""
    made = {}
    for name, value in values.items():
        own = value.dtype if hasattr(value, "dtype") else np.float32
        filling = np.asarray(np.random.normal(size=np.shape(value)), own)
        made[name] = as_array(filling, ctx, dtype)
    return made


def attributed(
    expected: Any, found: NDArray, before: NDArray, request: str
) -> tuple[Any, Any]:
    """Return what a backward pass should have done to a gradient, and what it did.

    Parameters
    ----------
    expected : array_like
        The gradient.
    found, before : NDArray
        Its array after and before the pass.
    request : str
        What the pass was to do with it.
    """
    if request == "null":
        return before, found
    return expected, found - before if request == "add" else found
