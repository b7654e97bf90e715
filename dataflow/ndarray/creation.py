"""Making arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow import engine
from dataflow.context import Context, check_context, current_context
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray.imperative import invoke
from dataflow.ndarray.ndarray import NDArray, from_numpy
from dataflow_ops.registry import find

ShapeLike = int | Sequence[int]


def _shape(shape: ShapeLike) -> tuple[int, ...]:
    dimensions = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    if any(d < 0 for d in dimensions):
        raise ArgumentError(f"shape {shape!r} has a negative dimension")
    return tuple(int(d) for d in dimensions)


def _context(ctx: Context | None) -> Context:
    return current_context() if ctx is None else check_context(ctx, "ctx")


def array(source: Any, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Return an array with a copy of a value.

    Parameters
    ----------
    source : array_like or NDArray
        The value.
    ctx : Context, optional
        Where it shall lie.
    dtype : dtype, optional
        Element type; that of an NDArray source, else float32.

    Raises
    ------
    ArgumentTypeError
        The source is no array of numbers.
    """
    if isinstance(source, NDArray):
        kept = source.astype(dtype or source.raw_dtype)
        return kept.as_in_context(_context(ctx))
    try:
        value = np.asarray(source, np.dtype(dtype or np.float32))
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"cannot make an array of {source!r}: {error}"
        ) from None
    return from_numpy(value, _context(ctx))


def empty(shape: ShapeLike, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Return an uninitialised array; float32 unless `dtype` says otherwise."""
    return NDArray.empty(_shape(shape), np.dtype(dtype or np.float32), _context(ctx))


def full(
    shape: ShapeLike, val: float, ctx: Context | None = None, dtype: Any = None
) -> NDArray:
    """Return an array in which every element is `val`."""
    result = empty(shape, ctx, dtype)
    result[:] = val
    return result


def zeros(shape: ShapeLike, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Return an array of zeros."""
    return full(shape, 0, ctx, dtype)


def ones(shape: ShapeLike, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Return an array of ones."""
    return full(shape, 1, ctx, dtype)


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    ctx: Context | None = None,
    dtype: Any = None,
) -> NDArray:
    """Return values `step` apart from `start` to before `stop`, repeated in place."""
    if stop is None:
        start, stop = 0, start
    values = np.repeat(np.arange(start, stop, step), repeat)
    return array(values, ctx, dtype)


def concatenate(arrays: Sequence[NDArray], axis: int = 0) -> NDArray:
    """Join arrays along an existing axis."""
    if not arrays:
        raise ArgumentError("concatenate needs at least one array")
    return invoke(
        find("Concat"), arrays, {"dim": axis, "num_args": len(arrays)}, None, NDArray
    )[0]


def waitall() -> None:
    """Wait for everything pushed so far; raises what failed and nobody saw yet."""
    engine.wait_all()
