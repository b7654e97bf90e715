"""Fused groups: several elementwise operators, and reductions of theirs, as one.

A `Program` is the one form of a group from which all back ends make their kernels: a
list of steps over numbered values, then reductions of them. Values are the inputs, then
the outputs of the steps in order, then those of the reductions. Every step's outputs
have the group's shape; inputs broadcast to it.

A group is an operator of its own, declared when it is made and known to no user.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.broadcast import BINARY, backward_name
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import DType
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.registry import Operator, find
from dataflow_ops.shapes import Shape, given, size

NAME = "_fused"


class Step(NamedTuple):
    """One operator of a group.

    Parameters
    ----------
    operator : str
        Its name.
    attributes : Attributes
        Its typed attributes.
    reads : tuple of int
        The values that it reads.
    writes : tuple of int
        The values that its outputs are, all of them.
    """

    operator: str
    attributes: Attributes
    reads: tuple[int, ...]
    writes: tuple[int, ...]


class Reduction(NamedTuple):
    """How a group ends: one of its values, reduced along some axes.

    Parameters
    ----------
    by : str
        What joins two elements: ``"sum"``, ``"prod"``, ``"max"`` or ``"min"``.
    last : str
        What follows: ``"mean"`` divides by the number of elements that were joined,
        ``"sqrt"`` takes the root, ``""`` does nothing.
    axes : tuple of int
        Those of the group's shape that are reduced.
    reads : int
        The value that is reduced.
    writes : int
        The value that it becomes.
    shape : Shape
        That of the result: without the axes, or with 1 in their place.
    """

    by: str
    last: str
    axes: tuple[int, ...]
    reads: int
    writes: int
    shape: Shape


@dataclass(frozen=True)
class Program:
    """What a group computes.

    Parameters
    ----------
    shape : Shape
        That of the outputs of all steps.
    inputs : tuple of Shape
        Shapes of the inputs, perhaps with 1 for axes that their arrays lack; each
        broadcasts to `shape`.
    dtypes : tuple of dtype
        The element type of every value, inputs first.
    steps : tuple of Step
        In order.
    outputs : tuple of int
        The values that leave the group.
    reductions : tuple of Reduction
        The reductions at its end, all of the same axes.
    owners : tuple of int
        The member of the group that each step belongs to, then each reduction; empty
        where steps are the members.
    """

    shape: Shape
    inputs: tuple[Shape, ...]
    dtypes: tuple[DType, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    reductions: tuple[Reduction, ...] = ()
    owners: tuple[int, ...] = ()

    def shape_of(self, value: int) -> Shape:
        """Return the shape of a value."""
        if value < len(self.inputs):
            return self.inputs[value]
        made = self.reduction_of.get(value)
        return self.shape if made is None else made.shape

    @cached_property
    def reduction_of(self) -> dict[int, Reduction]:
        """The reduction that makes each value which is one."""
        return {r.writes: r for r in self.reductions}

    @cached_property
    def last_reads(self) -> dict[int, int]:
        """The last step that reads each value that is read; reductions come last."""
        read = {value: i for i, step in enumerate(self.steps) for value in step.reads}
        return read | {r.reads: len(self.steps) for r in self.reductions}

    @property
    def work(self) -> int:
        """Elements times what is done with each."""
        return size(self.shape) * (len(self.steps) + len(self.reductions))


# Which operators


_UNARY = (
    *("abs", "exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "cbrt"),
    *("rcbrt", "square", "reciprocal", "sigmoid", "relu", "softsign", "erf", "erfinv"),
    *("gamma", "gammaln", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh"),
    *("cosh", "tanh", "arcsinh", "arccosh", "arctanh", "clip", "Activation"),
    *("hard_sigmoid", "smooth_l1"),
)
_LINEAR = (
    *("sign", "floor", "ceil", "trunc", "fix", "round", "rint", "logical_not"),
    *("zeros_like", "ones_like", "negative", "degrees", "radians", "add_n", "_copy"),
    *("BlockGrad", "Cast", "amp_cast", "_backward_Cast", "where"),
    *("_contrib_round_ste", "_contrib_sign_ste"),
)
_SMOOTH = [row for row in BINARY.values() if row.smooth]

# Every element of an output follows from the elements of the inputs at its place.
ELEMENTWISE = frozenset(
    (
        *_UNARY,
        *(f"_backward_{name}" for name in _UNARY),
        *_LINEAR,
        *(row.same[0] for row in BINARY.values()),
        *(name for row in BINARY.values() for name in (row.scalar, row.reverse)),
        *(backward_name(row.same[0]) for row in _SMOOTH),
        *(backward_name(row.broadcast[0]) for row in _SMOOTH),
        *(backward_name(name) for row in _SMOOTH for name in (row.scalar, row.reverse)),
    )
)
# So it is here once the inputs are broadcast.
BROADCAST = frozenset(row.broadcast[0] for row in BINARY.values())


def may_join(operator: str, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> bool:
    """Tell whether a use of an operator may be a step of a group."""
    shape = outputs[0]
    if 0 in shape or outputs.count(shape) < len(outputs):
        return False
    if operator in BROADCAST:
        return True
    return operator in ELEMENTWISE and inputs.count(shape) == len(inputs)


# The operator of a group


def declare(program: Program) -> Operator:
    """Declare the operator that computes a program."""
    return Operator(
        name=NAME,
        summary=f"{len(program.steps) + len(program.reductions)} operators as one.",
        inputs=tuple(f"input{i}" for i in range(len(program.inputs))),
        outputs=tuple(f"output{i}" for i in range(len(program.outputs))),
        shapes=given,
        dtypes=given_dtypes,
        inplace=tuple(overwritable(program)),
        cost=lambda attributes, inputs, outputs: _cost(program, inputs, outputs),
    )


def overwritable(program: Program) -> Iterator[tuple[int, int]]:
    """Yield the inputs that an output may be written over, piece by piece.

    An input's piece must have been read when the output's is written.
    """
    for slot, value in enumerate(program.outputs):
        if value in program.reduction_of:
            continue
        at, own = next((i, s) for i, s in enumerate(program.steps) if value in s.writes)
        for number, shape in enumerate(program.inputs):
            last = program.last_reads[number]
            alike = (
                shape == program.shape
                and program.dtypes[number].itemsize == program.dtypes[value].itemsize
            )
            if alike and (last < at or (last == at and overwrites(own, number, value))):
                yield number, slot


def overwrites(step: Step, read: int, written: int) -> bool:
    """Tell whether a step may write a value over one that it reads."""
    slot = step.writes.index(written)
    allowed = find(step.operator).inplace
    places = [i for i, value in enumerate(step.reads) if value == read]
    return all((place, slot) in allowed for place in places)


def _cost(program: Program, inputs: list[Shape], outputs: list[Shape]) -> OperatorCost:
    return OperatorCost(program.work, sum(map(size, inputs)) + sum(map(size, outputs)))


# Values that never leave


class Temporaries(NamedTuple):
    """Where the inner values lie: which of a few buffers, each reused when free.

    Parameters
    ----------
    slots : dict of int
        The buffer of each inner value.
    buffers : int
        How many there are.
    """

    slots: dict[int, int]
    buffers: int


def temporaries(program: Program) -> Temporaries:
    """Share buffers among the inner values of a program."""
    slots: dict[int, int] = {}
    free: list[int] = []
    count = 0
    for index, step in enumerate(program.steps):
        dying = [
            value
            for value in dict.fromkeys(step.reads)
            if value in slots and program.last_reads[value] == index
        ]
        for value in step.writes:
            if value in program.outputs or value not in program.last_reads:
                continue
            over = next((v for v in dying if overwrites(step, v, value)), None)
            if over is not None:
                dying.remove(over)
                slots[value] = slots[over]
            elif free:
                slots[value] = free.pop()
            else:
                slots[value] = count
                count += 1
        free += [slots[value] for value in dying]
    return Temporaries(slots, count)
