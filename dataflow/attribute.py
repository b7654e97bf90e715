"""AttrScope: attributes given to every symbol made inside a ``with`` block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dataflow.errors import ArgumentError
from dataflow.scope import Entered, Scope

# What means something to the framework; stored as ``__ctx_group__`` and the like, and
# known to users under both forms.
ANNOTATIONS = ("ctx_group", "lr_mult", "wd_mult", "force_mirroring", "mirror_stage")


def is_hidden(key: str) -> bool:
    """Tell whether a key has the form ``__key__``, which no parameter has."""
    return key.startswith("__") and key.endswith("__")


def stored_key(key: str) -> str:
    """Return the form in which an attribute is stored."""
    return f"__{key}__" if key in ANNOTATIONS else key


def shown(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes as users see them: annotations under both forms."""
    result = dict(attributes)
    for key in ANNOTATIONS:
        if f"__{key}__" in attributes:
            result[key] = attributes[f"__{key}__"]
    return result


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
        an outer one.

    Raises
    ------
    ArgumentError
        A value is not a string.
    """

    _entered: ClassVar[Entered] = Entered()

    def __init__(self, **kwargs: str) -> None:
        check_attributes(kwargs)
        self.attributes = {stored_key(key): value for key, value in kwargs.items()}


def current_attributes() -> dict[str, str]:
    """Return the attributes of the scopes entered on this thread."""
    attributes: dict[str, str] = {}
    for scope in AttrScope._entered.scopes:
        attributes |= scope.attributes
    return attributes
