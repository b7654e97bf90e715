"""Arrays and the operators on them, run as they are called."""

from typing import Any

from dataflow.graph.signature import unknown_operator
from dataflow.ndarray.creation import (
    arange,
    array,
    concatenate,
    empty,
    full,
    ones,
    waitall,
    zeros,
)
from dataflow.ndarray.functions import FUNCTIONS
from dataflow.ndarray.ndarray import NDArray

__all__ = [
    "NDArray",
    "arange",
    "array",
    "concatenate",
    "empty",
    "full",
    "ones",
    "waitall",
    "zeros",
]

globals().update({n: f for n, f in FUNCTIONS.items() if n not in __all__})


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.ndarray", name)
