"""In which type to compute: half precision is too narrow for sums and exponentials."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.table import Array


def wide(*dtypes: DType) -> DType:
    """Return the type that holds all of these, single precision at least."""
    return np.result_type(np.float32, *dtypes)


def widened(array: Array, dtype: Any = np.float32) -> Array:
    """Return the array in a type that also holds `dtype`; itself where it is of it."""
    return array.astype(wide(array.dtype, dtype), copy=False)
