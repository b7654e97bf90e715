"""Attributes' values from files, checked before anything interprets them."""

from __future__ import annotations

from collections.abc import Mapping

from dataflow.errors import FormatError
from dataflow.serialization.json_text import show
from dataflow.serialization.limits import current_limits
from dataflow.serialization.upgrade import without_long
from dataflow_ops.attributes import Attribute, text
from dataflow_ops.dtypes import CODES

_BRACKETS = 64  # of an attribute's value; its parsers may work by recursion
_SHOWN = 80  # characters of a value in a message
_STRANGE = frozenset("'\"\\#\0")  # what no number, word or sequence of them has


def check_parameter(attribute: Attribute, value: str, where: str) -> None:
    """Refuse what would make a parser of operators' attributes work hard.

    Raises
    ------
    FormatError
        It is too long, too deep, or neither a word nor a number nor a sequence of such.
    """
    current_limits().check("value", len(value), f"{where}: characters of the value")
    if attribute.parse is text:
        return
    deep = value.count("(") + value.count("[") + value.count("{") > _BRACKETS
    if deep or not _STRANGE.isdisjoint(value):
        raise FormatError(f"{where} cannot be {show(value)}")
    if attribute.name.endswith("type") and not value.isidentifier():
        raise FormatError(f"{where} must be a word, not {show(value)}")


def refuse_unparsable(attribute: Attribute, value: str, where: str) -> None:
    """Raise FormatError if an attribute's own parser does not take the value."""
    try:
        attribute.parse(value)
    except Exception as error:
        reason = str(error) if len(value) < _SHOWN else type(error).__name__
        raise FormatError(f"{where} cannot be {show(value)}: {reason}") from error


def check_variable(attributes: Mapping[str, str], where: str) -> dict[str, str]:
    """Return the attributes of a variable if inference can use them.

    Raises
    ------
    FormatError
        The shape or type that it declares is none.
    """
    checked = dict(attributes)
    if "__shape__" in checked:
        checked["__shape__"] = _shape(checked["__shape__"], f"{where}: '__shape__'")
    if "__dtype__" in checked:
        _check_code(checked["__dtype__"], f"{where}: '__dtype__'")
    return checked


def _shape(value: str, where: str) -> str:
    current_limits().check("value", len(value), f"{where}: characters of the value")
    shape = without_long(value.strip())
    if shape[:1] + shape[-1:] not in ("()", "[]"):
        raise FormatError(
            f"{where} must be a sequence such as (2, 3), not {show(value)}"
        )
    lengths = shape[1:-1].split(",")
    if not lengths[-1].strip():  # () and (2,)
        lengths.pop()
    elif len(lengths) == 1:
        shape = f"({lengths[0]},)"
    current_limits().check("dimensions", len(lengths), f"{where}: dimensions")
    for length in lengths:
        if not _is_length(length.strip()):
            raise FormatError(f"{where}: no dimension can be {show(length.strip())}")
    return shape


def _is_length(length: str) -> bool:
    if length == "-1":
        return True
    return length.isdecimal() and str(int(length)) == length and int(length) < 1 << 63


def _check_code(value: str, where: str) -> None:
    if value not in map(str, CODES):
        known = ", ".join(f"{code} ({dtype})" for code, dtype in CODES.items())
        raise FormatError(f"{where} is {show(value)}; it must be one of {known}")
