"""How an operator says what its gradient is.

A *gradient rule* is a function of a `Call` (the forward node, seen from outside) that
returns one entry per input, or None where no gradient flows. It makes nodes with
``call.make``: either a small graph of other operators, or one backward operator that is
given exactly the values that it needs. What a rule does not name need not be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from dataflow_ops.attributes import Attributes

Entry = Any  # a value in whatever graph is being built; opaque here


class Call(Protocol):
    """A forward node as its gradient rule sees it."""

    @property
    def attributes(self) -> Attributes:
        """The node's typed attributes."""

    @property
    def inputs(self) -> Sequence[Entry]:
        """Its inputs, auxiliary states last."""

    @property
    def outputs(self) -> Sequence[Entry]:
        """All its outputs, hidden ones included."""

    def input(self, name: str) -> Entry:
        """Return the input (or auxiliary state) of this name."""

    def output(self, name: str) -> Entry:
        """Return the output of this name."""

    def out_grad(self, index: int = 0) -> Entry:
        """Gradient of the loss by output `index` (zeros where none arrives)."""

    def make(self, operator: Any, *inputs: Entry, **attributes: Any) -> Sequence[Entry]:
        """Add a node of an operator (or of one by name) and return its outputs."""


Gradient = Callable[[Call], Sequence[Entry | None]]


def backward(operator: str, *needs: str, of: Sequence[int] = (0,)) -> Gradient:
    """Gradient by one backward operator with the attributes of the forward node.

    Parameters
    ----------
    operator : str
        The backward operator; its outputs are the gradients of the inputs `of`.
    *needs : str
        Its inputs, in order: ``"out_grad"`` (``"out_grad1"`` for output 1, ...), or
        the name of an input, an auxiliary state or an output of the forward node.
    of : sequence of int
        The inputs that receive the backward operator's outputs, in order.
    """

    def rule(call: Call) -> Sequence[Entry | None]:
        inputs = [_needed(call, name) for name in needs]
        made = call.make(operator, *inputs, **call.attributes)
        result: list[Entry | None] = [None] * len(call.inputs)
        for position, entry in zip(of, made, strict=False):
            if position < len(result):
                result[position] = entry
        return result

    return rule


def _needed(call: Call, name: str) -> Entry:
    if name.startswith("out_grad"):
        return call.out_grad(int(name.removeprefix("out_grad") or 0))
    try:
        return call.input(name)
    except KeyError:
        return call.output(name)


def no_gradient(call: Call) -> Sequence[Entry | None]:
    """Let nothing flow back: the gradient of every input is zero."""
    return [None] * len(call.inputs)
