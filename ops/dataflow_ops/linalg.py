"""Matrix products: over one axis, of two batches, and column by column."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    optional,
    positive,
)
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.matrices import factors, single_or_double, stacks
from dataflow_ops.registry import Operator, register
from dataflow_ops.second_order import bilinear, needed_shapes
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    size,
    unify,
)

_SIDES = ("lhs", "rhs")
_ATTRIBUTES = (
    Attribute("transpose_a", boolean, False, "Contract the other end of lhs."),
    Attribute("transpose_b", boolean, False, "Contract the other end of rhs."),
    Attribute(
        "forward_stype",
        optional(choice("default", "csr", "row_sparse")),
        None,
        "Storage type of the output in MXNet; no effect.",
    ),
)


def split_axes(
    attributes: Attributes, lhs: Shape, rhs: Shape
) -> tuple[Shape, int, int, Shape]:
    """Split two shapes into (rest of lhs, contracted, contracted, rest of rhs)."""
    first, last = attributes.transpose_a, attributes.transpose_b
    rows, inner = (lhs[1:], lhs[0]) if first else (lhs[:-1], lhs[-1])
    columns, depth = (rhs[:-1], rhs[-1]) if last else (rhs[1:], rhs[0])
    return rows, inner, depth, columns


def _rejoined(
    attributes: Attributes, lhs: Shape, rhs: Shape, inner: int
) -> list[Shape]:
    first, last = attributes.transpose_a, attributes.transpose_b
    return [
        (inner, *lhs[1:]) if first else (*lhs[:-1], inner),
        (*rhs[:-1], inner) if last else (inner, *rhs[1:]),
    ]


def _contracted(left: int, right: int, lhs: Shape, rhs: Shape) -> int:
    if UNKNOWN not in (left, right) and left != right:
        raise ShapeError(
            f"lhs {display(lhs)} and rhs {display(rhs)} cannot be multiplied:"
            f" contracted lengths {left} and {right} differ"
        )
    return max(left, right)  # UNKNOWN is below any length


def _dot_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    lhs, rhs = inputs
    for name, shape in zip(_SIDES, inputs, strict=True):
        if shape == ():
            raise ShapeError(f"{name} must have at least 1 dimension")
    if lhs is None or rhs is None:
        return inputs, outputs
    rows, left, right, columns = split_axes(attributes, lhs, rhs)
    inner = _contracted(left, right, lhs, rhs)
    known = _rejoined(attributes, lhs, rhs, inner)
    output = unify((*rows, *columns) or (1,), outputs[0])
    if not rows and not columns:
        return known, [output]
    assert output is not None
    middle = len(rows)
    known = [
        _with_rest(known[0], output[:middle], attributes.transpose_a),
        _with_rest(known[1], output[middle:], not attributes.transpose_b),
    ]
    return known, [output]


def _with_rest(shape: Shape, rest: Shape, inner_first: bool) -> Shape:
    return (shape[0], *rest) if inner_first else (*rest, shape[-1])


def _dot_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    inner = split_axes(attributes, *inputs[-2:])[1]
    moved = elements_moved(inputs, outputs)
    product = size(outputs[0]) if len(inputs) == 2 else size(inputs[0])
    return OperatorCost(2.0 * inner * product * len(outputs), moved)


register(
    Operator(
        name="dot",
        summary="Product over the last axis of lhs and the first of rhs.",
        inputs=_SIDES,
        attributes=_ATTRIBUTES,
        shapes=_dot_shapes,
        cost=_dot_cost,
        gradient=backward("_backward_dot", "out_grad", *_SIDES, of=(0, 1)),
    )
)

register(
    Operator(
        name="_backward_dot",
        summary="Gradients of dot by both sides.",
        inputs=("out_grad", *_SIDES),
        outputs=_SIDES,
        attributes=_ATTRIBUTES,
        shapes=needed_shapes,
        cost=_dot_cost,
        gradient=bilinear("dot", "_backward_dot"),
    )
)


def _batch_pattern(attributes: Attributes) -> str:
    return f"{factors(attributes, *_SIDES)} output:mn"


def _batch_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    for name, shape in zip(_SIDES, inputs, strict=True):
        if shape is not None and len(shape) < 3:
            raise ShapeError(f"{name} {display(shape)} must have at least 3 dimensions")
    return stacks(_batch_pattern)(attributes, inputs, outputs)


def _batch_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    inner = split_axes(attributes, inputs[0][-2:], inputs[1][-2:])[1]
    moved = sum(map(size, inputs)) + size(outputs[0])
    return OperatorCost(2.0 * inner * size(outputs[0]), moved)


def _batch_gradient(call: Call) -> list[Entry]:
    """Write both gradients as products: of G with rhs, and of lhs with G."""
    lhs, rhs = call.inputs
    grad, a, b = (
        call.out_grad(),
        call.attributes.transpose_a,
        call.attributes.transpose_b,
    )

    def product(x: Entry, y: Entry, flip_x: bool, flip_y: bool) -> Entry:
        return call.make("batch_dot", x, y, transpose_a=flip_x, transpose_b=flip_y)[0]

    return [
        product(rhs, grad, b, True) if a else product(grad, rhs, False, not b),
        product(grad, lhs, True, a) if b else product(lhs, grad, not a, False),
    ]


register(
    Operator(
        name="batch_dot",
        summary="Matrix product of each pair of matrices in two batches.",
        inputs=_SIDES,
        attributes=_ATTRIBUTES,
        shapes=_batch_shapes,
        cost=_batch_cost,
        gradient=_batch_gradient,
    )
)


# Column by column

_COUNT = (Attribute("num_args", positive, doc="Number of inputs."),)


def _numbered(attributes: Attributes) -> tuple[str, ...]:
    return tuple(f"arg{i}" for i in range(attributes.num_args))


def _khatri_rao_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    columns = UNKNOWN
    rows = []
    names = (*_numbered(attributes), "output")
    for name, shape in zip(names, (*inputs, *outputs), strict=True):
        height, width = _matrix(name, shape)
        if UNKNOWN not in (columns, width) and columns != width:
            raise ShapeError(
                f"{name} {display(shape)} should have {columns} columns, as many as"
                " those before it"
            )
        columns = max(columns, width)
        rows.append(height)
    *heights, product = rows
    if UNKNOWN not in heights:
        product = size(tuple(heights))
    return [(n, columns) for n in heights], [(product, columns)]


def _matrix(name: str, shape: Shape | None) -> tuple[int, int]:
    if shape is None:
        return UNKNOWN, UNKNOWN
    if len(shape) != 2:
        raise ShapeError(f"{name} {display(shape)} should be a matrix")
    return shape[0], shape[1]


def _khatri_rao_gradient(call: Call) -> Sequence[Entry]:
    inputs = (call.out_grad(), *call.inputs)
    return call.make("_backward_khatri_rao", *inputs, **call.attributes)


register(
    Operator(
        name="khatri_rao",
        summary="Khatri-Rao product: column k is the Kronecker product of the k-th "
        "columns of all inputs.",
        inputs=_numbered,
        variadic="num_args",
        attributes=_COUNT,
        shapes=_khatri_rao_shapes,
        dtypes=single_or_double,
        gradient=_khatri_rao_gradient,
    )
)

register(
    Operator(
        name="_backward_khatri_rao",
        summary="Gradients of khatri_rao by each of its inputs.",
        inputs=lambda attributes: ("out_grad", *_numbered(attributes)),
        outputs=_numbered,
        attributes=_COUNT,
        shapes=given,
        dtypes=given_dtypes,
    )
)
