"""Reference kernels of factors, inverses and determinants of stacked matrices."""

from __future__ import annotations

from typing import Any

from dataflow_ops.kernels.reference.triangles import (
    checked,
    mirrored,
    solve_triangular,
    triangle,
    turned,
)
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, kernel


def _diagonal(xp: Any, matrices: Array) -> Array:
    return xp.diagonal(matrices, axis1=-2, axis2=-1)


def _lower(call: Invocation, matrices: Array) -> Array:
    """View lower triangles as they are, and upper ones transposed."""
    return turned(matrices, not call.attributes.lower)


@kernel("reference", "_linalg_potrf")
def potrf(call: Invocation) -> None:
    """Compute the Cholesky factor."""
    factor = checked(
        call.xp.linalg.cholesky,
        _lower(call, call.inputs[0]),
        fault="is not positive definite",
    )
    assign(call, 0, _lower(call, factor))


@kernel("reference", "_backward_linalg_potrf")
def potrf_backward(call: Invocation) -> None:
    """Compute 1/2 L^-T M L^-1, M being L^T G with its lower triangle mirrored."""
    xp = call.xp
    head, factor = (_lower(call, array) for array in call.inputs)
    middle = mirrored(xp, turned(factor) @ head)
    half = solve_triangular(xp, turned(factor), False, middle)
    slope = solve_triangular(xp, turned(factor), False, turned(half))
    slope *= 0.5
    assign(call, 0, slope)


@kernel("reference", "_linalg_potri")
def potri(call: Invocation) -> None:
    """Compute L^-T L^-1."""
    xp = call.xp
    factor = triangle(xp, _lower(call, call.inputs[0]), lower=True)
    identity = xp.eye(factor.shape[-1], dtype=factor.dtype)
    unit = xp.broadcast_to(identity, factor.shape)
    inverse = solve_triangular(xp, factor, True, unit)
    assign(call, 0, turned(inverse) @ inverse)


@kernel("reference", "_backward_linalg_potri")
def potri_backward(call: Invocation) -> None:
    """Compute -Y (G + G^T) L^-T with Y the output, in L's triangle."""
    xp = call.xp
    head, matrices, output = call.inputs
    factor = triangle(xp, _lower(call, matrices), lower=True)
    both = (head + turned(head)) @ output
    slope = -turned(solve_triangular(xp, factor, True, both))
    assign(call, 0, _lower(call, triangle(xp, slope, lower=True)))


@kernel("reference", "_linalg_gelqf")
def gelqf(call: Invocation) -> None:
    """Compute Q and L as the factors of A^T = Q^T L^T."""
    orthogonal, upper = call.xp.linalg.qr(turned(call.inputs[0]))
    assign(call, 0, turned(orthogonal))
    assign(call, 1, turned(upper))


@kernel("reference", "_backward_linalg_gelqf")
def gelqf_backward(call: Invocation) -> None:
    """Compute L^-T (dQ + M Q), M being L^T dL - dQ Q^T with its triangle mirrored."""
    xp = call.xp
    rows_head, factor_head, rows, factor = call.inputs
    middle = turned(factor) @ factor_head - rows_head @ turned(rows)
    right = rows_head + mirrored(xp, middle) @ rows
    assign(call, 0, solve_triangular(xp, turned(factor), False, right))


@kernel("reference", "_linalg_syevd")
def syevd(call: Invocation) -> None:
    """Compute eigenvectors as rows, and eigenvalues."""
    values, vectors = checked(
        call.xp.linalg.eigh, call.inputs[0], fault="has no eigenvalues that were found"
    )
    assign(call, 0, _with_sign(call.xp, turned(vectors)))
    assign(call, 1, values)


def _with_sign(xp: Any, rows: Array) -> Array:
    """Make the largest element of each row positive; the first one of equals."""
    if not rows.shape[-1]:
        return rows
    place = xp.expand_dims(abs(rows).argmax(axis=-1), -1)
    return xp.where(xp.take_along_axis(rows, place, axis=-1) < 0, -rows, rows)


@kernel("reference", "_backward_linalg_syevd")
def syevd_backward(call: Invocation) -> None:
    """Compute U^T (diag(dL) + S) U.

    S is symmetric, S_ij = (Y_ij - Y_ji) / (2 (L_i - L_j)) with Y = dU U^T.
    """
    xp = call.xp
    rows_head, values_head, rows, values = call.inputs
    twist = rows_head @ turned(rows)
    gaps = values[..., :, None] - values[..., None, :]
    # Equal eigenvalues: a twist of 0 stays 0, any other is as good as infinite.
    gaps = xp.maximum(gaps, xp.finfo(gaps.dtype).tiny)
    lower = xp.tril(twist - turned(twist), -1) / (2 * gaps)
    middle = lower + turned(lower)
    place = xp.arange(values.shape[-1])
    middle[..., place, place] = values_head
    assign(call, 0, turned(rows) @ middle @ rows)


@kernel("reference", "_linalg_inverse")
def inverse(call: Invocation) -> None:
    """Compute the inverse."""
    made = checked(call.xp.linalg.inv, call.inputs[0], fault="has no inverse")
    assign(call, 0, made)


@kernel("reference", "_linalg_det")
def det(call: Invocation) -> None:
    """Compute the determinant."""
    assign(call, 0, call.xp.linalg.det(call.inputs[0]))


@kernel("reference", "_linalg_slogdet")
def slogdet(call: Invocation) -> None:
    """Compute sign and logarithm of the determinant."""
    sign, logarithm = call.xp.linalg.slogdet(call.inputs[0])
    assign(call, 0, sign)
    assign(call, 1, logarithm)


@kernel("reference", "_backward_linalg_det")
def det_backward(call: Invocation) -> None:
    """Compute det A G A^-T."""
    head, matrices, value = call.inputs
    _assign_inverse(call, head * value, matrices, value == 0)


@kernel("reference", "_backward_linalg_slogdet")
def slogdet_backward(call: Invocation) -> None:
    """Compute G A^-T."""
    head, matrices, sign = call.inputs
    _assign_inverse(call, head, matrices, sign == 0)


def _assign_inverse(
    call: Invocation, factor: Array, matrices: Array, singular: Array
) -> None:
    """Put factor A^-T into the output, 0 for singular matrices."""
    xp = call.xp
    if not wanted(call, 0):
        return
    stack = matrices.reshape(*singular.shape, *matrices.shape[-2:])
    identity = xp.eye(stack.shape[-1], dtype=stack.dtype)
    regular = xp.where(singular[..., None, None], identity, stack)
    slope = turned(checked(xp.linalg.inv, regular, fault="has no inverse"))
    slope = slope * xp.where(singular, 0, factor)[..., None, None]
    assign(call, 0, slope.reshape(matrices.shape))


@kernel("reference", "_linalg_sumlogdiag")
def sumlogdiag(call: Invocation) -> None:
    """Sum the logarithms of the diagonal."""
    assign(call, 0, call.xp.log(_diagonal(call.xp, call.inputs[0])).sum(axis=-1))


@kernel("reference", "_backward_linalg_sumlogdiag")
def sumlogdiag_backward(call: Invocation) -> None:
    """Put G / A_ii on the diagonal."""
    head, matrices = call.inputs
    slope = call.xp.zeros_like(matrices)
    place = call.xp.arange(matrices.shape[-1])
    inverse = 1 / _diagonal(call.xp, matrices)
    if matrices.ndim > 2:
        head = head[..., None]
    slope[..., place, place] = head * inverse
    assign(call, 0, slope)
