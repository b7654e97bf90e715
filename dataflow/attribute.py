"""AttrScope: attributes given to every symbol made inside a ``with`` block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dataflow.errors import ArgumentError
from dataflow.scope import Entered, Scope


def hidden_key(key: str) -> str:
    """Return the form in which an attribute such as ``ctx_group`` is stored."""
    if key.startswith("__") and key.endswith("__"):
        return key
    return f"__{key}__"


def check_attributes(attributes: Mapping[str, object]) -> None:
    """Raise ArgumentError unless every value is a string."""
    for key, value in attributes.items():
        if not isinstance(value, str):
            raise ArgumentError(
                f"attribute '{key}' must be a string, not {value!r}: "
                f"write {key}={str(value)!r}"
            )


class AttrScope(Scope):
    """Attach attributes to all symbols created inside the block, on this thread.

    Parameters
    ----------
    **kwargs : str
        Attributes such as ``ctx_group='stage1'``; an inner scope adds to and overrides
        an outer one. Symbols see them as ``__ctx_group__`` and the like.

    Raises
    ------
    ArgumentError
        A value is not a string.
    """

    _entered: ClassVar[Entered] = Entered()

    def __init__(self, **kwargs: str) -> None:
        check_attributes(kwargs)
        self.attributes = {hidden_key(key): value for key, value in kwargs.items()}


def current_attributes() -> dict[str, str]:
    """Return the attributes of the scopes entered on this thread."""
    attributes: dict[str, str] = {}
    for scope in AttrScope._entered.scopes:
        attributes |= scope.attributes
    return attributes
