"""Functions of arrays that are a little more than one operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow.errors import ArgumentError
from dataflow.graph.signature import division_of
from dataflow.ndarray.functions import FUNCTIONS
from dataflow.ndarray.ndarray import NDArray

Axes = int | Sequence[int]


def moveaxis(tensor: NDArray, source: Axes, destination: Axes) -> NDArray:
    """Move axes to other places; the rest keep their order.

    Parameters
    ----------
    tensor : NDArray
        The array.
    source, destination : int or sequence of int
        Where each axis is, and where it goes.

    Raises
    ------
    ArgumentError
        An axis is out of range or named twice, or the counts differ.
    """
    # The lengths of a probe tell its axes apart, and it takes no memory.
    probe = np.broadcast_to(np.zeros((), np.bool_), tuple(range(tensor.ndim)))
    try:
        order = np.moveaxis(probe, source, destination).shape
    except ValueError as error:
        raise ArgumentError(f"moveaxis of {tensor.shape}: {error}") from None
    return _array(FUNCTIONS["transpose"](tensor, axes=order))


def histogram(
    a: NDArray,
    bins: int | NDArray = 10,
    range: tuple[float, float] | None = None,
) -> list[NDArray]:
    """Return counts per bin, and the bins' edges.

    Parameters
    ----------
    a : NDArray
        The values.
    bins : int or NDArray
        How many bins of equal width, or their edges in rising order.
    range : tuple of float, optional
        Where the first bin begins and the last ends; by default the smallest and the
        largest value, which are waited for.
    """
    if isinstance(bins, NDArray):
        return _arrays(FUNCTIONS["_histogram"](a, bins))
    if range is None:
        values = a.asnumpy()
        range = (float(values.min()), float(values.max()))
    return _arrays(FUNCTIONS["_histogram"](data=a, bin_cnt=bins, range=range))


def split_v2(
    ary: NDArray,
    indices_or_sections: int | Sequence[int],
    axis: int = 0,
    squeeze_axis: bool = False,
) -> NDArray | list[NDArray]:
    """Divide along an axis.

    Parameters
    ----------
    ary : NDArray
        What is divided.
    indices_or_sections : int or sequence of int
        Into how many equal pieces, or before which indices.
    axis : int
        Along which axis.
    squeeze_axis : bool
        Drop the axis from pieces of length 1.
    """
    made: NDArray | list[NDArray] = FUNCTIONS["_split_v2"](
        ary, axis=axis, squeeze_axis=squeeze_axis, **division_of(indices_or_sections)
    )
    return made


def onehot_encode(indices: NDArray, out: NDArray) -> NDArray:
    """Write rows that are 1 at an index and 0 elsewhere into `out`; return it.

    Parameters
    ----------
    indices : NDArray, shape (n,)
        The index of each row.
    out : NDArray, shape (n, depth)
        Where to write.
    """
    depth = out.shape[-1]
    FUNCTIONS["one_hot"](indices, depth=depth, dtype=str(out.raw_dtype), out=out)
    return out


def _array(made: Any) -> NDArray:
    assert isinstance(made, NDArray)
    return made


def _arrays(made: Any) -> list[NDArray]:
    return list(made)


setattr(NDArray, "split_v2", split_v2)  # noqa: B010 - a method that needs all operators
