"""Random numbers as arrays."""

from typing import Any

from dataflow.graph.signature import unknown_operator
from dataflow.ndarray.functions import FUNCTIONS
from dataflow.ndarray.ndarray import NDArray
from dataflow.samplers import Samplers

SAMPLERS = Samplers(FUNCTIONS, NDArray, alone=(1,)).functions()
globals().update(SAMPLERS)


def __getattr__(name: str) -> Any:  # what static checkers know of the samplers
    raise unknown_operator("dataflow.ndarray.random", name, SAMPLERS)
