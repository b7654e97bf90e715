"""Reference kernels of optimizer steps.

Parameters are worked through in pieces that stay in the cache, with scratch memory of
one piece: large parameters cost no temporaries of their size, and one pass over memory
instead of one per array call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import carve, scratch_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)
from dataflow_ops.shapes import size

_PIECE = 1 << 15  # elements

Step = Callable[..., None]


def _workspace(
    attributes: Attributes, inputs: Sequence[Specification], outputs: Any
) -> int:
    weight = inputs[0]
    return scratch_bytes([(min(size(weight.shape), _PIECE),)], weight.dtype)


def _pieces(arrays: Sequence[Array]) -> list[tuple[Array, ...]]:
    """Divide arrays of one shape into corresponding pieces, as views."""
    if not all(array.flags.c_contiguous for array in arrays):
        return [tuple(arrays)]
    flat = [array.reshape(-1) for array in arrays]
    count = flat[0].size
    return [
        tuple(array[start : start + _PIECE] for array in flat)
        for start in range(0, count, _PIECE)
    ]


def _over_pieces(xp: Any, step: Step, scratch: Array, *arrays: Array) -> Thunk:
    """Bind a step to all pieces of its arrays, with room for one piece."""
    runs = []
    for piece in _pieces(arrays):
        flat = piece[0].ndim == 1 and piece[0].size <= scratch.size
        room = scratch[: piece[0].size] if flat else xp.empty_like(piece[0])
        runs.append(partial(step, room, *piece))
    return runs[0] if len(runs) == 1 else partial(_run_all, runs)


def _run_all(runs: Sequence[Thunk]) -> None:
    for run in runs:
        run()


def _bind(make: Callable[[Any, Attributes], Step], call: Invocation) -> Thunk | None:
    if not wanted(call, 0):
        return None
    weight = call.inputs[0]
    (scratch,) = carve(call.workspace, [(min(weight.size, _PIECE),)], weight.dtype)
    step = make(call.xp, call.attributes)
    if call.requests[0] is Request.WRITE:
        return _over_pieces(call.xp, step, scratch, *call.inputs, call.outputs[0])
    stepped = call.xp.empty_like(weight)
    run = _over_pieces(call.xp, step, scratch, *call.inputs, stepped)
    return partial(_add, run, call, stepped)


def _add(run: Thunk, call: Invocation, stepped: Array) -> None:
    run()
    assign(call, 0, stepped)


def _descent(xp: Any, attributes: Attributes) -> Callable[[Array, Array], None]:
    """Return what writes -lr clip(rescale_grad grad)."""
    rate, rescale = -attributes.lr, attributes.rescale_grad
    bound = attributes.clip_gradient

    def clipped(grad: Array, out: Array) -> None:
        xp.multiply(grad, rescale, out)
        xp.clip(out, -bound, bound, out)
        xp.multiply(out, rate, out)

    def plain(grad: Array, out: Array) -> None:
        xp.multiply(grad, rate * rescale, out)

    return clipped if bound >= 0 else plain


def _sgd(xp: Any, attributes: Attributes) -> Step:
    descend = _descent(xp, attributes)
    kept = 1 - attributes.lr * attributes.wd

    def step(room: Array, weight: Array, grad: Array, out: Array) -> None:
        descend(grad, room)
        if kept != 1:
            xp.multiply(weight, kept, out)
            weight = out
        xp.add(weight, room, out)

    return step


def _sgd_momentum(xp: Any, attributes: Attributes) -> Step:
    descend = _descent(xp, attributes)
    decay = -attributes.lr * attributes.wd

    def step(room: Array, weight: Array, grad: Array, mom: Array, out: Array) -> None:
        descend(grad, room)
        xp.multiply(mom, attributes.momentum, mom)
        xp.add(mom, room, mom)
        if decay != 0:
            xp.multiply(weight, decay, room)
            xp.add(mom, room, mom)
        xp.add(weight, mom, out)

    return step


for _name, _make in (("sgd_update", _sgd), ("sgd_mom_update", _sgd_momentum)):
    binder("reference", _name, workspace=_workspace)(partial(_bind, _make))
