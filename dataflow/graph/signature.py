"""What a user may pass to an operator's function, for symbols and arrays alike."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownOperatorError
from dataflow_ops import registry
from dataflow_ops.attributes import REQUIRED, Attributes
from dataflow_ops.errors import DeclarationError, suggestion
from dataflow_ops.registry import Operator


def split_arguments(
    operator: Operator,
    kind: type[Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sort a call's arguments into inputs by name (None if absent) and attributes.

    Parameters
    ----------
    operator : Operator
        What is called.
    kind : type
        The class of its inputs: Symbol or NDArray.
    args, kwargs
        As the user passed them: inputs by position or name; attributes by name, or by
        position after the inputs.

    Raises
    ------
    ArgumentError
        Too many inputs, an input given twice, an unknown name or a bad value.
    ArgumentTypeError
        An input that is not of the `kind`.
    """
    schema = [attribute.name for attribute in operator.attributes]
    attributes = {
        k: v
        for k, v in kwargs.items()
        if _is_given(operator, k, v)
        and (k in schema or (operator.free and not isinstance(v, kind)))
    }
    named = {k: v for k, v in kwargs.items() if k not in schema and k not in attributes}
    arrays, plain = _split_positions(operator, kind, args)
    if operator.variadic is not None:
        count = len(arrays) + sum(isinstance(v, kind) for v in named.values())
        attributes.setdefault(operator.variadic, count)
    for name, value in plain.items():
        if name in attributes:
            raise ArgumentError(f"operator {operator.name}: '{name}' is given twice")
        attributes[name] = value
    _refuse_unknown(operator, kind, named)
    names = input_names(operator, attributes)
    if any(value is not None for value in arrays[len(names) :]):
        raise ArgumentError(
            f"operator {operator.name} takes {len(names)} inputs "
            f"({', '.join(names)}), not {len(arrays)}"
        )
    inputs: dict[str, Any] = dict.fromkeys(names)
    inputs.update(zip(names, arrays, strict=False))
    for name, value in named.items():
        _take_named(operator, kind, inputs, name, value)
    return inputs, attributes


def _split_positions(
    operator: Operator, kind: type[Any], args: Sequence[Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Sort what was given by position: inputs (None for one left out), attributes."""
    arrays = list(itertools.takewhile(lambda v: v is None or isinstance(v, kind), args))
    rest = args[len(arrays) :]
    declared = () if operator.variadic is not None else declared_inputs(operator)
    schema = [a.name for a in operator.attributes if a.name != operator.variadic]
    if operator.variadic is not None and rest:
        raise _wrong_type(operator, kind, "each input", rest[0])
    if rest and len(arrays) < len(declared):
        what = f"input '{declared[len(arrays)]}'"
        raise _wrong_type(operator, kind, what, rest[0])
    if len(rest) > len(schema):
        count = len(declared) + len(schema)
        raise ArgumentTypeError(
            f"operator {operator.name} takes {count} arguments, not {len(args)}"
        )
    pairs = zip(schema, rest, strict=False)
    return arrays, {n: value for n, value in pairs if _is_given(operator, n, value)}


def _is_given(operator: Operator, name: str, value: Any) -> bool:
    """Tell whether a value was given: None is one where the attribute takes it."""
    if value is not None:
        return True
    parsers = {a.name: a.parse for a in operator.attributes if a.name != "dtype"}
    try:
        return name in parsers and parsers[name](None) is None
    except (TypeError, ValueError, AttributeError):
        return False


def unknown_operator(
    module: str, name: str, known: Iterable[str] | None = None
) -> UnknownOperatorError:
    """Return the error that suggests the operator (or known name) closest to one."""
    hint = suggestion(name, registry.names() if known is None else known)
    message = f"module '{module}' has no operator '{name}'"
    return UnknownOperatorError(f"{message}; {hint}" if hint else message)


def parse(operator: Operator, given: Mapping[str, Any]) -> Attributes:
    """Return typed attributes; raises ArgumentError that names the operator."""
    try:
        return operator.parse(given)
    except DeclarationError as error:
        raise ArgumentError(f"operator {operator.name}: {error}") from None


def input_names(operator: Operator, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the inputs, auxiliary states last, under these attributes."""
    attributes = parse(operator, given)
    return (*operator.input_names(attributes), *operator.auxiliary_names(attributes))


def _refuse_unknown(
    operator: Operator, kind: type[Any], named: Mapping[str, Any]
) -> None:
    """Raise for a misspelt attribute, before another one is called missing."""
    plausible = declared_inputs(operator)
    for name, value in named.items():
        if not isinstance(value, kind) and name not in plausible:
            parse(operator, {name: value})


def _take_named(
    operator: Operator, kind: type[Any], inputs: dict[str, Any], name: str, value: Any
) -> None:
    if name not in inputs:
        if isinstance(value, kind):
            raise ArgumentError(
                f"operator {operator.name} has no input '{name}'; "
                f"its inputs are {', '.join(inputs)}"
            )
        parse(operator, {name: value})  # raises: it is no attribute either
    if value is not None and not isinstance(value, kind):
        raise _wrong_type(operator, kind, f"input '{name}'", value)
    if inputs[name] is not None and value is not None:
        raise ArgumentError(f"operator {operator.name}: input '{name}' is given twice")
    inputs[name] = inputs[name] if value is None else value


def _wrong_type(
    operator: Operator, kind: type[Any], what: str, value: Any
) -> ArgumentTypeError:
    return ArgumentTypeError(
        f"operator {operator.name}: {what} must be of type {kind.__name__}, "
        f"not {value!r}"
    )


def declared_inputs(operator: Operator) -> tuple[str, ...]:
    """Name the inputs under default attributes."""
    defaults = Attributes(
        {a.name: 1 if a.default is REQUIRED else a.default for a in operator.attributes}
    )
    return (*operator.input_names(defaults), *operator.auxiliary_names(defaults))


def division_of(indices_or_sections: int | Sequence[int]) -> dict[str, Any]:
    """Return the attributes of ``_split_v2`` for a count of pieces, or for cuts."""
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1:
            raise ArgumentError("split_v2 makes at least one piece")
        return {"indices": (), "sections": indices_or_sections}
    return {"indices": (0, *indices_or_sections), "sections": 0}
