"""Random numbers: one seed for all, and the samplers of arrays."""

from typing import Any

from dataflow.graph.signature import unknown_operator
from dataflow.ndarray import NDArray
from dataflow.ndarray.functions import FUNCTIONS
from dataflow.samplers import Samplers
from dataflow.seeds import get_state, seed, set_state

__all__ = ["get_state", "seed", "set_state"]

SAMPLERS = Samplers(FUNCTIONS, NDArray, alone=(1,)).functions()
globals().update(SAMPLERS)


def __getattr__(name: str) -> Any:  # what static checkers know of the samplers
    raise unknown_operator("dataflow.random", name, SAMPLERS)
