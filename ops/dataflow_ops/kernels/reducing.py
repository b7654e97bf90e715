"""What the back ends' kernels share of the reductions at the end of a group.

Elements are joined in parts: each part's result is an array of its own, and in the end
the parts are joined in their order. How the work is cut into parts follows from shapes
alone, so that results do not depend on how many threads there are.

Sums and products of single precision are kept in double precision between the parts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from dataflow_ops.dtypes import FLOAT64, DType
from dataflow_ops.fused import Program, Reduction
from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk
from dataflow_ops.kernels.tiles import collapsed
from dataflow_ops.reduction import kept_shape
from dataflow_ops.shapes import Shape, size

# How two elements are joined, and what changes nothing when it is joined.
JOINS: dict[str, tuple[Any, float]] = {
    "sum": (np.add, 0.0),
    "prod": (np.multiply, 1.0),
    "max": (np.maximum, -math.inf),
    "min": (np.minimum, math.inf),
}


def part_type(reduction: Reduction, dtype: DType) -> DType:
    """Return the type in which parts are kept."""
    return FLOAT64 if reduction.by in ("sum", "prod") else dtype


def part_bytes(program: Program, count: int) -> int:
    """Count the bytes of so many parts of all reductions."""
    return sum(_room(r, count) for r in program.reductions)


def _room(reduction: Reduction, count: int) -> int:
    return -(-8 * count * size(reduction.shape) // 64) * 64


class Seen:
    """A call's arrays with as few axes as possible.

    Parameters
    ----------
    program : Program
        What is computed.
    inputs : sequence of array
        Those of the call.
    elements : mapping of int
        The arrays of the values that leave without being reduced.
    outputs : sequence of array
        Those of the values that are reduced, in the order of `program.reductions`.
    """

    def __init__(
        self,
        program: Program,
        inputs: Sequence[Array],
        elements: dict[int, Array],
        outputs: Sequence[Array],
    ) -> None:
        rank = program.shape
        kept = [
            out.reshape(kept_shape(r.axes, rank))
            for r, out in zip(program.reductions, outputs, strict=True)
        ]
        read = [
            array.reshape(shape)
            for array, shape in zip(inputs, program.inputs, strict=True)
        ]
        self.shape, views = collapsed(rank, [*read, *elements.values(), *kept])
        self.elements = dict(zip([*range(len(read)), *elements], views, strict=False))
        self.outputs = views[len(self.elements) :]

    @property
    def kept(self) -> tuple[bool, ...]:
        """Along which axes nothing is reduced."""
        if not self.outputs:
            return (True,) * len(self.shape)
        short = self.outputs[0].shape
        return tuple(x == y for x, y in zip(short, self.shape, strict=True))

    @property
    def kept_shape(self) -> Shape:
        """The shape of the parts."""
        return tuple(d if k else 1 for d, k in zip(self.shape, self.kept, strict=True))


def element_outputs(program: Program) -> dict[int, int]:
    """Return the values that leave without being reduced, and their outputs."""
    made = enumerate(program.outputs)
    return {v: slot for slot, v in made if v not in program.reduction_of}


def reduced_outputs(program: Program) -> list[int]:
    """Return the outputs of the reductions, in their order."""
    return [program.outputs.index(r.writes) for r in program.reductions]


def empty_parts(
    program: Program, shape: Shape, count: int, block: Array | None
) -> list[Array]:
    """Return room for so many parts of each reduction, in a block if there is one."""
    if block is None:
        block = np.empty(part_bytes(program, count), np.uint8)
    parts = []
    start = 0
    for r in program.reductions:
        dtype = part_type(r, program.dtypes[r.reads])
        nbytes = count * size(shape) * dtype.itemsize
        part = block[start : start + nbytes].view(dtype)
        parts.append(part.reshape((count, *shape)))
        start += _room(r, count)
    return parts


def bind_first(program: Program, parts: Sequence[Array]) -> list[Thunk]:
    """Bind what empties the parts."""
    pairs = zip(program.reductions, parts, strict=True)
    return [partial(array.fill, JOINS[r.by][1]) for r, array in pairs]


def bind_last(
    program: Program, call: Invocation, seen: Seen, parts: Sequence[Array]
) -> list[Thunk]:
    """Bind what makes the outputs of the parts."""
    count = size(program.shape)
    bound = []
    slots = reduced_outputs(program)
    for r, slot, output, array in zip(
        program.reductions, slots, seen.outputs, parts, strict=True
    ):
        total = array[0] if len(array) == 1 else np.empty_like(array[0])
        steps: list[Thunk] = []
        if len(array) > 1:
            steps.append(partial(JOINS[r.by][0].reduce, array, 0, None, total))
        if r.last == "mean":
            joined = np.array(count / total.size)
            steps.append(partial(np.true_divide, total, joined, total))
        elif r.last == "sqrt":
            steps.append(partial(np.sqrt, total, total))
        steps.append(_bind_out(output, total, call.requests[slot]))
        bound.append(bind_all(steps))
    return [thunk for thunk in bound if thunk is not None]


def _bind_out(output: Array, total: Array, request: Request) -> Thunk:
    if request is Request.WRITE:
        return partial(np.copyto, output, total, casting="same_kind")
    return partial(np.add, output, total, output, casting="same_kind")


def has_whole_array(program: Program) -> bool:
    """Tell whether some array has the group's shape: kernels go through it."""
    inside = set(program.outputs) - set(program.reduction_of)
    return bool(inside) or program.shape in program.inputs
