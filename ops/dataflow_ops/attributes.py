"""Typed operator attributes: from Python values or their string form, and back."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dataflow_ops.errors import AttributeValueError, suggestion

Parser = Callable[[Any], Any]


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED: Final = _Required()


@dataclass(frozen=True)
class Attribute:
    """One attribute of an operator.

    Parameters
    ----------
    name : str
        Keyword under which the user passes it.
    parse : callable
        Turns a Python value or its string form into the typed value; raises
        ``ValueError`` or ``TypeError`` for anything else. See the parsers below.
    default : object
        Typed value when the user gives none; ``REQUIRED`` makes it mandatory.
    doc : str
        One line for the operator reference.
    """

    name: str
    parse: Parser
    default: Any = REQUIRED
    doc: str = ""


class Attributes(Mapping[str, Any]):
    """The typed attributes of one node, read as ``attributes.kernel``; immutable."""

    __slots__ = ("_hash", "_values")
    _values: dict[str, Any]
    _hash: int | None

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", dict(values))
        object.__setattr__(self, "_hash", None)

    def hold(self, given: Mapping[str, Any]) -> bool:
        """Tell whether these are all the attributes, and the very same objects."""
        own = self._values
        return len(own) == len(given) and all(
            name in given and given[name] is value for name, value in own.items()
        )

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("attributes of a node are immutable")

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Attributes):
            return self is other or self._values == other._values
        return super().__eq__(other)

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            known = hash(tuple(self._values.items()))
            object.__setattr__(self, "_hash", known)
        return known

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"Attributes({inside})"


_NONE = Attributes({})


def parse_attributes(
    schema: tuple[Attribute, ...], given: Mapping[str, Any]
) -> Attributes:
    """Check the given attributes against a schema and fill in its defaults.

    Raises
    ------
    AttributeValueError
        An unknown name (with the closest known one), a missing required attribute,
        or a value that its parser refuses.
    """
    if not schema and not given:
        return _NONE
    known = {attribute.name for attribute in schema}
    for name in given:
        if name not in known:
            raise AttributeValueError(_unknown(name, known))
    return Attributes({a.name: _value(a, given) for a in schema})


def _value(attribute: Attribute, given: Mapping[str, Any]) -> Any:
    if attribute.name not in given:
        if attribute.default is REQUIRED:
            raise AttributeValueError(
                f"required attribute '{attribute.name}' is missing"
            )
        return attribute.default
    value = given[attribute.name]
    try:
        return attribute.parse(value)
    except (ValueError, TypeError, SyntaxError) as error:
        raise AttributeValueError(
            f"attribute '{attribute.name}' cannot be {value!r}: {error}"
        ) from None


def _unknown(name: str, known: set[str]) -> str:
    listed = f"known attributes are {', '.join(sorted(known))}"
    hint = suggestion(name, known) or (listed if known else "it has none")
    return f"unknown attribute '{name}'; {hint}"


# Parsers. Each takes a Python value or its string form.


def boolean(value: Any) -> bool:
    """Accept True/False, 0/1 and the strings ``True true 1 False false 0``."""
    if isinstance(value, str):
        value = {"true": 1, "1": 1, "false": 0, "0": 0}.get(value.lower(), value)
    if value in (0, 1):
        return bool(value)
    raise ValueError("expected True or False")


def integer(value: Any) -> int:
    """Accept integers and their strings; refuse fractions."""
    number = int(value) if isinstance(value, str) else value
    if isinstance(number, bool | np.bool_) or int(number) != number:
        raise ValueError("expected an integer")
    return int(number)


def positive(value: Any) -> int:
    """Accept integers above zero."""
    number = integer(value)
    if number <= 0:
        raise ValueError("expected an integer above 0")
    return number


def real(value: Any) -> float:
    """Accept numbers and their strings."""
    return float(value)


def fraction(value: Any) -> float:
    """Accept numbers from 0 to 1."""
    number = float(value)
    if not 0.0 <= number <= 1.0:
        raise ValueError("expected a number from 0 to 1")
    return number


def text(value: Any) -> str:
    """Accept any string."""
    if not isinstance(value, str):
        raise TypeError("expected a string")
    return value


def integers(value: Any) -> tuple[int, ...]:
    """Accept a sequence of integers, one integer, or the string of either."""
    if isinstance(value, str):
        value = ast.literal_eval(value.strip() or "()")
    if isinstance(value, int | np.integer):
        return (integer(value),)
    return tuple(integer(item) for item in value)


def dtype(value: Any) -> np.dtype[Any]:
    """Accept a dtype, a scalar type or the name of either."""
    return np.dtype(value)  # type: ignore[no-any-return]


def choice(*options: str) -> Parser:
    """Accept one of the given strings."""

    def parse(value: Any) -> str:
        if value not in options:
            raise ValueError(f"expected one of {', '.join(options)}")
        return str(value)

    _KINDS[parse] = f"{{{', '.join(map(repr, options))}}}"
    return parse


def optional(parse: Parser) -> Parser:
    """Accept None (or the string ``None``) beside what `parse` accepts."""

    def parse_optional(value: Any) -> Any:
        return None if value is None or value == "None" else parse(value)

    _KINDS[parse_optional] = f"{kind_of(parse)}, optional".removeprefix(", ")
    return parse_optional


# What the parsers accept, in the words of docstrings.
_KINDS: dict[Parser, str] = {
    boolean: "bool",
    integer: "int",
    positive: "int",
    real: "float",
    fraction: "float",
    text: "str",
    integers: "int or sequence of int",
    dtype: "dtype",
}


def kind_of(parse: Parser) -> str:
    """Describe what a parser accepts; empty where nothing is known."""
    return _KINDS.get(parse, "")
