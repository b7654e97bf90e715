"""Signatures and docstrings of the operators' functions, from the declarations."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from dataflow.graph.signature import declared_inputs
from dataflow_ops.attributes import REQUIRED, Attribute, kind_of
from dataflow_ops.registry import Operator

WIDTH, INDENT = 79, "    "

# What inputs of these names are, wherever no operator says more.
_INPUTS = {
    "data": "The input.",
    "lhs": "The left operand.",
    "rhs": "The right operand.",
    "weight": "The weights, which training learns.",
    "bias": "What is added to each output feature; training learns it.",
    "gamma": "The scale per channel, which training learns.",
    "beta": "The shift per channel, which training learns.",
    "moving_mean": "Running mean per channel: a state that training moves.",
    "moving_var": "Running variance per channel: a state that training moves.",
    "label": "What the output should be.",
    "indices": "Which elements, as numbers from 0.",
    "sequence_length": "The length of each sequence of the batch.",
    "parameters": "All weights and biases in one vector.",
    "state": "The hidden state before the first step.",
    "state_cell": "The cell state before the first step.",
    "grad": "The gradient by the weights.",
    "mom": "The momentum: a state that the update moves.",
    "rois": "Boxes, one a row: number of the image, then two corners.",
}
_COMMON = {
    "Symbol": (
        ("name", "str, optional", "Name of the result; made up when left out."),
        ("attr", "mapping, optional", "Attributes of the node, strings."),
        ("**kwargs", "", "Annotations such as ``lr_mult`` or ``__mood__``."),
    ),
    "NDArray": (
        ("out", "NDArray or list of NDArray, optional", "Where to write."),
        ("name", "str, optional", "Accepted, since symbols have one."),
    ),
}


def document(
    function: Callable[..., Any], name: str, operator: Operator, kind: str
) -> Callable[..., Any]:
    """Give a function the name, signature and docstring of its operator.

    Parameters
    ----------
    function : callable
        The function.
    name : str
        The name under which users call it.
    operator : Operator
        What it composes or runs.
    kind : str
        What its inputs are: ``"Symbol"`` or ``"NDArray"``.
    """
    function.__name__ = function.__qualname__ = name
    function.__doc__ = docstring(operator, kind)
    function.__signature__ = signature(operator)  # type: ignore[attr-defined]
    return function


def signature(operator: Operator) -> inspect.Signature:
    """Return the signature of an operator's functions."""
    parameter = inspect.Parameter
    if operator.variadic is not None or operator.free:
        inputs = [parameter("args", parameter.VAR_POSITIONAL)]
    else:
        inputs = [
            parameter(n, parameter.POSITIONAL_OR_KEYWORD, default=None)
            for n in declared_inputs(operator)
        ]
    options = [
        parameter(
            a.name,
            parameter.KEYWORD_ONLY,
            default=parameter.empty if a.default is REQUIRED else a.default,
        )
        for a in operator.attributes
        if a.name != operator.variadic
    ]
    return inspect.Signature(
        [*inputs, *options, parameter("kwargs", parameter.VAR_KEYWORD)]
    )


def docstring(operator: Operator, kind: str) -> str:
    """Return the documentation of an operator's function, in numpydoc's form."""
    lines = [*textwrap.wrap(operator.summary, WIDTH), "", "Parameters", "----------"]
    for name, form, note in _parameters(operator, kind):
        lines.append(f"{name} : {form}" if form else name)
        lines += textwrap.wrap(
            note, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT
        )
    lines += ["", "Returns", "-------", *_returns(operator, kind)]
    return "\n".join(lines)


def _parameters(operator: Operator, kind: str) -> Iterator[tuple[str, str, str]]:
    if operator.variadic is not None or operator.free:
        yield "*args", kind, "The inputs."
    else:
        states = operator.auxiliary if isinstance(operator.auxiliary, tuple) else ()
        for name in declared_inputs(operator):
            other = "A state that the operator moves." if name in states else ""
            yield name, kind, _INPUTS.get(name, other)
    for attribute in operator.attributes:
        if attribute.name != operator.variadic:  # the inputs are counted
            yield attribute.name, form_of(attribute), attribute.doc
    yield from _COMMON[kind]


def form_of(attribute: Attribute) -> str:
    """Describe what values an attribute takes: ``int, default 1``."""
    parts = [kind_of(attribute.parse)]
    if attribute.default is REQUIRED:
        parts.append("required")
    elif "optional" not in parts[0]:
        parts.append(f"default {attribute.default!r}")
    return ", ".join(part for part in parts if part)


def _returns(operator: Operator, kind: str) -> list[str]:
    if isinstance(operator.outputs, tuple) and len(operator.outputs) == 1:
        return [kind]
    return [f"{kind}, or several: one for each output"]
