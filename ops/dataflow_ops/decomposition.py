"""Factors, inverses and determinants of stacked matrices.

The gradients are those of Giles, "Collected matrix derivative results for forward and
reverse mode algorithmic differentiation" (2008), and Seeger et al., "Auto-
differentiating linear algebra" (2017).
"""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, boolean
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.matrices import (
    cubic_cost,
    number_per_matrix,
    single_or_double,
    stacks,
)
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, ShapeRule, Shapes, display, given


def _register(
    name: str,
    summary: str,
    shapes: ShapeRule,
    flops: float,
    needs: Sequence[str],
    attributes: tuple[Attribute, ...] = (),
    outputs: tuple[str, ...] = ("output",),
) -> None:
    """Register an operator on one stack, A, and its backward operator.

    `flops` counts operations for each product of rows, rows and columns.
    """
    register(
        Operator(
            name=f"_linalg_{name}",
            aliases=(f"linalg_{name}",),
            summary=summary,
            inputs=("A",),
            outputs=outputs,
            attributes=attributes,
            shapes=shapes,
            dtypes=single_or_double,
            cost=cubic_cost(flops),
            gradient=backward(f"_backward_linalg_{name}", *needs),
        )
    )
    register(
        Operator(
            name=f"_backward_linalg_{name}",
            summary=f"Gradient of {name}.",
            inputs=tuple(needs),
            outputs=("A",),
            attributes=attributes,
            shapes=given,
            dtypes=given_dtypes,
            cost=cubic_cost(2 * flops),
        )
    )


# Cholesky factors

_LOWER = (
    Attribute("lower", boolean, True, "Whether the factor is a lower or upper one."),
)
_SQUARE = stacks("A:nn output:nn")

_register(
    "potrf",
    "Cholesky factor of a symmetric positive definite matrix: the triangle L of "
    "A = L L^T, or U of A = U^T U. Only that triangle of A is read; the gradient is "
    "symmetric.",
    _SQUARE,
    1 / 3,
    ("out_grad", "output"),
    _LOWER,
)
_register(
    "potri",
    "Inverse of a matrix whose Cholesky factor is A: (A A^T)^-1 of a lower triangle, "
    "(A^T A)^-1 of an upper one.",
    _SQUARE,
    2,
    ("out_grad", "A", "output"),
    _LOWER,
)

# Orthogonal factors


def _gelqf_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    told, (rows, factor) = stacks("A:mn output0:mn output1:mm")(
        attributes, inputs, outputs
    )
    if rows is not None and UNKNOWN not in rows[-2:] and rows[-2] > rows[-1]:
        raise ShapeError(f"A {display(rows)} should not have more rows than columns")
    return told, [rows, factor]


_register(
    "gelqf",
    "A = L Q: outputs Q, whose rows are orthonormal, and the lower triangle L. A has "
    "full rank, and not more rows than columns.",
    _gelqf_shapes,
    4,
    ("out_grad", "out_grad1", "output0", "output1"),
    outputs=("output0", "output1"),
)
_register(
    "syevd",
    "U A = diag(L) U for symmetric A: outputs U, whose rows are the eigenvectors, each "
    "with its largest element positive, and the eigenvalues L, in ascending order. "
    "Only the lower triangle of A is read; the gradient is symmetric, and infinite "
    "where eigenvalues are equal (unless the loss depends on eigenvalues alone).",
    stacks("A:nn output0:nn output1:n"),
    9,
    ("out_grad", "out_grad1", "output0", "output1"),
    outputs=("output0", "output1"),
)

# Inverses and determinants


def _inverse_gradient(call: Call) -> Sequence[Entry]:
    """Return -Y^T G Y^T with Y the inverse."""
    inverse = call.output("output")
    half = call.make(
        "_linalg_gemm2", inverse, call.out_grad(), transpose_a=True, alpha=-1.0
    )
    return call.make("_linalg_gemm2", half[0], inverse, transpose_b=True)


register(
    Operator(
        name="_linalg_inverse",
        aliases=("linalg_inverse",),
        summary="Inverse of a square matrix.",
        inputs=("A",),
        shapes=_SQUARE,
        dtypes=single_or_double,
        cost=cubic_cost(2),
        gradient=_inverse_gradient,
    )
)

_register(
    "det",
    "Determinant of a square matrix; its gradient is taken as 0 where it is 0.",
    number_per_matrix,
    2 / 3,
    ("out_grad", "A", "output0"),
    outputs=("output0",),
)
_register(
    "slogdet",
    "sign(det A) and ln |det A|; the gradient is taken as 0 where the determinant is "
    "0, and none flows through the sign.",
    number_per_matrix,
    2 / 3,
    ("out_grad1", "A", "output0"),
    outputs=("output0", "output1"),
)
_register(
    "sumlogdiag",
    "Sum of the logarithms of the diagonal: sum_i ln A_ii.",
    number_per_matrix,
    0,
    ("out_grad", "A"),
)
