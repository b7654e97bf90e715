"""Making arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow import waiting
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
    shape: ShapeLike,
    val: float,
    ctx: Context | None = None,
    dtype: Any = None,
    out: NDArray | None = None,
) -> NDArray:
    """Return an array in which every element is `val` (`out`, if that is given)."""
    result = empty(shape, ctx, dtype) if out is None else out
    result[:] = val
    return result


def zeros(
    shape: ShapeLike,
    ctx: Context | None = None,
    dtype: Any = None,
    stype: str | None = None,
) -> NDArray:
    """Return an array of zeros; `stype` can only be ``"default"``, which is dense."""
    if stype not in (None, "default"):
        raise ArgumentError(f"there is no storage type {stype!r} here, only 'default'")
    return full(shape, 0, ctx, dtype)


def ones(shape: ShapeLike, ctx: Context | None = None, dtype: Any = None) -> NDArray:
    """Return an array of ones."""
    return full(shape, 1, ctx, dtype)


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool | None = None,
    ctx: Context | None = None,
    dtype: Any = None,
) -> NDArray:
    """Return values `step` apart from `start` to before `stop`, repeated in place.

    Parameters
    ----------
    start, stop, step : float
        The range; from 0 to `start` if there is no `stop`.
    repeat : int
        How often each value stands in the result.
    infer_range : bool, optional
        Means something for symbols only.
    ctx : Context, optional
        Where the result lies.
    dtype : dtype, optional
        Element type; float32 by default.
    """
    del infer_range
    if step == 0:
        raise ArgumentError("arange needs a step other than 0")
    if stop is None:
        start, stop = 0, start
    values = np.repeat(np.arange(start, stop, step), repeat)
    return array(values, ctx, dtype)


def linspace(
    start: float,
    stop: float,
    num: int,
    endpoint: bool = True,
    ctx: Context | None = None,
    dtype: Any = None,
) -> NDArray:
    """Return `num` evenly spaced values from `start` to `stop`.

    `stop` is the last value, or is left out unless `endpoint`; the other parameters
    are those of `arange`.
    """
    if num < 0:
        raise ArgumentError(f"linspace cannot make {num} values")
    return array(np.linspace(start, stop, num, endpoint), ctx, dtype)


def eye(
    N: int,
    M: int = 0,
    k: int = 0,
    ctx: Context | None = None,
    dtype: Any = None,
) -> NDArray:
    """Return ones on a diagonal and zeros elsewhere.

    Parameters
    ----------
    N, M : int
        Counts of rows and columns; as many columns as rows if M is 0.
    k : int
        Which diagonal: 0 the main one, above it positive, below negative.
    ctx, dtype
        As in `arange`.
    """
    return array(np.eye(N, M or N, k), ctx, dtype)


def concatenate(
    arrays: Sequence[NDArray], axis: int = 0, always_copy: bool = True
) -> NDArray:
    """Join arrays along an existing axis.

    A single array is returned as it is unless `always_copy`.
    """
    if not arrays:
        raise ArgumentError("concatenate needs at least one array")
    if len(arrays) == 1 and not always_copy:
        return arrays[0]
    return invoke(
        find("Concat"), arrays, {"dim": axis, "num_args": len(arrays)}, None, NDArray
    )[0]


def waitall() -> Any:
    """Wait for everything pushed so far; raises what failed and nobody saw yet.

    Returns
    -------
    None or coroutine
        In a task of a trio run a coroutine: ``await mx.nd.waitall()``.
    """
    return waiting.wait_all()
