"""One row of the operators' shared case table.

Pure data: the oracle's environment reads the same table to record golden values.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One call of an operator.

    `inputs` maps each input (auxiliary states last) to its shape; `attributes` are as a
    user would pass them. Values are drawn from [low, high); `integers` names inputs
    that hold integers from 0 to a bound; `fixed` gives inputs outright; `dtype` is the
    element type of every input (label such a case, or its id is that of another).
    """

    operator: str
    inputs: dict[str, tuple[int, ...]]
    attributes: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    low: float = -1.0
    high: float = 1.0
    integers: dict[str, int] = field(default_factory=dict)
    fixed: dict[str, list[Any]] = field(default_factory=dict)
    auxiliary: tuple[str, ...] = ()
    train: bool = True
    inferred: tuple[str, ...] = ()  # inputs whose shapes follow from the others
    golden: bool = True  # MXNet 1.9.1 has it and agrees
    differentiable: bool = True  # compare gradients by MXNet's and
    numeric: bool = True  # by differences (not so for losses)
    tolerance: float = 1e-5
    dtype: str = "float32"  # of the golden values

    @property
    def id(self) -> str:
        settings = ",".join(f"{k}={v}" for k, v in self.attributes.items())
        shapes = "x".join(str(shape) for shape in self.inputs.values())
        return f"{self.operator}[{self.label or settings}]{shapes}".replace(" ", "")

    def values(self, dtype: str | None = None) -> dict[str, np.ndarray]:
        """Draw the inputs; the same on every machine and NumPy version."""
        dtype = dtype or self.dtype
        stream = np.random.RandomState(zlib.crc32(self.id.encode()))
        return {
            name: self._value(stream, name, shape).astype(dtype)
            for name, shape in self.inputs.items()
        }

    def _value(
        self, stream: np.random.RandomState, name: str, shape: tuple[int, ...]
    ) -> np.ndarray:
        if name in self.fixed:
            return np.array(self.fixed[name]).reshape(shape)
        if name in self.integers:
            return stream.randint(0, self.integers[name], size=shape)
        return stream.uniform(self.low, self.high, size=shape)

    def head_gradients(
        self, shapes: list[tuple[int, ...]], dtype: str | None = None
    ) -> list[np.ndarray]:
        """Draw gradients for outputs of these shapes."""
        dtype = dtype or self.dtype
        stream = np.random.RandomState(zlib.crc32(self.id.encode()) ^ 1)
        return [stream.uniform(-1, 1, size=shape).astype(dtype) for shape in shapes]
