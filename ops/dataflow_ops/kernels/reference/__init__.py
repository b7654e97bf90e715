"""The reference back end: NumPy, and CuPy where the two agree.

Every operator has a kernel here, and every other back end is tested against it. The
array library comes with each invocation (`Invocation.xp`).
"""

from dataflow_ops.kernels.reference import (
    activation,
    broadcast,
    convolution,
    creation,
    dense,
    dropout,
    elementwise,
    expansion,
    indexing,
    layout,
    linalg,
    loss,
    normalization,
    pieces,
    pooling,
    random,
    reduction,
    softmax,
    update,
)

__all__ = [
    "activation",
    "broadcast",
    "convolution",
    "creation",
    "dense",
    "dropout",
    "elementwise",
    "expansion",
    "indexing",
    "layout",
    "linalg",
    "loss",
    "normalization",
    "pieces",
    "pooling",
    "random",
    "reduction",
    "softmax",
    "update",
]
