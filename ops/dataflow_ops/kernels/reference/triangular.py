"""Reference kernels of diagonals and triangles of stacked matrices.

Which elements they are is worked out when a kernel is bound.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.requests import assign
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder
from dataflow_ops.triangular import is_lower

Places = tuple[Array, Array]  # rows and columns


def _on_diagonal(xp: Any, side: int, attributes: Attributes) -> Places:
    offset = attributes.offset
    along = xp.arange(side - abs(offset))
    return along + max(-offset, 0), along + max(offset, 0)


def _in_triangle(xp: Any, side: int, attributes: Attributes) -> Places:
    """Go along the rows of a lower triangle, and along the columns of an upper one."""
    rows, columns = xp.tril_indices(side, -abs(attributes.offset))
    return (rows, columns) if is_lower(attributes) else (columns, rows)


Choose = Callable[[Any, int, Attributes], Places]


def _bind_extract(choose: Choose, call: Invocation) -> Thunk:
    rows, columns = choose(call.xp, call.inputs[0].shape[-1], call.attributes)
    return partial(_extract, call, rows, columns)


def _extract(call: Invocation, rows: Array, columns: Array) -> None:
    assign(call, 0, call.inputs[0][..., rows, columns])


def _bind_make(choose: Choose, call: Invocation) -> Thunk | None:
    if call.requests[0] is Request.NULL:
        return None
    rows, columns = choose(call.xp, call.outputs[0].shape[-1], call.attributes)
    return partial(_make, call, rows, columns)


def _make(call: Invocation, rows: Array, columns: Array) -> None:
    output = call.outputs[0]
    if call.requests[0] is Request.WRITE:
        output[...] = 0
    output[..., rows, columns] += call.inputs[0]


for _what, _choose in (("diag", _on_diagonal), ("trian", _in_triangle)):
    binder("reference", f"_linalg_extract{_what}")(partial(_bind_extract, _choose))
    binder("reference", f"_linalg_make{_what}")(partial(_bind_make, _choose))
