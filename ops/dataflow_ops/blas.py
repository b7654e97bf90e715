"""Products of stacked matrices, under the names that BLAS gives them."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, boolean, integer, real
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.matrices import factors, single_or_double, stacks
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Shape, given, size

_ALPHA = Attribute("alpha", real, 1.0, "Factor of the result.")

# General matrices

_FLIPS = (
    Attribute("transpose_a", boolean, False, "Transpose the matrices of A."),
    Attribute("transpose_b", boolean, False, "Transpose the matrices of B."),
)
_AXIS = Attribute("axis", integer, -2, "Axis of the rows; the last has the columns.")
_GEMM = (
    *_FLIPS,
    Attribute("alpha", real, 1.0, "Factor of the product."),
    Attribute("beta", real, 1.0, "Factor of C; with 0, C does not count at all."),
    _AXIS,
)
_GEMM2 = (*_FLIPS, _ALPHA, _AXIS)


def _gemm_pattern(attributes: Attributes) -> str:
    return f"{factors(attributes, 'A', 'B')} C:mn output:mn"


def _gemm2_pattern(attributes: Attributes) -> str:
    return f"{factors(attributes, 'A', 'B')} output:mn"


def _gemm_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    inner = inputs[0][attributes.axis if attributes.transpose_a else -1]
    flops = 2.0 * inner * size(outputs[0])
    return OperatorCost(flops, elements_moved(inputs, outputs))


def _factor_gradients(call: Call) -> list[Entry]:
    """Write both gradients as products: of G with B, and of A with G."""
    left, right = call.inputs[:2]
    head = call.out_grad()
    a, b = call.attributes.transpose_a, call.attributes.transpose_b
    scale = {name: call.attributes[name] for name in ("alpha", "axis")}

    def product(x: Entry, y: Entry, flip_x: bool, flip_y: bool) -> Entry:
        flips = {"transpose_a": flip_x, "transpose_b": flip_y}
        return call.make("_linalg_gemm2", x, y, **flips, **scale)[0]

    return [
        product(right, head, b, True) if a else product(head, right, False, not b),
        product(head, left, True, a) if b else product(left, head, not a, False),
    ]


def _gemm_gradient(call: Call) -> list[Entry]:
    scaled = call.make("_mul_scalar", call.out_grad(), scalar=call.attributes.beta)
    return [*_factor_gradients(call), scaled[0]]


register(
    Operator(
        name="_linalg_gemm",
        aliases=("linalg_gemm",),
        summary="alpha op(A) op(B) + beta C; op transposes or leaves alone.",
        inputs=("A", "B", "C"),
        attributes=_GEMM,
        shapes=stacks(_gemm_pattern),
        dtypes=single_or_double,
        cost=_gemm_cost,
        gradient=_gemm_gradient,
    )
)

register(
    Operator(
        name="_linalg_gemm2",
        aliases=("linalg_gemm2",),
        summary="alpha op(A) op(B); op transposes or leaves alone.",
        inputs=("A", "B"),
        attributes=_GEMM2,
        shapes=stacks(_gemm2_pattern),
        dtypes=single_or_double,
        cost=_gemm_cost,
        gradient=_factor_gradients,
    )
)

# A matrix and itself


def _syrk_pattern(attributes: Attributes) -> str:
    return "A:km output:mm" if attributes.transpose else "A:mk output:mm"


def _syrk_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    inner = inputs[0][-2 if attributes.transpose else -1]
    flops = 2.0 * inner * size(outputs[0])
    return OperatorCost(flops, elements_moved(inputs, outputs))


def _syrk_gradient(call: Call) -> Sequence[Entry]:
    """Return alpha (G + G^T) A, or alpha A (G + G^T), as two products."""
    (matrix,), head = call.inputs, call.out_grad()
    alpha = call.attributes.alpha
    if call.attributes.transpose:
        pair, flip = (matrix, head), {"transpose_b": True}
    else:
        pair, flip = (head, matrix), {"transpose_a": True}
    half = call.make("_linalg_gemm2", *pair, alpha=alpha, **flip)
    return call.make("_linalg_gemm", *pair, half[0], alpha=alpha)


register(
    Operator(
        name="_linalg_syrk",
        aliases=("linalg_syrk",),
        summary="alpha A A^T, or alpha A^T A.",
        inputs=("A",),
        attributes=(
            Attribute("transpose", boolean, False, "A^T A instead of A A^T."),
            _ALPHA,
        ),
        shapes=stacks(_syrk_pattern),
        dtypes=single_or_double,
        cost=_syrk_cost,
        gradient=_syrk_gradient,
    )
)

# Triangular matrices

_TRIANGULAR = (
    Attribute("transpose", boolean, False, "Transpose the triangular matrices."),
    Attribute("rightside", boolean, False, "They stand to the right of the others."),
    Attribute("lower", boolean, True, "Which triangle of A counts."),
    _ALPHA,
)


def _triangular_pattern(attributes: Attributes) -> str:
    square = "nn" if attributes.rightside else "mm"
    return f"A:{square} B:mn output:mn"


def _triangular_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = 1.0 * size(outputs[0]) * inputs[0][-1]
    return OperatorCost(flops, elements_moved(inputs, outputs))


def _triangular_backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    flops = 3.0 * size(inputs[0]) * outputs[0][-1]
    return OperatorCost(flops, elements_moved(inputs, outputs))


for _name, _summary, _needs in (
    ("trmm", "alpha op(A) B, or alpha B op(A) on the right side", ("A", "B")),
    ("trsm", "X of op(A) X = alpha B, or of X op(A) = alpha B", ("A", "output")),
):
    register(
        Operator(
            name=f"_linalg_{_name}",
            aliases=(f"linalg_{_name}",),
            summary=f"{_summary}; A is triangular, op transposes or leaves alone.",
            inputs=("A", "B"),
            attributes=_TRIANGULAR,
            shapes=stacks(_triangular_pattern),
            dtypes=single_or_double,
            cost=_triangular_cost,
            gradient=backward(
                f"_backward_linalg_{_name}", "out_grad", *_needs, of=(0, 1)
            ),
        )
    )
    register(
        Operator(
            name=f"_backward_linalg_{_name}",
            summary=f"Gradients of {_name} by A, in its triangle, and B.",
            inputs=("out_grad", *_needs),
            outputs=("A", "B"),
            attributes=_TRIANGULAR,
            shapes=given,
            dtypes=given_dtypes,
            cost=_triangular_backward_cost,
        )
    )
