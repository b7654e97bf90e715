"""Reference kernels of matrix products."""

from __future__ import annotations

from functools import partial

from dataflow_ops.kernels.requests import (
    assign,
    bind_all,
    bind_function,
    viewing,
    wanted,
)
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Thunk,
    binder,
    kernel,
)
from dataflow_ops.linalg import split_axes
from dataflow_ops.shapes import size


def _matrix(array: Array, rows: int, columns: int, flip: bool) -> Array:
    """View an array as rows x columns; `flip`: it is stored the other way round."""
    return array.reshape(columns, rows).T if flip else array.reshape(rows, columns)


def _views(call: Invocation, lhs: Array, rhs: Array) -> tuple[Array, Array]:
    """View both sides as the matrices whose product is wanted."""
    rest, inner, _, other = split_axes(call.attributes, lhs.shape, rhs.shape)
    return (
        _matrix(lhs, size(rest), inner, call.attributes.transpose_a),
        _matrix(rhs, inner, size(other), call.attributes.transpose_b),
    )


@binder("reference", "dot")
@viewing
def dot(call: Invocation) -> Thunk | None:
    """Multiply as matrices, straight into the output's memory."""
    left, right = _views(call, *call.inputs)
    return _bind_product(call, 0, left, right, call.outputs[0])


def _bind_product(
    call: Invocation, index: int, left: Array, right: Array, target: Array
) -> Thunk | None:
    """Bind left . right into `target`, a view of output `index`."""
    if call.requests[index] is Request.NULL:
        return None
    target = target.reshape(left.shape[0], right.shape[1])
    if call.requests[index] is Request.WRITE:
        return partial(call.xp.matmul, left, right, target)
    return partial(_add_product, call, left, right, target)


def _add_product(call: Invocation, left: Array, right: Array, target: Array) -> None:
    target += call.xp.matmul(left, right)


@binder("reference", "_backward_dot")
@viewing
def dot_backward(call: Invocation) -> Thunk | None:
    """Multiply the gradient by the other side, transposed."""
    out_grad, lhs, rhs = call.inputs
    left, right = _views(call, lhs, rhs)
    head = out_grad.reshape(left.shape[0], right.shape[1])
    # A side that is stored transposed receives the transposed product.
    factors = [(head, right.T), (left.T, head)]
    flips = (call.attributes.transpose_a, call.attributes.transpose_b)
    steps = []
    for index, ((x, y), flip) in enumerate(zip(factors, flips, strict=True)):
        first, second = (y.T, x.T) if flip else (x, y)
        steps.append(_bind_product(call, index, first, second, call.outputs[index]))
    return bind_all(steps)


@binder("reference", "batch_dot")
def batch_dot(call: Invocation) -> Thunk | None:
    """Multiply matrix by matrix."""
    lhs, rhs = call.inputs
    left = lhs.swapaxes(-1, -2) if call.attributes.transpose_a else lhs
    right = rhs.swapaxes(-1, -2) if call.attributes.transpose_b else rhs
    return bind_function(call, call.xp.matmul, left, right)


@kernel("reference", "khatri_rao")
def khatri_rao(call: Invocation) -> None:
    """Multiply every row of what there is by every row of the next matrix."""
    product, *others = call.inputs
    for other in others:
        height, width = product.shape[0] * other.shape[0], product.shape[1]
        product = (product[:, None] * other).reshape(height, width)
    assign(call, 0, product)


@kernel("reference", "_backward_khatri_rao")
def khatri_rao_backward(call: Invocation) -> None:
    """Sum the gradient times the other matrices over all their rows."""
    head, *matrices = call.inputs
    columns = len(matrices)  # index of the axis that all share; i is that of rows
    heights = [matrix.shape[0] for matrix in matrices]
    head = head.reshape(*heights, head.shape[-1])
    for index in range(len(matrices)):
        if wanted(call, index):
            operands = [head, list(range(columns + 1))]
            for other, matrix in enumerate(matrices):
                if other != index:
                    operands += [matrix, [other, columns]]
            assign(call, index, call.xp.einsum(*operands, [index, columns]))
