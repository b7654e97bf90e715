"""Symbols: graphs composed before they are run."""

from typing import TYPE_CHECKING, Any

from dataflow.arithmetic import binary_functions
from dataflow.graph.signature import unknown_operator
from dataflow.symbol import _internal, contrib, linalg, op, random
from dataflow.symbol.creation import (
    arange,
    eye,
    full,
    histogram,
    linspace,
    ones,
    split_v2,
    zeros,
)
from dataflow.symbol.files import fromjson, load, load_json
from dataflow.symbol.functions import FUNCTIONS
from dataflow.symbol.symbol import Symbol
from dataflow.symbol.variable import Group, Variable, var

__all__ = [
    "Group",
    "Symbol",
    "Variable",
    "_internal",
    "arange",
    "contrib",
    "eye",
    "fromjson",
    "full",
    "histogram",
    "linalg",
    "linspace",
    "load",
    "load_json",
    "ones",
    "op",
    "random",
    "split_v2",
    "var",
    "zeros",
]

if TYPE_CHECKING:  # what an editor shows
    from dataflow.symbol.op import *  # noqa: F403

for _functions in (FUNCTIONS, binary_functions(Symbol)):
    globals().update({n: f for n, f in _functions.items() if n not in __all__})


def __getattr__(name: str) -> Any:  # what static checkers know of the operators
    raise unknown_operator("dataflow.symbol", name)
