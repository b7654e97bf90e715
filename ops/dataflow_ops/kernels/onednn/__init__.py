"""oneDNN: the fast back end of the CPU, bound through its C interface.

Kernels compute in single precision, and only what they compute faster than NumPy.
"""

from __future__ import annotations

from dataflow_ops.kernels.onednn import (
    activation,
    chains,
    convolution,
    deconvolution,
    dense,
    leaky,
    normalization,
    pooling,
    rectified,
    response_normalization,
    rnn,
    softmax,
)
from dataflow_ops.kernels.onednn.entry import taking_all
from dataflow_ops.kernels.onednn.library import missing

__all__ = [
    "activation",
    "chains",
    "convolution",
    "deconvolution",
    "dense",
    "leaky",
    "missing",
    "normalization",
    "pooling",
    "rectified",
    "response_normalization",
    "rnn",
    "softmax",
    "taking_all",
]
