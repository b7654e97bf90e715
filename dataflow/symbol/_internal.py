"""All operators, under the names that begin with an underscore too."""

from typing import Any

from dataflow.graph.signature import unknown_operator
from dataflow.symbol.functions import FUNCTIONS

globals().update(FUNCTIONS)


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.symbol._internal", name)
