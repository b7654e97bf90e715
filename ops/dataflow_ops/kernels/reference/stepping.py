"""Applying an optimizer's formula to arrays, in pieces that stay in the cache.

Parameters are worked through with scratch memory of one piece: large parameters cost no
temporaries of their size, and one pass over memory instead of one per array call. Half
precision is computed in single precision: pieces are copied there and back.

A *step* takes its rooms (scratch), the weight, the gradient, the states, which it
updates, and where the new weight goes: possibly the old one's or the gradient's memory,
which it therefore writes last. All are of one shape and type.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import DType
from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import carve, scratch_bytes
from dataflow_ops.kernels.table import Array, Invocation, Request, Specification, Thunk
from dataflow_ops.shapes import Shape, size

_PIECE = 1 << 15  # elements

Step = Callable[..., None]
# Scratch memory and the arrays, piece by piece.
Pieces = Sequence[tuple[list[Array], list[Array]]]


class Formula(NamedTuple):
    """How one optimizer steps.

    Parameters
    ----------
    make : callable
        Takes the array library and the attributes, returns the step.
    rooms : int
        How many scratch arrays the step takes; at least one.
    """

    make: Callable[[Any, Attributes], Step]
    rooms: int


def step_bytes(formula: Formula, arrays: Sequence[Specification]) -> int:
    """Bytes of workspace for a step from such a weight, gradient and states."""
    shapes, dtype = _scratch(formula, arrays, arrays[0].shape)
    return scratch_bytes(shapes, dtype)


def _scratch(
    formula: Formula, arrays: Sequence[Any], shape: Shape
) -> tuple[list[Shape], DType]:
    """Return what scratch arrays one piece needs: rooms, and copies of the narrow."""
    dtype = wide(*(x.dtype for x in arrays))
    narrow = sum(x.dtype != dtype for x in arrays)
    return [(min(size(shape), _PIECE),)] * (formula.rooms + narrow), dtype


def bind_step(
    call: Invocation,
    formula: Formula,
    attributes: Attributes,
    arrays: Sequence[Array],
    *,
    index: int = 0,
    master: bool = False,
) -> Thunk | None:
    """Bind one weight's step, as (a part of) a call.

    Parameters
    ----------
    call : Invocation
        Its workspace has at least the `step_bytes`.
    formula : Formula
        What to compute.
    attributes : Attributes
        The formula's settings.
    arrays : sequence of array
        The weight to step from, the gradient, the states.
    index : int
        The output for the new weight. Nothing happens where it is not wanted.
    master : bool
        The weight is a state itself, in single precision, and the output follows it.
    """
    if not wanted(call, index):
        return None
    out = call.outputs[index]
    if call.requests[index] is Request.WRITE:
        return over_pieces(call, formula, attributes, arrays, out, master)
    stepped = call.xp.empty_like(out)
    run = over_pieces(call, formula, attributes, arrays, stepped, master)
    return partial(_add, run, call, index, stepped)


def step_now(
    call: Invocation,
    formula: Formula,
    arrays: Sequence[Array],
    *,
    index: int = 0,
    master: bool = False,
    **settings: float,
) -> None:
    """Bind and run a step with other settings than the attributes."""
    changed = Attributes({**call.attributes, **settings})
    step = bind_step(call, formula, changed, arrays, index=index, master=master)
    if step is not None:
        step()


def _add(run: Thunk, call: Invocation, index: int, stepped: Array) -> None:
    run()
    assign(call, index, stepped)


def over_pieces(
    call: Invocation,
    formula: Formula,
    attributes: Attributes,
    arrays: Sequence[Array],
    out: Array,
    master: bool = False,
) -> Thunk:
    """Bind a step whose new weight goes to `out`; see `bind_step`."""
    shapes, dtype = _scratch(formula, arrays, out.shape)
    if all(array.flags.c_contiguous for array in (*arrays, out)):
        scratch = carve(call.workspace, shapes, dtype)
        pieces = _pieces(scratch, (*arrays, out))
    else:
        scratch = [call.xp.empty(out.shape, dtype) for _ in shapes]
        pieces = [(scratch, [*arrays, out])]
    return Stepping(formula, call.xp, pieces, master, attributes)


class Stepping:
    """A formula bound to pieces of arrays."""

    __slots__ = ("_parts", "_runs")

    def __init__(
        self,
        formula: Formula,
        xp: Any,
        pieces: Pieces,
        master: bool,
        attributes: Attributes,
    ) -> None:
        step, rooms = formula.make(xp, attributes), formula.rooms
        self._parts = (formula, xp, pieces, master)
        self._runs = [
            _bind_piece(step, room[:rooms], room[rooms:], piece, master)
            for room, piece in pieces
        ]

    def __call__(self) -> None:
        """Step."""
        for run in self._runs:
            run()

    def rebound(self, attributes: Attributes) -> Stepping:
        """Bind other settings to the same arrays; see `kernels.table.rebound`."""
        return Stepping(*self._parts, attributes)


def _pieces(
    scratch: Sequence[Array], arrays: Sequence[Array]
) -> list[tuple[list[Array], list[Array]]]:
    """Divide arrays of one shape into corresponding pieces, as views, with scratch."""
    flat = [array.reshape(-1) for array in arrays]
    pieces = []
    for start in range(0, flat[0].size, _PIECE):
        piece = [array[start : start + _PIECE] for array in flat]
        pieces.append(([room[: piece[0].size] for room in scratch], piece))
    return pieces


def _bind_piece(
    step: Step, rooms: list[Array], spare: list[Array], piece: list[Array], master: bool
) -> Thunk:
    *arrays, out = piece
    copies = iter(spare)
    work = [x if x.dtype == rooms[0].dtype else next(copies) for x in arrays]
    if not spare and not master:
        return partial(step, *rooms, *work, out)
    target = work[0] if master or work[0] is not arrays[0] else out
    return partial(_step_on_copies, partial(step, *rooms), arrays, work, target, out)


def _step_on_copies(
    step: Step,
    arrays: Sequence[Array],
    work: Sequence[Array],
    target: Array,
    out: Array,
) -> None:
    for array, copy in zip(arrays, work, strict=True):
        if copy is not array:
            copy[...] = array
    step(*work, target)
    for state, copy in zip(arrays[2:], work[2:], strict=True):
        if copy is not state:
            state[...] = copy
    if target is not out:
        out[...] = target
