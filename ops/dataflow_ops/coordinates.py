"""Elements at coordinates, one row of an index array for each axis.

Indices are an array (axes, ...): the first `M` axes of an array are indexed by its M
rows, and the axes after them are taken whole. Negative indices count from the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow_ops.attributes import Attribute, Attributes, integers
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import DTypes, like_first, unify
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    size,
)
from dataflow_ops.shapes import unify as unify_shapes


def _moved_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    """Count what is read and written, whatever the size of the whole."""
    return OperatorCost(0.0, 2.0 * sum(map(size, outputs)))


def _count(indices: Shape, whole: Shape) -> int:
    """Return how many axes of `whole` are indexed."""
    if len(indices) < 2:
        raise ShapeError(
            f"indices {display(indices)} must have at least 2 dimensions: a row of"
            " indices for each axis"
        )
    count = indices[0]
    if count == 0 or count > len(whole):
        raise ShapeError(
            f"indices {display(indices)} must have 1 to {len(whole)} rows, for the axes"
            f" of {display(whole)}"
        )
    return count


def _joined(indices: Shape, whole: Shape, part: Shape | None) -> tuple[Shape, ...]:
    """Join what is known of indices, the whole array and the part at the indices."""
    count, inner = _count(indices, whole), len(indices) - 1
    joined = unify_shapes((*indices[1:], *whole[count:]), part)
    assert joined is not None
    return (
        (count, *joined[:inner]),
        (*whole[:count], *joined[inner:]),
        joined,
    )


def _gather_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, indices = inputs
    if data is None or indices is None or indices[:1] == (UNKNOWN,):
        return inputs, outputs
    indices, data, output = _joined(indices, data, outputs[0])
    return [data, indices], [output]


register(
    Operator(
        name="gather_nd",
        summary="Elements, or slices, of data at coordinates: output[y, x] ="
        " data[indices[0, y], ..., indices[M - 1, y], x].",
        inputs=("data", "indices"),
        shapes=_gather_shapes,
        dtypes=like_first,
        cost=_moved_cost,
        gradient=backward("_backward_gather_nd", "out_grad", "indices"),
    )
)
register(
    Operator(
        name="_backward_gather_nd",
        summary="Gradient of gather_nd by data: elements of the gradient, added up.",
        inputs=("out_grad", "indices"),
        outputs=("data",),
        shapes=given,
        dtypes=given_dtypes,
    )
)


def _lengths(value: Any) -> Shape:
    lengths = integers(value)
    if any(length < 0 for length in lengths):
        raise ValueError("expected integers from 0 on")
    return lengths


_WHOLE = Attribute("shape", _lengths, doc="Shape of the output.")


def _scatter_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    part, indices = inputs[-2:]
    if indices is not None and indices[:1] != (UNKNOWN,):
        indices, _, part = _joined(indices, attributes.shape, part)
    whole = [attributes.shape] * (len(inputs) - 2)
    return [*whole, part, indices], [attributes.shape]


def _gathered(call: Call) -> Sequence[Entry | None]:
    return [*call.make("gather_nd", call.out_grad(), call.input("indices")), None]


register(
    Operator(
        name="scatter_nd",
        summary="data put at coordinates, and zeros elsewhere: output[indices[0, y],"
        " ..., indices[M - 1, y], x] = data[y, x].",
        inputs=("data", "indices"),
        attributes=(_WHOLE,),
        shapes=_scatter_shapes,
        dtypes=like_first,
        gradient=_gathered,
    )
)


def _set_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify(unify(inputs[0], inputs[1]), outputs[0])
    return [dtype, dtype, inputs[2]], [dtype]


def _set_gradient(call: Call) -> Sequence[Entry | None]:
    grad, indices = call.out_grad(), call.input("indices")
    part = call.make("gather_nd", grad, indices)
    zeros = call.make("zeros_like", *part)
    kept = call.make("_scatter_set_nd", grad, *zeros, indices, **call.attributes)
    return [*kept, *part, None]


register(
    Operator(
        name="_scatter_set_nd",
        summary="lhs with rhs put at coordinates, as scatter_nd does.",
        inputs=("lhs", "rhs", "indices"),
        attributes=(_WHOLE,),
        shapes=_scatter_shapes,
        dtypes=_set_dtypes,
        inplace=((0, 0),),
        gradient=_set_gradient,
    )
)


# Numbers of elements


def _ravel_shape(value: Any) -> Shape:
    lengths = integers(value)
    if not lengths or any(length < 1 for length in lengths[1:]):
        raise ValueError("expected integers above 0; the first may be -1")
    return lengths


_SHAPE = Attribute(
    "shape",
    _ravel_shape,
    doc="Shape of the array; its first dimension may be -1, it has no effect.",
)


def _ravel_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, output = inputs[0], outputs[0]
    rank = len(attributes.shape)
    if data is None:
        return [None if output is None else (rank, *output)], outputs
    if len(data) < 2 or data[0] not in (UNKNOWN, rank):
        raise ShapeError(
            f"data {display(data)} must have at least 2 dimensions, and a row for each"
            f" of the {rank} axes of shape {attributes.shape}"
        )
    output = unify_shapes(data[1:], output)
    assert output is not None
    return [(rank, *output)], [output]


register(
    Operator(
        name="_ravel_multi_index",
        aliases=("ravel_multi_index",),
        summary="Numbers of the elements at coordinates, counted row by row.",
        attributes=(_SHAPE,),
        shapes=_ravel_shapes,
        gradient=no_gradient,
    )
)


def _unravel_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, output = inputs[0], outputs[0]
    data = unify_shapes(data, None if output is None else output[1:])
    return [data], [None if data is None else (len(attributes.shape), *data)]


register(
    Operator(
        name="_unravel_index",
        aliases=("unravel_index",),
        summary="Coordinates, a row for each axis, of elements numbered row by row.",
        attributes=(_SHAPE,),
        shapes=_unravel_shapes,
        gradient=no_gradient,
    )
)
