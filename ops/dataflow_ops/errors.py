"""What a declaration's rules raise: small, to be given their context by the caller."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(name: str, known: Iterable[str]) -> str:
    """Ask whether the closest known name was meant; say nothing if none is close."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean '{close[0]}'?" if close else ""


class DeclarationError(ValueError):
    """A call does not fit an operator's declaration."""


class AttributeValueError(DeclarationError):
    """An attribute is unknown, missing or has a value outside its domain."""


class ShapeError(DeclarationError):
    """Shapes contradict one another or an operator's rule."""


class DTypeError(DeclarationError, TypeError):
    """Element types contradict one another or an operator's rule."""
