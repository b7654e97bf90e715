"""Linear algebra on matrices, as functions of symbols."""

from typing import Any

from dataflow.graph.namespaces import functions_of
from dataflow.graph.signature import unknown_operator
from dataflow.symbol.functions import make_function

FUNCTIONS = functions_of("linalg_", make_function)
globals().update(FUNCTIONS)


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.symbol.linalg", name, FUNCTIONS)
