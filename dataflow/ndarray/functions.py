"""`nd.<operator>`: one function per operator, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dataflow.context import Context
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.graph.documents import document
from dataflow.graph.signature import split_arguments
from dataflow.methods import METHODS
from dataflow.ndarray import steps
from dataflow.ndarray.calls import known, remember, resolve
from dataflow.ndarray.imperative import apply
from dataflow.ndarray.ndarray import NDArray
from dataflow_ops import registry
from dataflow_ops.registry import Operator


def make_function(name: str, operator: Operator) -> Callable[..., Any]:
    """Return the function that runs `operator` on arrays."""
    repeats = steps.is_step(operator)

    def function(
        *args: Any, out: Any = None, name: str | None = None, **kwargs: Any
    ) -> Any:
        del name  # symbols have names, arrays do not; accepted for both alike
        if repeats and out is not None:
            outputs = out if isinstance(out, list | tuple) else (out,)
            if steps.repeat(operator, args, outputs, kwargs):
                return outputs[0] if len(outputs) == 1 else list(outputs)
        if isinstance(kwargs.get("ctx"), Context):
            kwargs["ctx"] = str(kwargs["ctx"])
        key, call = known(operator, NDArray, args, kwargs)
        inputs: Sequence[NDArray] = args
        targets = None
        if call is None:
            inputs, attributes = _sorted(operator, args, kwargs)
            targets = None if out is None else _targets(operator, out)
            call = resolve(operator, inputs, attributes)
            if key is not None and len(inputs) == len(args):
                remember(key, call)
        elif out is not None:
            targets = _targets(operator, out)
        if targets and repeats and key is not None:
            begun = steps.begin(call, inputs, targets, kwargs)
            if begun:
                return targets[0] if len(targets) == 1 else targets
        results = apply(call, inputs, targets, NDArray)
        return results[0] if len(results) == 1 else results

    return document(function, name, operator, "NDArray")


def _sorted(
    operator: Operator, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[list[NDArray], dict[str, Any]]:
    """Return a call's arrays, all of them there, and its attributes."""
    inputs, attributes = split_arguments(operator, NDArray, args, kwargs)
    for name, value in inputs.items():
        if value is None:
            raise ArgumentError(f"operator {operator.name}: array '{name}' is missing")
    return list(inputs.values()), attributes


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
