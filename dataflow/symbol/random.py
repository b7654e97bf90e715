"""Random numbers as symbols."""

from typing import Any

from dataflow.graph.signature import unknown_operator
from dataflow.samplers import Samplers
from dataflow.symbol.functions import FUNCTIONS
from dataflow.symbol.symbol import Symbol

SAMPLERS = Samplers(FUNCTIONS, Symbol).functions()
globals().update(SAMPLERS)


def __getattr__(name: str) -> Any:  # what static checkers know of the samplers
    raise unknown_operator("dataflow.symbol.random", name, SAMPLERS)
