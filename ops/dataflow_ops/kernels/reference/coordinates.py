"""Reference kernels of elements at coordinates."""

from __future__ import annotations

from typing import Any

from dataflow_ops.kernels.reference.indexing import scatter_add
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel
from dataflow_ops.shapes import Shape, size


def _key(indices: Array) -> tuple[Array, ...]:
    """Index by rows of numbers of any type, fractions dropped."""
    return tuple(indices.astype("int64"))


@kernel("reference", "gather_nd")
def gather_nd(call: Invocation) -> None:
    """Copy the elements or slices at the coordinates."""
    data, indices = call.inputs
    if wanted(call, 0):
        assign(call, 0, data[_key(indices)])


@kernel("reference", "_backward_gather_nd")
def gather_nd_backward(call: Invocation) -> None:
    """Add the gradients of all uses of an element."""
    if not wanted(call, 0):
        return
    out_grad, indices = call.inputs
    output, count = call.outputs[0], len(indices)
    rows, width = size(output.shape[:count]), size(output.shape[count:])
    numbers = _numbers(call.xp, indices, output.shape[:count])
    values = out_grad.reshape(numbers.size, width)
    scatter_add(call, output.reshape(rows, width), numbers, values)


def _numbers(xp: Any, indices: Array, lengths: Shape) -> Array:
    """Count elements row by row: turn coordinates into numbers."""
    total = xp.zeros(indices[0].size, "int64")
    for length, row in zip(lengths, _key(indices), strict=True):
        flat = row.reshape(-1)
        total = total * length + flat + length * (flat < 0)
    return total


@kernel("reference", "scatter_nd")
def scatter_nd(call: Invocation) -> None:
    """Put elements or slices at the coordinates, zeros elsewhere."""
    if not wanted(call, 0):
        return
    data, indices = call.inputs
    target = call.outputs[0]
    if call.requests[0] is Request.ADD:  # of equal coordinates, the last one counts
        target = call.xp.empty_like(target)
    target[...] = 0
    target[_key(indices)] = data
    if call.requests[0] is Request.ADD:
        assign(call, 0, target)


@kernel("reference", "_scatter_set_nd")
def scatter_set_nd(call: Invocation) -> None:
    """Copy the first input, and put the second at the coordinates."""
    if not wanted(call, 0):
        return
    lhs, rhs, indices = call.inputs
    if call.requests[0] is Request.ADD:
        result = lhs.copy()
        result[_key(indices)] = rhs
        assign(call, 0, result)
    else:
        call.xp.copyto(call.outputs[0], lhs)
        call.outputs[0][_key(indices)] = rhs


@kernel("reference", "_ravel_multi_index")
def ravel_multi_index(call: Invocation) -> None:
    """Count row by row, in integers."""
    if wanted(call, 0):
        first, *others = _key(call.inputs[0])
        for length, row in zip(call.attributes.shape[1:], others, strict=True):
            first = first * length + row
        assign(call, 0, first)


@kernel("reference", "_unravel_index")
def unravel_index(call: Invocation) -> None:
    """Divide by the lengths of axes, from the last on, in integers."""
    if not wanted(call, 0):
        return
    rest = call.inputs[0].astype("int64")
    rows = []
    for length in reversed(call.attributes.shape[1:]):
        rows.append(rest % length)
        rest = rest // length
    assign(call, 0, call.xp.stack([rest, *reversed(rows)]))
