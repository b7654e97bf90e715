"""All operators as functions of arrays, under every name that they have."""

from typing import Any

from dataflow.graph.signature import unknown_operator
from dataflow.ndarray.functions import FUNCTIONS

globals().update(FUNCTIONS)


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.ndarray.op", name)
