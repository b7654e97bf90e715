"""What parameters are filled with before training."""

from dataflow.initializer.base import InitDesc, Initializer, alias, create, register
from dataflow.initializer.combined import Load, Mixed
from dataflow.initializer.constants import Bilinear, Constant, One, Zero
from dataflow.initializer.distributions import (
    MSRAPrelu,
    Normal,
    Orthogonal,
    Uniform,
    Xavier,
)
from dataflow.initializer.recurrent import FusedRNN, LSTMBias

__all__ = [
    "Bilinear",
    "Constant",
    "FusedRNN",
    "InitDesc",
    "Initializer",
    "LSTMBias",
    "Load",
    "MSRAPrelu",
    "Mixed",
    "Normal",
    "One",
    "Orthogonal",
    "Uniform",
    "Xavier",
    "Zero",
    "alias",
    "create",
    "register",
]
