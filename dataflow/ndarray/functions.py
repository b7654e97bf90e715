"""`nd.<operator>`: one function per operator, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dataflow.context import Context
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.graph.documents import document
from dataflow.graph.signature import split_arguments
from dataflow.methods import METHODS
from dataflow.ndarray.imperative import invoke
from dataflow.ndarray.ndarray import NDArray
from dataflow_ops import registry
from dataflow_ops.registry import Operator


def make_function(name: str, operator: Operator) -> Callable[..., Any]:
    """Return the function that runs `operator` on arrays."""

    def function(
        *args: Any, out: Any = None, name: str | None = None, **kwargs: Any
    ) -> Any:
        del name  # symbols have names, arrays do not; accepted for both alike
        if isinstance(kwargs.get("ctx"), Context):
            kwargs["ctx"] = str(kwargs["ctx"])
        inputs, attributes = split_arguments(operator, NDArray, args, kwargs)
        missing = [key for key, value in inputs.items() if value is None]
        if missing:
            raise ArgumentError(
                f"operator {operator.name}: array '{missing[0]}' is missing"
            )
        targets = None if out is None else _targets(operator, out)
        results = invoke(operator, list(inputs.values()), attributes, targets, NDArray)
        return results[0] if len(results) == 1 else results

    return document(function, name, operator, "NDArray")


def _targets(operator: Operator, out: Any) -> list[NDArray]:
    targets = list(out) if isinstance(out, list | tuple) else [out]
    for target in targets:
        if not isinstance(target, NDArray):
            raise ArgumentTypeError(
                f"operator {operator.name}: out must be an NDArray, not {target!r}"
            )
    return targets


FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: make_function(name, operator) for name, operator in registry.names().items()
}

for _name in METHODS:
    if _name in FUNCTIONS and _name not in vars(NDArray):
        setattr(NDArray, _name, FUNCTIONS[_name])
