"""Random numbers: one seed, and the samplers that arrays need most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow.context import Context
from dataflow.ndarray import NDArray
from dataflow.ndarray.functions import FUNCTIONS
from dataflow.seeds import seed

__all__ = ["normal", "seed", "uniform"]

ShapeLike = int | Sequence[int]


def uniform(
    low: float = 0.0,
    high: float = 1.0,
    shape: ShapeLike = (1,),
    dtype: Any = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
) -> NDArray:
    """Draw from [low, high), every number as likely as the others.

    Parameters
    ----------
    low, high : float
        The range; `high` is outside of it.
    shape : int or sequence of int
        Shape of the result; that of `out` if given.
    dtype : dtype, optional
        A floating type; float32 by default.
    ctx : Context, optional
        Where the result lies.
    out : NDArray, optional
        Where to write.

    Raises
    ------
    ArgumentError, InferenceError
        `low` is above `high`, or a shape or type that cannot be.
    """
    return _draw("_random_uniform", {"low": low, "high": high}, shape, dtype, ctx, out)


def normal(
    loc: float = 0.0,
    scale: float = 1.0,
    shape: ShapeLike = (1,),
    dtype: Any = None,
    ctx: Context | None = None,
    out: NDArray | None = None,
) -> NDArray:
    """Draw from the normal distribution of mean `loc` and deviation `scale`.

    The other parameters and the errors are those of `uniform`.
    """
    return _draw("_random_normal", {"loc": loc, "scale": scale}, shape, dtype, ctx, out)


def _draw(
    operator: str,
    parameters: dict[str, float],
    shape: ShapeLike,
    dtype: Any,
    ctx: Context | None,
    out: NDArray | None,
) -> NDArray:
    if out is not None:
        shape, dtype, ctx = out.shape, out.raw_dtype, out.context
    result: NDArray = FUNCTIONS[operator](
        **parameters, shape=shape, dtype=dtype, ctx=ctx, out=out
    )
    return result
