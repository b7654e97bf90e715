"""Diagonals of matrices, and matrices made of their diagonal."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, Attributes, integer
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    normalize_axis,
    unify,
)

_ATTRIBUTES = (
    Attribute("k", integer, 0, "Which diagonal: 0 the main one, above 0 an upper one."),
    Attribute("axis1", integer, 0, "The axis of rows; no effect on a vector."),
    Attribute("axis2", integer, 1, "The axis of columns; no effect on a vector."),
)


def matrix_axes(attributes: Attributes, rank: int) -> tuple[int, int]:
    """Return the axes of rows and columns.

    Raises
    ------
    ShapeError
        They are out of range or the same.
    """
    rows = normalize_axis(attributes.axis1, rank)
    columns = normalize_axis(attributes.axis2, rank)
    if rows == columns:
        raise ShapeError(
            f"axis1 {attributes.axis1} and axis2 {attributes.axis2} are the same"
        )
    return rows, columns


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, output = inputs[0], outputs[0]
    if data is None:
        return inputs, outputs
    if not data:
        raise ShapeError("data must have at least 1 dimension")
    if len(data) == 1:
        return _made(abs(attributes.k), data[0], output)
    axes = matrix_axes(attributes, len(data))
    kept = [i for i in range(len(data)) if i not in axes]
    length = _length(attributes.k, data, *axes)
    output = unify((*(data[i] for i in kept), length), output)
    assert output is not None
    known = dict(zip(kept, output, strict=False))
    return [tuple(known.get(i, d) for i, d in enumerate(data))], [output]


def _made(beside: int, length: int, output: Shape | None) -> Inferred:
    """Infer the matrix around a diagonal."""
    if output is not None and len(output) == 2 and length == UNKNOWN:
        length = max((d - beside for d in output if d != UNKNOWN), default=UNKNOWN)
    side = UNKNOWN if length == UNKNOWN else length + beside
    return [(length,)], [(side, side)]


def _length(k: int, data: Shape, rows: int, columns: int) -> int:
    if UNKNOWN in (data[rows], data[columns]):
        return UNKNOWN
    if not -data[rows] <= k <= data[columns]:
        raise ShapeError(
            f"data {display(data)} has no diagonal {k}: it must be from {-data[rows]}"
            f" to {data[columns]}"
        )
    return min(data[rows] + min(k, 0), data[columns] - max(k, 0))


register(
    Operator(
        name="diag",
        summary="The diagonals of the matrices along two axes, as the last axis;"
        " of a vector, the matrix with that diagonal.",
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        gradient=backward("_backward_diag", "out_grad"),
    )
)
register(
    Operator(
        name="_backward_diag",
        summary="Gradient of diag: the diagonal's put back among zeros.",
        inputs=("out_grad",),
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
    )
)
