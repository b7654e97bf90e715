"""Fused groups as compiled loops."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import FLOAT32, FLOAT64
from dataflow_ops.fused import NAME, Program
from dataflow_ops.kernels.cores import Halves, cores
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
from dataflow_ops.kernels.requests import assign, bind_all
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)
from dataflow_ops.kernels.tiles import collapsed
from dataflow_ops.shapes import Shape, size

LEAST = 1 << 15  # elements times steps that are worth a compilation
_STEPS = 32  # or so many calls that become one
SPLIT = 1 << 21  # elements times steps from which on a second core pays

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
    steps = len(program.steps)
    pays = steps >= _STEPS or size(program.shape) * steps >= LEAST
    return pays and is_usable()


def _is_single(step: Any) -> bool:
    """Tell whether a step needs a function that there is in single precision only."""
    texts = expressions(step) or ()
    return any(f"{name}(" in text for name in FUNCTIONS for text in texts)


@binder("numba", NAME, accepts=_accepts)
def fused(call: Invocation) -> Thunk | None:
    """Bind a loop over all elements, halved where a second core pays."""
    program: Program = call.attributes.program
    outputs, requests = call.outputs, call.requests
    last: list[Thunk] = []
    if is_spoiled(program, call):
        kinds = [program.dtypes[value] for value in program.outputs]
        outputs = tuple(np.empty(program.shape, kind) for kind in kinds)
        requests = (Request.WRITE,) * len(outputs)
        last = [partial(assign, call, i, x) for i, x in enumerate(outputs)]
    shape, views = collapsed(program.shape, [*call.inputs, *outputs])
    layout, arrays = _layout(program, shape, views, requests)
    arrays = [numbers(program), *arrays]
    kernel = _compiled(module_text(program, layout), arrays)
    run: Thunk = partial(kernel, 0, shape[0], *arrays)
    if size(shape) * len(program.steps) >= SPLIT and shape[0] > 1 and cores() > 1:
        middle = shape[0] // 2
        first = partial(kernel, 0, middle, *arrays)
        run = Halves(first, partial(kernel, middle, shape[0], *arrays))
    return bind_all([run, *last])


def _layout(
    program: Program,
    shape: Shape,
    views: Sequence[Array],
    requests: Sequence[Request],
) -> tuple[Layout, list[Array]]:
    """Call each array once: vectors need to know what is the same memory."""
    values = [*range(len(program.inputs)), *program.outputs]
    operands: list[Operand] = []
    arrays: list[Array] = []
    known: dict[Any, int] = {}
    array_of: dict[int, int] = {}
    for value, view in zip(values, views, strict=True):
        key = view.ctypes.data, view.shape, view.strides
        if key not in known:
            known[key] = len(arrays)
            full = tuple(x == y for x, y in zip(view.shape, shape, strict=True))
            operands.append(Operand(f"array{len(arrays)}", full))
            arrays.append(view)
        array_of[value] = known[key]
    pairs = zip(program.outputs, requests, strict=True)
    added = frozenset(value for value, request in pairs if request is Request.ADD)
    return Layout(tuple(operands), array_of, added), arrays


def _compiled(text: str, arrays: Sequence[Array]) -> Any:
    """Compile now what would be compiled at the first run."""
    import numba  # noqa: PLC0415 - heavy, and needed only here

    kernel = imported(text).kernel
    typeof: Any = numba.typeof
    kernel.compile(tuple(map(typeof, (0, 0, *arrays))))
    return kernel
