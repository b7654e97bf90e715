"""The tape: what was done to arrays while recording, as far as gradients need it.

Each recorded call is a `Record` that knows the records of its inputs; an array knows
the record that made it, so that a tape lives exactly as long as something that can
still be differentiated. Arrays are kept as detached handles: the tape holds no array
that holds the tape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dataflow.errors import ArgumentError, GradientError
from dataflow.graph.origin import Origin, caller_origin
from dataflow.ndarray.handle import Handle
from dataflow_ops.attributes import Attributes
from dataflow_ops.registry import Operator

# The key of a record's state under which the user's own gradient stands, if there is
# one: a function from the inputs of the backward operator to its outputs.
BY_HAND = "by hand"


class Source(NamedTuple):
    """Where an array comes from: a record, and which of its values the array is."""

    record: Record
    slot: int


@dataclass(slots=True)
class Mark:
    """The wish for the gradient by an array: where it goes, and how."""

    gradient: Handle
    request: str


@dataclass(slots=True, eq=False)
class Record:
    """One call while recording; or an array from outside, with no operator.

    Parameters
    ----------
    operator : Operator or None
        What was called.
    attributes : Attributes
        Its typed attributes.
    inputs : tuple of Source
        What it read, auxiliary states last.
    values : tuple of Handle or None
        All its outputs; None once a backward pass has let them go.
    state : dict
        What its kernels share with those of its gradient.
    origin : Origin, optional
        The user's line that called it.
    mark : Mark, optional
        Whether the gradient by it is wanted.
    """

    operator: Operator | None
    attributes: Attributes
    inputs: tuple[Source, ...]
    values: tuple[Handle, ...] | None
    state: dict[Any, Any]
    origin: Origin | None = None
    mark: Mark | None = None

    @property
    def is_marked(self) -> bool:
        """Whether the gradient by it is wanted."""
        return self.mark is not None and self.mark.request != "null"

    def release(self) -> None:
        """Let go of what only another backward pass would need."""
        if self.operator is not None:
            self.values, self.inputs, self.state = None, (), {}


_NONE = Attributes({})


def leaf(array: Handle, mark: Mark | None = None) -> Source:
    """Return the source of an array whose history is not known."""
    return Source(Record(None, _NONE, (), (array.detach(),), {}, mark=mark), 0)


def is_traced(arrays: Sequence[Handle]) -> bool:
    """Tell whether any of the arrays can be traced back to a marked one."""
    return any(array.source is not None for array in arrays)


def check_overwriting(operator: Operator | str, out: Sequence[Handle]) -> None:
    """Raise GradientError if an array that the tape knows would be overwritten."""
    if any(array.source is not None for array in out):
        name = operator if isinstance(operator, str) else operator.name
        raise GradientError(
            f"operator {name}: writing into an array (x += y, x[:] = y, out=x) is not "
            "possible while recording, for its old value may be needed by a gradient; "
            "make a new array, or write outside of autograd.record()"
        )


def record(
    operator: Operator,
    attributes: Attributes,
    inputs: Sequence[Handle],
    outputs: Sequence[Handle],
    state: dict[Any, Any],
) -> Record:
    """Record a call and tell its outputs that they come from it."""
    made = Record(
        operator,
        attributes,
        tuple(array.source or leaf(array) for array in inputs),
        tuple(array.detach() for array in outputs),
        state,
        caller_origin(),
    )
    for slot, array in enumerate(outputs):
        array.source = Source(made, slot)
    return made


def mark(array: Handle, gradient: Handle, request: str) -> None:
    """Mark an array: backward passes put the gradient by it into `gradient`.

    It forgets how it was computed, as in MXNet.

    Raises
    ------
    ArgumentError
        The request is none of ``write add null``, or shape or type differ.
    """
    if request not in ("write", "add", "null"):
        raise ArgumentError(
            f"grad_req is {request!r}; use one of 'write', 'add', 'null'"
        )
    if (gradient.shape, gradient.raw_dtype) != (array.shape, array.raw_dtype):
        raise ArgumentError(
            f"the gradient of an array {array.shape} {array.raw_dtype} cannot be "
            f"{gradient.shape} {gradient.raw_dtype}"
        )
    array.source = leaf(array, Mark(gradient, request))


def history(heads: Sequence[Record]) -> list[Record]:
    """Order all records under `heads`, inputs before their readers."""
    order: list[Record] = []
    seen: set[int] = set()
    for head in heads:
        stack = [(head, False)]
        while stack:
            record, finished = stack.pop()
            if finished:
                order.append(record)
            elif id(record) not in seen:
                seen.add(id(record))
                stack.append((record, True))
                stack += [(source.record, False) for source in reversed(record.inputs)]
    return order
