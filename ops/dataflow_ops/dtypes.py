"""Element types: the ones that exist, their codes in files, and shared type rules.

A *type rule* mirrors a shape rule: it takes attributes and the known types (None where
unknown) of inputs and outputs and returns what it can tell of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.attributes import dtype as any_dtype
from dataflow_ops.errors import DTypeError

DType = np.dtype[Any]
DTypes = Sequence[DType | None]
DTypeRule = Callable[[Attributes, DTypes, DTypes], tuple[DTypes, DTypes]]

FLOAT32: DType = np.dtype(np.float32)
FLOAT64: DType = np.dtype(np.float64)

# MXNet's type codes (mshadow), as files and `__dtype__` attributes hold them.
CODES: dict[int, DType] = {
    0: np.dtype(np.float32),
    1: np.dtype(np.float64),
    2: np.dtype(np.float16),
    3: np.dtype(np.uint8),
    4: np.dtype(np.int32),
    5: np.dtype(np.int8),
    6: np.dtype(np.int64),
}


def element_type(value: Any) -> DType:
    """Attribute parser: accept the element types that exist, and nothing else."""
    parsed = any_dtype("None" if value is None else value)
    if parsed not in CODES.values():
        raise ValueError(f"expected one of {', '.join(map(str, CODES.values()))}")
    return parsed


def unify(first: DType | None, second: DType | None) -> DType | None:
    """Join two views of one type; raises DTypeError where they differ."""
    if first is None or second is None or first == second:
        return second if first is None else first
    raise DTypeError(f"{first} against {second}")


def same_dtype(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Type rule of most operators: all inputs and outputs agree."""
    dtype: DType | None = None
    for known in (*inputs, *outputs):
        dtype = unify(dtype, known)
    return [dtype] * len(inputs), [dtype] * len(outputs)


def from_attribute(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Type rule of operators whose outputs have the type that `dtype` says."""
    return inputs, [attributes.dtype or FLOAT32] * len(outputs)


def like_first(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Type rule where outputs agree with input 0; the other inputs are free."""
    dtype = inputs[0]
    for known in outputs:
        dtype = unify(dtype, known)
    return [dtype, *inputs[1:]], [dtype] * len(outputs)


def same_float(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Type rule of real functions: all agree, and are floating point."""
    for known in (*inputs, *outputs):
        floating(known)
    return same_dtype(attributes, inputs, outputs)


def floating(dtype: DType | None) -> DType | None:
    """Pass on a floating-point type, or an unknown one; raises DTypeError."""
    if dtype is not None and dtype.kind != "f":
        raise DTypeError(f"floating-point numbers are needed, not {dtype}")
    return dtype


def given(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Type rule of backward operators: seeded from the forward entries."""
    return inputs, outputs
