"""Random and simple arrays for tests; randomness is NumPy's global one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dataflow import ndarray as nd
from dataflow.context import Context, current_context
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.test_utils.tolerances import default_dtype

Shape = Sequence[int]


def random_arrays(*shapes: Shape) -> Any:
    """Return an array of normally distributed numbers for each shape.

    A single one is returned as it is, several as a list.
    """
    arrays = [np.asarray(np.random.randn(*s), default_dtype()) for s in shapes]
    return arrays[0] if len(arrays) == 1 else arrays


def random_uniform_arrays(*shapes: Shape, **kwargs: Any) -> list[np.ndarray]:
    """Return a list of arrays of uniformly distributed numbers, one for each shape.

    Parameters
    ----------
    *shapes : sequence of int
        The shapes.
    low, high : float
        The range; 0 and 1 by default.
    dtype : dtype
        Element type; float32 by default.
    """
    low, high = kwargs.pop("low", 0.0), kwargs.pop("high", 1.0)
    dtype = kwargs.pop("dtype", default_dtype())
    if kwargs:
        raise ArgumentTypeError(
            f"random_uniform_arrays takes low, high and dtype, not {', '.join(kwargs)}"
        )
    return [np.asarray(np.random.uniform(low, high, s), dtype) for s in shapes]


def random_sample(population: Sequence[Any], k: int) -> list[Any]:
    """Return `k` different elements of a sequence, in random order."""
    if not 0 <= k <= len(population):
        raise ArgumentError(f"cannot take {k} of {len(population)} elements")
    chosen = list(population)
    np.random.shuffle(chosen)
    return chosen[:k]


def rand_ndarray(
    shape: Shape,
    stype: str = "default",
    density: float | None = None,
    dtype: Any = None,
    modifier_func: Callable[[Any], Any] | None = None,
    shuffle_csr_indices: bool = False,
    distribution: str | None = None,
    ctx: Context | None = None,
) -> NDArray:
    """Return an array of normally distributed numbers.

    Parameters
    ----------
    shape : sequence of int
        Its shape.
    stype : str
        Its storage type; only ``"default"`` exists here, for which `density`,
        `modifier_func`, `shuffle_csr_indices` and `distribution` mean nothing.
    dtype : dtype, optional
        Element type; float32 by default.
    ctx : Context, optional
        Where it lies; the current context by default.
    """
    if stype != "default":
        raise ArgumentError(f"there is no storage type {stype!r} here, only 'default'")
    return nd.array(random_arrays(shape), ctx or current_context(), dtype)


def rand_shape_2d(
    dim0: int = 10, dim1: int = 10, allow_zero_size: bool = False
) -> tuple[int, ...]:
    """Return a random shape of two dimensions, none above those given."""
    return _rand_shape((dim0, dim1), allow_zero_size)


def rand_shape_3d(
    dim0: int = 10, dim1: int = 10, dim2: int = 10, allow_zero_size: bool = False
) -> tuple[int, ...]:
    """Return a random shape of three dimensions, none above those given."""
    return _rand_shape((dim0, dim1, dim2), allow_zero_size)


def rand_shape_nd(
    num_dim: int, dim: int = 10, allow_zero_size: bool = False
) -> tuple[int, ...]:
    """Return a random shape of `num_dim` dimensions, none above `dim`."""
    return _rand_shape((dim,) * num_dim, allow_zero_size)


def _rand_shape(most: Shape, allow_zero_size: bool) -> tuple[int, ...]:
    least = 0 if allow_zero_size else 1
    return tuple(int(np.random.randint(least, d + 1)) for d in most)


def rand_coord_2d(x_low: int, x_high: int, y_low: int, y_high: int) -> tuple[int, int]:
    """Return a random point, the upper bounds excluded."""
    x, y = np.random.randint((x_low, y_low), (x_high, y_high))
    return int(x), int(y)


def create_vector(size: int, dtype: Any = np.int64) -> NDArray:
    """Return an array that counts up to `size`."""
    return nd.arange(0, size, dtype=dtype)


def create_2d_tensor(rows: int, columns: int, dtype: Any = np.int64) -> NDArray:
    """Return an array in which every element is the number of its row."""
    column = create_vector(rows, dtype).reshape((rows, 1))
    return nd.broadcast_to(column, shape=(rows, columns))


def assign_each(
    the_input: np.ndarray, function: Callable[[Any], Any] | None
) -> np.ndarray:
    """Return what a function makes of every element; a copy if there is none."""
    if function is None:
        return np.array(the_input)
    made: np.ndarray = np.vectorize(function, otypes=[float])(the_input)
    return made


def assign_each2(
    input1: np.ndarray, input2: np.ndarray, function: Callable[[Any, Any], Any] | None
) -> np.ndarray:
    """Return what a function makes of every pair of elements of two arrays."""
    if function is None:
        return np.array(input1)
    if input1.shape != input2.shape:
        raise ArgumentError(f"shapes {input1.shape} and {input2.shape} differ")
    made: np.ndarray = np.vectorize(function, otypes=[float])(input1, input2)
    return made


def np_reduce(
    dat: np.ndarray,
    axis: int | Sequence[int] | None,
    keepdims: bool,
    numpy_reduce_func: Callable[..., np.ndarray],
) -> np.ndarray:
    """Reduce over several axes with a function of NumPy that takes one.

    Parameters
    ----------
    dat : numpy.ndarray
        What is reduced.
    axis : int or sequence of int, optional
        Over which axes; all by default.
    keepdims : bool
        Whether they stay, with 1 element.
    numpy_reduce_func : callable
        Takes an array and ``axis``.
    """
    given = [axis] if isinstance(axis, int) else axis
    axes = sorted(range(dat.ndim) if given is None else given)
    result = dat
    for each in reversed(axes):
        result = numpy_reduce_func(result, axis=each)
    if keepdims:
        kept = [1 if i in axes else d for i, d in enumerate(dat.shape)]
        result = result.reshape(kept)
    return result


def collapse_sum_like(a: np.ndarray, shape: Shape) -> np.ndarray:
    """Sum an array over the axes along which `shape` was broadcast to its shape."""
    missing = a.ndim - len(shape)
    axes = [i for i in range(a.ndim) if i < missing or shape[i - missing] != a.shape[i]]
    if missing < 0 or any(i >= missing and shape[i - missing] != 1 for i in axes):
        raise ArgumentError(f"{tuple(shape)} does not broadcast to {a.shape}")
    summed: np.ndarray = np.sum(a, axis=tuple(axes), dtype=a.dtype)
    return summed.reshape(shape)
