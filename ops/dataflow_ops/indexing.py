"""Choosing elements by indices or conditions."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integer,
    positive,
    real,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import (
    FLOAT32,
    DType,
    DTypes,
    element_type,
    from_attribute,
    like_first,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import unify as unify_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import backward, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    fill,
    given,
    normalize_axis,
    size,
    unify,
)

_INT32: DType = np.dtype(np.int32)


def _moved_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    """Count what is read and written, whatever the size of the table."""
    return OperatorCost(0.0, 2.0 * sum(map(size, outputs)))


# Embedding

_EMBEDDING = (
    Attribute("input_dim", positive, doc="Number of rows of the table."),
    Attribute("output_dim", positive, doc="Length of each row."),
    Attribute("dtype", element_type, FLOAT32, "Element type of weight if not known."),
    Attribute("sparse_grad", boolean, False, "Sparse gradient in MXNet; no effect."),
)


def _embedding_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, output = inputs[0], outputs[0]
    width = attributes.output_dim
    if data is None and output is not None:
        data = output[:-1]
    told = output if data is None else (*data, width)
    return [data, (attributes.input_dim, width)], [told]


def _embedding_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify_dtypes(inputs[1], outputs[0]) or attributes.dtype
    return [inputs[0], dtype], [dtype]


register(
    Operator(
        name="Embedding",
        summary="Rows of a table: output[..., :] = weight[data[...], :].",
        inputs=("data", "weight"),
        attributes=_EMBEDDING,
        shapes=_embedding_shapes,
        dtypes=_embedding_dtypes,
        cost=_moved_cost,
        gradient=backward("_backward_Embedding", "out_grad", "data", of=(1,)),
    )
)


def _table_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    return inputs, [(attributes.input_dim, attributes.output_dim)]


register(
    Operator(
        name="_backward_Embedding",
        summary="Gradient of Embedding by weight: rows of the gradient, added up.",
        inputs=("out_grad", "data"),
        outputs=("weight",),
        attributes=_EMBEDDING,
        shapes=_table_shapes,
        dtypes=like_first,
        gradient=backward("Embedding", "data", "out_grad"),
    )
)


# Along an axis

_TAKE = (
    Attribute("axis", integer, 0, "Axis of a that the indices count along."),
    Attribute(
        "mode",
        choice("clip", "wrap", "raise"),
        "clip",
        "Indices out of range: the nearest element, count on from the other end, or"
        " an error.",
    ),
)


def _take_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    array, indices = inputs
    if array is None:
        return inputs, outputs
    if not array:
        raise ShapeError("a must have at least 1 dimension")
    axis = normalize_axis(attributes.axis, len(array))
    if indices is None:
        return inputs, outputs
    output = unify((*array[:axis], *indices, *array[axis + 1 :]), outputs[0])
    assert output is not None
    after = axis + len(indices)
    array = (*output[:axis], array[axis], *output[after:])
    return [array, output[axis:after]], [output]


register(
    Operator(
        name="take",
        summary="Elements of a at indices along an axis.",
        inputs=("a", "indices"),
        attributes=_TAKE,
        shapes=_take_shapes,
        dtypes=like_first,
        cost=_moved_cost,
        gradient=backward("_backward_take", "out_grad", "indices"),
    )
)

register(
    Operator(
        name="_backward_take",
        summary="Gradient of take by a: elements of the gradient, added up.",
        inputs=("out_grad", "indices"),
        outputs=("a",),
        attributes=_TAKE,
        shapes=given,
        dtypes=given_dtypes,
        gradient=backward("take", "out_grad", "indices"),
    )
)

_PICK = (
    Attribute("axis", integer, -1, "Axis of data that index counts along."),
    Attribute("keepdims", boolean, False, "Keep that axis, with length 1."),
    Attribute(
        "mode",
        choice("clip", "wrap"),
        "clip",
        "Indices out of range: the nearest element, or count on from the other end.",
    ),
)


def _pick_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, index = inputs
    if data is None:
        return inputs, outputs
    axis = normalize_axis(attributes.axis, len(data))
    short = data[:axis] + data[axis + 1 :]
    kept = (*data[:axis], 1, *data[axis + 1 :])
    try:
        # MXNet takes an index with the picked axis, of length 1, as well.
        index = unify(index, kept if index and len(index) == len(data) else short)
    except ShapeError:
        raise ShapeError(
            f"index {display(index)} does not fit data {display(data)}: expected"
            f" {display(short)}"
        ) from None
    if index is not None and len(short) == len(index):
        data = fill(data, (*index[:axis], UNKNOWN, *index[axis:]))
    return [data, index], [kept if attributes.keepdims else short or (1,)]


register(
    Operator(
        name="pick",
        aliases=("choose_element_0index",),
        summary="One element of data for each index along an axis.",
        inputs=("data", "index"),
        attributes=_PICK,
        shapes=_pick_shapes,
        dtypes=like_first,
        cost=_moved_cost,
        gradient=backward("_backward_pick", "out_grad", "index"),
    )
)

register(
    Operator(
        name="_backward_pick",
        summary="Gradient of pick by data: the gradient where it was picked, else 0.",
        inputs=("out_grad", "index"),
        outputs=("data",),
        attributes=_PICK,
        shapes=given,
        dtypes=given_dtypes,
        gradient=backward("pick", "out_grad", "index"),
    )
)


def _batch_take_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, indices = inputs[0], unify(inputs[1], outputs[0])
    if data is None:
        return [data, indices], [indices]
    if len(data) < 2:
        raise ShapeError(f"a {display(data)} must have at least 2 dimensions")
    try:
        indices = unify(indices, data[:-1])
    except ShapeError:
        raise ShapeError(
            f"indices {display(indices)} do not fit a {display(data)}: expected"
            f" {display(data[:-1])}"
        ) from None
    assert indices is not None
    return [(*indices, data[-1]), indices], [indices]


def _batch_take_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify_dtypes(inputs[0], outputs[0])
    return [dtype, _INT32 if inputs[1] is None else inputs[1]], [dtype]


register(
    Operator(
        name="batch_take",
        summary="One element of each row: output[i] = a[i, indices[i]]; of indices out"
        " of range the nearest. pick is the newer form.",
        inputs=("a", "indices"),
        shapes=_batch_take_shapes,
        dtypes=_batch_take_dtypes,
        cost=_moved_cost,
        gradient=backward("_backward_pick", "out_grad", "indices"),
    )
)


def _length(value: Any) -> int:
    number = integer(value)
    if number < 0:
        raise ValueError("expected an integer from 0 on")
    return number


def _one_hot_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    indices, output = inputs[0], outputs[0]
    if indices is None and output is not None:
        indices = output[:-1]
    return [indices], [None if indices is None else (*indices, attributes.depth)]


register(
    Operator(
        name="one_hot",
        summary="on_value at each index along a new last axis, off_value elsewhere.",
        inputs=("indices",),
        attributes=(
            Attribute("depth", _length, doc="Length of the new axis."),
            Attribute("on_value", real, 1.0, "Value at the index."),
            Attribute("off_value", real, 0.0, "Value elsewhere."),
            Attribute("dtype", element_type, FLOAT32, "Element type of the output."),
        ),
        shapes=_one_hot_shapes,
        dtypes=from_attribute,
        gradient=no_gradient,
    )
)


# By a condition


def _where_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    condition = inputs[0]
    shape: Shape | None = None
    for known in (*inputs[1:], outputs[0]):
        shape = unify(shape, known)
    if condition is not None and shape is not None:
        if len(condition) == 1:
            return _where_rows(condition, shape)
        try:
            shape = unify(condition, shape)
        except ShapeError:
            raise ShapeError(
                f"condition {display(condition)} must have the shape of x and y,"
                f" {display(shape)}, or one element for each of their rows"
            ) from None
        condition = shape
    return [condition, shape, shape], [shape]


def _where_rows(condition: Shape, shape: Shape) -> Inferred:
    if UNKNOWN not in (condition[0], shape[0]) and condition[0] != shape[0]:
        raise ShapeError(
            f"condition {display(condition)} has no element for each row of x and y,"
            f" {display(shape)}"
        )
    rows = max(condition[0], shape[0])  # UNKNOWN is below any length
    shape = (rows, *shape[1:])
    return [(rows,), shape, shape], [shape]


def _where_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify_dtypes(unify_dtypes(inputs[1], inputs[2]), outputs[0])
    return [inputs[0], dtype, dtype], [dtype]


register(
    Operator(
        name="where",
        summary="x where condition is not 0, else y.",
        inputs=("condition", "x", "y"),
        shapes=_where_shapes,
        dtypes=_where_dtypes,
        inplace=((2, 0),),
        gradient=backward("_backward_where", "out_grad", "condition", of=(1, 2)),
    )
)


def _like_gradient(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    return inputs, [inputs[0], inputs[0]]


register(
    Operator(
        name="_backward_where",
        summary="Gradients of where by x and y: the gradient where each was taken.",
        inputs=("out_grad", "condition"),
        outputs=("x", "y"),
        shapes=_like_gradient,
        dtypes=like_first,
        gradient=backward("where", "condition", "out_grad", "out_grad1"),
    )
)
