"""Symbols: graphs composed before they are run."""

from typing import Any

from dataflow.graph.signature import unknown_operator
from dataflow.symbol.functions import FUNCTIONS
from dataflow.symbol.symbol import Symbol
from dataflow.symbol.variable import Group, Variable, var

__all__ = ["Group", "Symbol", "Variable", "var"]

globals().update({n: f for n, f in FUNCTIONS.items() if n not in __all__})


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.symbol", name)
