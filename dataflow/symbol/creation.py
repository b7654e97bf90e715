"""Symbols that need no input: zeros, ranges and the like; and histograms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow.errors import ArgumentError
from dataflow.graph.signature import division_of
from dataflow.symbol.functions import FUNCTIONS
from dataflow.symbol.symbol import Symbol

ShapeLike = int | Sequence[int]


def zeros(shape: ShapeLike, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Return a symbol of zeros.

    Parameters
    ----------
    shape : int or sequence of int
        Its shape.
    dtype : dtype, optional
        Its element type; float32 by default.
    **kwargs
        ``name``, ``attr``, ``ctx`` as for every operator.
    """
    return FUNCTIONS["_zeros"](shape=shape, dtype=dtype or "float32", **kwargs)


def ones(shape: ShapeLike, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Return a symbol of ones; parameters as those of `zeros`."""
    return FUNCTIONS["_ones"](shape=shape, dtype=dtype or "float32", **kwargs)


def full(shape: ShapeLike, val: float, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Return a symbol whose every element is `val`; the rest as in `zeros`."""
    return FUNCTIONS["_full"](
        shape=shape, value=float(val), dtype=dtype or "float32", **kwargs
    )


def arange(
    start: float,
    stop: float | None = None,
    step: float = 1.0,
    repeat: int = 1,
    infer_range: bool = False,
    name: str | None = None,
    dtype: Any = None,
) -> Symbol:
    """Return a symbol of values `step` apart, from `start` to before `stop`.

    Parameters
    ----------
    start, stop, step : float
        The range; from 0 to `start` if there is no `stop`.
    repeat : int
        How often each value stands in the result.
    infer_range : bool
        Let the length follow from what the symbol is combined with.
    name : str, optional
        Its name.
    dtype : dtype, optional
        Its element type; float32 by default.
    """
    return FUNCTIONS["_arange"](
        start=start,
        stop=stop,
        step=step,
        repeat=repeat,
        infer_range=infer_range,
        name=name,
        dtype=dtype or "float32",
    )


def linspace(
    start: float,
    stop: float,
    num: int,
    endpoint: bool = True,
    name: str | None = None,
    dtype: Any = None,
) -> Symbol:
    """Return a symbol of `num` evenly spaced values from `start` to `stop`.

    Parameters
    ----------
    start, stop : float
        The ends; `stop` is left out unless `endpoint` is true.
    num : int
        How many values.
    endpoint : bool
        Whether `stop` is the last value.
    name, dtype
        As in `arange`.
    """
    return FUNCTIONS["_linspace"](
        start=start,
        stop=stop,
        num=num,
        endpoint=endpoint,
        name=name,
        dtype=dtype or "float32",
    )


def eye(N: int, M: int = 0, k: int = 0, dtype: Any = None, **kwargs: Any) -> Symbol:
    """Return a symbol with ones on a diagonal, zeros elsewhere.

    Parameters
    ----------
    N, M : int
        Counts of rows and columns; as many columns as rows if M is 0.
    k : int
        Which diagonal: 0 the main one, above it positive, below negative.
    dtype, **kwargs
        As in `zeros`.
    """
    return FUNCTIONS["_eye"](N=N, M=M, k=k, dtype=dtype or "float32", **kwargs)


def histogram(
    a: Symbol,
    bins: int | Symbol = 10,
    range: tuple[float, float] | None = None,
    **kwargs: Any,
) -> Symbol:
    """Return counts per bin, and the bins' edges.

    Parameters
    ----------
    a : Symbol
        The values.
    bins : int or Symbol
        How many bins of equal width, or their edges in rising order.
    range : tuple of float
        Where the first bin begins and the last ends; needed where `bins` is a count.
    **kwargs
        ``name``, ``attr``.

    Raises
    ------
    ArgumentError
        `bins` is a count, and there is no range.
    """
    if isinstance(bins, Symbol):
        return FUNCTIONS["_histogram"](a, bins, **kwargs)
    if range is None:
        raise ArgumentError("histogram: give a range, or the edges of the bins")
    return FUNCTIONS["_histogram"](data=a, bin_cnt=bins, range=range, **kwargs)


def split_v2(
    ary: Symbol,
    indices_or_sections: int | Sequence[int],
    axis: int = 0,
    squeeze_axis: bool = False,
    name: str | None = None,
) -> Symbol:
    """Divide along an axis.

    Parameters
    ----------
    ary : Symbol
        What is divided.
    indices_or_sections : int or sequence of int
        Into how many equal pieces, or before which indices.
    axis : int
        Along which axis.
    squeeze_axis : bool
        Drop the axis from pieces of length 1.
    name : str, optional
        Its name.

    Raises
    ------
    ArgumentError
        The count or the indices are not integers.
    """
    division = division_of(indices_or_sections)
    return FUNCTIONS["_split_v2"](
        ary, axis=axis, squeeze_axis=squeeze_axis, name=name, **division
    )


setattr(Symbol, "split_v2", split_v2)  # noqa: B010 - a method that needs all operators
