"""Numbers from attributes as arrays without dimensions, in the type of the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.table import Array


def constant(xp: Any, value: float, dtype: DType) -> Array:
    """Make an array of no dimensions that holds `value`.

    Cheaper in array calls than a Python number, and it never widens float16 or
    float32. Integer types drop the fraction and wrap around, as a cast in C does.
    """
    if dtype.kind in "iu":
        return xp.asarray(np.array(int(value)).astype(dtype))
    return xp.asarray(np.array(value).astype(dtype))
