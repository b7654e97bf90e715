"""Sharing out a batch of sequences among cores.

Recurrent layers work step by step on few rows at a time; threads that divide every
product among them wait for each other at each one. Sequences do not depend on each
other, so a core that has some of its own waits once, at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from dataflow_ops.kernels import fpmath
from dataflow_ops.kernels.cores import Halves
from dataflow_ops.kernels.onednn.entry import Call, Entry
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.threads import threads
from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk
from dataflow_ops.shapes import Shape

LEAST_ROWS = 8  # of a batch, that one core gets
# Every core reads all weights of a layer at each step: it needs rows to use them for.
BYTES_PER_ROW = 1 << 17
_PARTS = "onednn parts"  # key of the shared state under which their number is kept


def parts_of(
    batch: int, weights: float, flops: float, state: dict[Any, Any] | None
) -> int:
    """Return among how many cores a batch is shared out.

    Parameters
    ----------
    batch : int
        How many sequences there are.
    weights : float
        Bytes of one layer's weights.
    flops : float
        Operations of the call.
    state : dict or None
        What a node and its backward nodes have in common; the first one decides.
    """
    parts, count = 1, threads(flops)
    rows = max(LEAST_ROWS, weights / BYTES_PER_ROW)
    while 2 * parts <= count and batch >= 2 * parts * rows:
        parts *= 2
    return parts if state is None else int(state.setdefault(_PARTS, parts))


def plan_of_part(entry: Entry, call: Call, parts: int) -> Plan:
    """Return the plan of a part's call, for its share of the threads."""
    count = max(1, threads(parts * entry.work(call)) // parts)
    return _remembered(entry, call._replace(threads=count), fpmath.mode())


@lru_cache(maxsize=1024)
def _remembered(entry: Entry, call: Call, mode: str) -> Plan:
    return entry.plan(call)


class Part:
    """Some of the sequences of a call.

    Parameters
    ----------
    rows : slice
        Which ones.
    number, parts : int
        Which part it is, and how many there are.
    """

    def __init__(self, batch: int, number: int, parts: int) -> None:
        self.rows = slice(batch * number // parts, batch * (number + 1) // parts)
        self.number = number
        self.parts = parts

    def of_call(self, call: Call) -> Call:
        """Return the call with the shapes of its rows."""
        return call._replace(
            inputs=tuple(map(self._shape, call.inputs)),
            outputs=tuple(map(self._shape, call.outputs)),
        )

    def of_invocation(self, call: Invocation) -> Invocation:
        """Return the invocation with its rows of the arrays and its own state."""
        state = call.state
        return replace(
            call,
            inputs=tuple(map(self._array, call.inputs)),
            outputs=tuple(map(self._array, call.outputs)),
            shapes=tuple(map(self._shape, call.shapes)),
            state=None if state is None else state.setdefault(self._key, {}),
            workspace=self._share(call.workspace),
        )

    def _share(self, workspace: Array | None) -> Array | None:
        if workspace is None:
            return None
        nbytes = len(workspace) // self.parts
        return workspace[self.number * nbytes : (self.number + 1) * nbytes]

    @property
    def _key(self) -> tuple[str, int]:
        return _PARTS, self.number

    def _shape(self, shape: Shape) -> Shape:
        if not _has_rows(len(shape)):
            return shape
        return (shape[0], self.rows.stop - self.rows.start, shape[2])

    def _array(self, array: Array | None) -> Array | None:
        if array is None or not _has_rows(array.ndim):
            return array
        return array[:, self.rows]


def _has_rows(rank: int) -> bool:
    """Tell data and states, whose second axis is the batch, from parameters."""
    return rank == 3


def with_own_sum(call: Invocation, output: int) -> tuple[Invocation, Array | None]:
    """Let a part write an output that all parts add to into an array of its own."""
    wanted = call.outputs[output]
    if wanted is None:
        return call, None
    own = np.empty_like(wanted)
    outputs, requests = list(call.outputs), list(call.requests)
    outputs[output], requests[output] = own, Request.WRITE
    return replace(call, outputs=tuple(outputs), requests=tuple(requests)), own


def side_by_side(parts: Sequence[Thunk | None]) -> Thunk | None:
    """Run all parts, on as many cores as are free."""
    thunks = [thunk for thunk in parts if thunk is not None]
    if len(thunks) < 2:
        return bind_all(tuple(thunks))
    middle = len(thunks) // 2
    first, second = side_by_side(thunks[:middle]), side_by_side(thunks[middle:])
    assert first is not None
    assert second is not None
    return Halves(first, second)


def adding(total: Array, own: Array) -> Thunk:
    """Return what adds a part's share of a sum."""
    return partial(np.add, total, own, out=total)
