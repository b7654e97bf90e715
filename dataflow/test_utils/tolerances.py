"""How close is close enough, by element type."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

DType = np.dtype[Any]
Tolerance = float | Mapping[DType, float] | None

_FLOAT64: DType = np.dtype(np.float64)
_EXACT = ("bool", "int8", "uint8", "int32", "uint32", "int64", "uint64")


def default_dtype() -> type[np.float32]:
    """Return the type that test values have unless said otherwise."""
    return np.float32


def default_rtols() -> dict[DType, float]:
    """Return the relative tolerance of each element type."""
    return _by_type(1e-2, 1e-4, 1e-5) | _exact()


def default_atols() -> dict[DType, float]:
    """Return the absolute tolerance of each element type."""
    return _by_type(1e-1, 1e-3, 1e-20) | _exact()


def default_numeric_eps() -> dict[DType, float]:
    """Return the step of numeric differentiation for each floating type."""
    return _by_type(2.0**-6, 2.0**-9, 2.0**-14)


def _by_type(half: float, single: float, double: float) -> dict[DType, float]:
    values = (half, single, double)
    return {np.dtype(f"f{2 << i}"): value for i, value in enumerate(values)}


def _exact() -> dict[DType, float]:
    return {np.dtype(name): 0.0 for name in _EXACT}


def effective_dtype(dat: Any) -> DType:
    """Return the type in whose precision a value was computed."""
    dtype: DType = np.dtype(dat.dtype)
    return dtype


def get_tolerance(
    dat: Any, tol: Tolerance, default_tol: Mapping[DType, float]
) -> float:
    """Return the tolerance for an array.

    Parameters
    ----------
    dat : array
        The array.
    tol : float or mapping, optional
        The tolerance, or one for each of some types.
    default_tol : mapping
        One for each type that `tol` leaves out.
    """
    if isinstance(tol, numbers.Real):
        return float(tol)
    dtype = effective_dtype(dat)
    given: Mapping[DType, float] = tol if isinstance(tol, Mapping) else {}
    return given.get(dtype, default_tol.get(dtype, 0.0))


def get_tols(x: Any, y: Any, rtol: Tolerance, atol: Tolerance) -> tuple[float, float]:
    """Return relative and absolute tolerance for comparing two: the wider of each."""
    both = [array if hasattr(array, "dtype") else np.asarray(array) for array in (x, y)]
    relative = max(get_tolerance(array, rtol, default_rtols()) for array in both)
    absolute = max(get_tolerance(array, atol, default_atols()) for array in both)
    return relative, absolute


def get_atol(atol: float | None = None, dtype: DType = _FLOAT64) -> float:
    """Return `atol`, or the absolute tolerance of a type."""
    return default_atols()[np.dtype(dtype)] if atol is None else atol


def get_rtol(rtol: float | None = None, dtype: DType = _FLOAT64) -> float:
    """Return `rtol`, or the relative tolerance of a type."""
    return default_rtols()[np.dtype(dtype)] if rtol is None else rtol


def get_etol(etol: float | None = None) -> float:
    """Return `etol`, the share of elements that may differ; 0 by default."""
    return 0.0 if etol is None else etol
