"""Reference kernels of products of stacked matrices."""

from __future__ import annotations

from dataflow_ops.kernels.reference.triangles import (
    solve_triangular,
    triangle,
    turned,
)
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, kernel


def _product(
    call: Invocation, left: Array, right: Array, target: Array, alpha: float
) -> None:
    """Put alpha left . right into `target`, a view of output 0, or add it."""
    if call.requests[0] is Request.WRITE:
        call.xp.matmul(left, right, out=target)
        if alpha != 1:
            target *= alpha
    elif call.requests[0] is Request.ADD:
        target += alpha * (left @ right)


@kernel("reference", "_linalg_gemm", "_linalg_gemm2")
def gemm(call: Invocation) -> None:
    """Multiply, and add the third input if there is one."""
    if not wanted(call, 0):
        return
    attributes = call.attributes
    left, right, target = (
        array.swapaxes(attributes.axis, -2)
        for array in (*call.inputs[:2], call.outputs[0])
    )
    left = turned(left, attributes.transpose_a)
    right = turned(right, attributes.transpose_b)
    _product(call, left, right, target, attributes.alpha)
    if len(call.inputs) == 3 and attributes.beta:
        call.outputs[0][...] += attributes.beta * call.inputs[2]


@kernel("reference", "_linalg_syrk")
def syrk(call: Invocation) -> None:
    """Multiply by the transposed."""
    (matrices,) = call.inputs
    left = turned(matrices, call.attributes.transpose)
    _product(call, left, turned(left), call.outputs[0], call.attributes.alpha)


def _scaled(array: Array, alpha: float) -> Array:
    """Scale an array that nobody else holds."""
    if alpha != 1:
        array *= alpha
    return array


def _factor(call: Invocation, matrices: Array) -> Array:
    """Return the triangles that count, as they are stored."""
    return triangle(call.xp, matrices, call.attributes.lower)


def _put_factor_gradient(call: Invocation, product: Array, transpose: bool) -> None:
    """Put the gradient by A: what lies in its triangle, turned to how A is stored."""
    slope = triangle(call.xp, turned(product, transpose), call.attributes.lower)
    assign(call, 0, slope)


@kernel("reference", "_linalg_trmm")
def trmm(call: Invocation) -> None:
    """Multiply by the triangle."""
    attributes = call.attributes
    factor = turned(_factor(call, call.inputs[0]), attributes.transpose)
    pair = (factor, call.inputs[1])
    left, right = reversed(pair) if attributes.rightside else pair
    _product(call, left, right, call.outputs[0], attributes.alpha)


@kernel("reference", "_backward_linalg_trmm")
def trmm_backward(call: Invocation) -> None:
    """Multiply the gradient by B for A's, by the triangle for B's."""
    head, matrices, other = call.inputs
    alpha, right = call.attributes.alpha, call.attributes.rightside
    transpose = call.attributes.transpose
    if wanted(call, 0):
        product = turned(other) @ head if right else head @ turned(other)
        _put_factor_gradient(call, _scaled(product, alpha), transpose)
    if wanted(call, 1):
        factor = turned(_factor(call, matrices), not transpose)
        product = head @ factor if right else factor @ head
        assign(call, 1, _scaled(product, alpha))


def _solved(call: Invocation, matrices: Array, right: Array, transpose: bool) -> Array:
    """Solve T X = right, or X T = right on the right side, for the triangle T."""
    rightside, lower = call.attributes.rightside, call.attributes.lower
    # X T = B is T^T X^T = B^T.
    factor = turned(_factor(call, matrices), transpose != rightside)
    is_lower = lower != (transpose != rightside)
    solution = solve_triangular(call.xp, factor, is_lower, turned(right, rightside))
    return turned(solution, rightside)


@kernel("reference", "_linalg_trsm")
def trsm(call: Invocation) -> None:
    """Solve with the triangle."""
    matrices, right = call.inputs
    solution = _solved(call, matrices, right, call.attributes.transpose)
    assign(call, 0, _scaled(solution, call.attributes.alpha))


@kernel("reference", "_backward_linalg_trsm")
def trsm_backward(call: Invocation) -> None:
    """Compute W = op(A)^-T G; B receives alpha W and op(A) receives -W X^T."""
    head, matrices, output = call.inputs
    transpose = call.attributes.transpose
    slope = _solved(call, matrices, head, not transpose)
    if wanted(call, 0):
        if call.attributes.rightside:
            product = turned(output) @ -slope
        else:
            product = -slope @ turned(output)
        _put_factor_gradient(call, product, transpose)
    assign(call, 1, _scaled(slope, call.attributes.alpha))
