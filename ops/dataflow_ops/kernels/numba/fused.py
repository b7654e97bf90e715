"""Fused groups as compiled loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import FLOAT32, FLOAT64
from dataflow_ops.fused import NAME, Program
from dataflow_ops.kernels.blas import cores
from dataflow_ops.kernels.cores import Halves
from dataflow_ops.kernels.fusing import is_spoiled
from dataflow_ops.kernels.numba.expressions import FUNCTIONS, expressions
from dataflow_ops.kernels.numba.modules import imported, is_usable
from dataflow_ops.kernels.numba.source import (
    Layout,
    Operand,
    all_known,
    module_text,
    numbers,
)
from dataflow_ops.kernels.reducing import (
    Seen,
    bind_first,
    bind_last,
    element_outputs,
    empty_parts,
    has_whole_array,
    part_bytes,
    reduced_outputs,
)
from dataflow_ops.kernels.requests import assign, bind_all
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)
from dataflow_ops.shapes import size

LEAST = 1 << 15  # elements times steps that are worth a compilation
_STEPS = 32  # or so many calls that become one
_ALONE = 8  # times as many for a reduction alone
SPLIT = 1 << 21  # elements times steps from which on a second core pays
_PARTS = 8  # of a reduction of everything; fixed, so that its order is
_RUN = 2048  # numbers of a row that others are added to
_WIDE = 4096  # such numbers, of which ranges are better than parts of all

Specifications = Sequence[Specification]


def _accepts(
    attributes: Attributes, inputs: Specifications, outputs: Specifications
) -> bool:
    """Tell whether a program can be compiled, and is worth it."""
    program: Program = attributes.program
    kinds = set(program.dtypes)
    if kinds not in ({FLOAT32}, {FLOAT64}) or not all_known(program.steps):
        return False
    if kinds == {FLOAT64} and any(map(_is_single, program.steps)):
        return False
    least = LEAST if program.steps else LEAST * _ALONE
    pays = len(program.steps) >= _STEPS or program.work >= least
    return pays and has_whole_array(program) and is_usable()


def _is_single(step: Any) -> bool:
    """Tell whether a step needs a function that there is in single precision only."""
    texts = expressions(step) or ()
    return any(f"{name}(" in text for name in FUNCTIONS for text in texts)


def _workspace(
    attributes: Attributes, inputs: Specifications, outputs: Specifications
) -> int:
    program: Program = attributes.program
    few = all(size(r.shape) < _WIDE for r in program.reductions)
    return part_bytes(program, _PARTS if few else 1)


@binder("numba", NAME, workspace=_workspace, accepts=_accepts)
def fused(call: Invocation) -> Thunk | None:
    """Bind a loop over all elements, on two cores where a second one pays."""
    program: Program = call.attributes.program
    slots = element_outputs(program)
    elements = {value: call.outputs[slot] for value, slot in slots.items()}
    requests = {value: call.requests[slot] for value, slot in slots.items()}
    last: list[Thunk] = []
    if is_spoiled(program, call):
        elements = {v: np.empty(program.shape, program.dtypes[v]) for v in slots}
        requests = dict.fromkeys(slots, Request.WRITE)
        last = [partial(assign, call, slots[v], x) for v, x in elements.items()]
    reduced = [call.outputs[slot] for slot in reduced_outputs(program)]
    seen = Seen(program, call.inputs, elements, reduced)
    cut = _Cut(seen, program.work >= SPLIT)
    layout, arrays = _layout(program, seen, requests, cut.axis)
    parts = empty_parts(program, seen.kept_shape, cut.parts, call.workspace)
    arrays = [numbers(program), *arrays]
    kernel = _compiled(module_text(program, layout), [*arrays, *(p[0] for p in parts)])
    pieces = [
        partial(kernel, start, stop, *arrays, *(array[part] for array in parts))
        for part, start, stop in cut.pieces
    ]
    last += bind_last(program, call, seen, parts)
    return bind_all([*bind_first(program, parts), _joined(pieces), *last])


class _Cut:
    """How the work is cut into pieces, by the shape alone.

    Pieces share no part of a reduction: they are ranges of an axis that stays, or each
    has a part of its own.

    Parameters
    ----------
    seen : Seen
        The arrays.
    is_large : bool
        Whether two cores are worth their meeting.
    """

    def __init__(self, seen: Seen, is_large: bool) -> None:
        kept = [axis for axis, stays in enumerate(seen.kept) if stays]
        shape, last = seen.shape, len(seen.shape) - 1
        wide = [a for a in kept if shape[a] >= (_WIDE if 0 < a == last else 2)]
        self.axis = wide[0] if wide else 0
        length = shape[self.axis]
        step = length
        if not wide and is_large:
            step = -(-length // _PARTS)
        elif is_large:
            step = -(-length // 2)
        if 0 < self.axis == last:
            step = min(step, _RUN)  # what rows are added to stays in the cache
        starts = range(0, length, step)
        self.parts = 1 if wide else len(starts)
        self.pieces = [
            (0 if wide else number, start, min(start + step, length))
            for number, start in enumerate(starts)
        ]


def _joined(pieces: Sequence[Thunk]) -> Thunk | None:
    """Run pieces in order, on two cores where there are two."""
    if len(pieces) < 2 or cores() < 2:
        return bind_all(pieces)
    middle = len(pieces) // 2
    first, second = bind_all(pieces[:middle]), bind_all(pieces[middle:])
    assert first is not None
    assert second is not None
    return Halves(first, second)


def _layout(
    program: Program, seen: Seen, requests: Mapping[int, Request], axis: int
) -> tuple[Layout, list[Array]]:
    """Call each array once: vectors need to know what is the same memory."""
    operands: list[Operand] = []
    arrays: list[Array] = []
    known: dict[Any, int] = {}
    array_of: dict[int, int] = {}
    for value, view in seen.elements.items():
        key = view.ctypes.data, view.shape, view.strides
        if key not in known:
            known[key] = len(arrays)
            full = tuple(x == y for x, y in zip(view.shape, seen.shape, strict=True))
            operands.append(Operand(f"array{len(arrays)}", full))
            arrays.append(view)
        array_of[value] = known[key]
    added = frozenset(v for v, request in requests.items() if request is Request.ADD)
    parts = tuple(Operand(f"part{i}", seen.kept) for i in range(len(seen.outputs)))
    return Layout(tuple(operands), array_of, added, parts, axis), arrays


def _compiled(text: str, arrays: Sequence[Array]) -> Any:
    """Compile now what would be compiled at the first run."""
    import numba  # noqa: PLC0415 - heavy, and needed only here

    kernel = imported(text).kernel
    typeof: Any = numba.typeof
    kernel.compile(tuple(map(typeof, (0, 0, *arrays))))
    return kernel
