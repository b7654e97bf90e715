"""Which operators stand in the smaller name spaces: ``linalg``, ``contrib``, ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from dataflow_ops import registry
from dataflow_ops.registry import Operator

F = TypeVar("F")

# What MXNet has in ``contrib`` under another name than its operator's.
OTHERS = {
    "adamw_update": "_adamw_update",
    "mp_adamw_update": "_mp_adamw_update",
    "multi_adamw_update": "_multi_adamw_update",
    "multi_mp_adamw_update": "_multi_mp_adamw_update",
    "multi_lamb_update": "_multi_lamb_update",
    "multi_mp_lamb_update": "_multi_mp_lamb_update",
    "rand_zipfian": "_sample_unique_zipfian",
}


def functions_of(prefix: str, make: Callable[[str, Operator], F]) -> dict[str, F]:
    """Return the functions of all operators whose names begin so, by the rest of them.

    Parameters
    ----------
    prefix : str
        Such as ``"linalg_"``; names with an underscore before it count too.
    make : callable
        Makes the function of an operator under a name.
    """
    found: dict[str, F] = {}
    for name, operator in registry.names().items():
        for start in (prefix, f"_{prefix}"):
            short = name.removeprefix(start)
            if name.startswith(start) and short and short not in found:
                found[short] = make(short, operator)
    return found


def functions_named(
    operators: Mapping[str, str], make: Callable[[str, Operator], F]
) -> dict[str, F]:
    """Return functions under names of their own, of those operators that exist."""
    known = registry.names()
    return {
        name: make(name, known[operator])
        for name, operator in operators.items()
        if operator in known
    }
