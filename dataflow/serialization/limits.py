"""How much a file may ask for before it is refused; each limit can be raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dataflow.errors import FormatError
from dataflow.scope import Entered, Scope


@dataclass(frozen=True)
class Limits(Scope):
    """Limits on what is loaded, in force on this thread inside of the ``with`` block.

    ``with Limits(nodes=10**7): symbol = mx.sym.load(name)`` loads a larger graph.

    Parameters
    ----------
    text : int
        Bytes of the JSON text of a graph.
    values : int
        Commas and opening brackets in it, about as many as values.
    nesting : int
        Brackets and braces of it that may be open at once.
    nodes : int
        Nodes of a graph.
    outputs : int
        Outputs of all its nodes together.
    value : int
        Characters of the value of an operator's attribute.
    bytes : int
        Bytes of a file of arrays.
    arrays : int
        Arrays in it.
    dimensions : int
        Dimensions of an array or of a variable's declared shape.
    name : int
        Bytes of an array's name.
    """

    text: int = 1 << 28
    values: int = 1 << 24
    nesting: int = 64
    nodes: int = 500_000
    outputs: int = 2_000_000
    value: int = 4096
    bytes: int = 1 << 38
    arrays: int = 1_000_000
    dimensions: int = 32
    name: int = 65_536

    _entered: ClassVar[Entered] = Entered()

    def check(self, limit: str, found: int, where: str) -> None:
        """Raise FormatError if `found` is beyond the limit of this name."""
        allowed = getattr(self, limit)
        if found > allowed:
            raise FormatError(
                f"{where}: {short_number(found)} is beyond the limit of {allowed} for "
                f"'{limit}'; if you trust it, load inside of "
                f"'with dataflow.serialization.Limits({limit}=...):'"
            )


def short_number(number: int) -> str:
    """Return a number's digits for a message, or how long it is."""
    if abs(number) < 1 << 64:
        return str(number)
    return f"an integer of {number.bit_length()} bits"


_DEFAULT = Limits()


def current_limits() -> Limits:
    """Return the limits in force on this thread."""
    scopes: list[Limits] = Limits._entered.scopes
    return scopes[-1] if scopes else _DEFAULT
