"""Elements in order: sorting, the largest ones, and a random order.

Equal elements stay in the order in which they were, both ways. NaN counts as larger
than all numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Any

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integer,
    optional,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import FLOAT32, DType, DTypes, element_type, like_first, unify
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    normalize_axis,
    size,
)
from dataflow_ops.shapes import unify as unify_shapes

INDEX: DType = np.dtype(np.int64)  # of indices that only gradients read

_index_type = choice("uint8", "int32", "int64", "float16", "float32", "float64")


def _indices(value: Any) -> DType:
    return element_type(_index_type(str(element_type(value))))


_AXIS = Attribute(
    "axis", optional(integer), -1, "Axis to sort along; the flattened array if None."
)
_INDEX_TYPE = Attribute("dtype", _indices, FLOAT32, "Element type of indices.")


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    """Count comparisons."""
    count = size(inputs[0])
    axis = attributes.axis
    length = max(count if axis is None else inputs[0][axis], 2)
    return OperatorCost(count * log2(length), count + sum(map(size, outputs)))


def _length(attributes: Attributes, data: Shape) -> int:
    """Count the elements that are sorted among each other."""
    if attributes.axis is not None:
        return data[normalize_axis(attributes.axis, len(data))]
    return UNKNOWN if UNKNOWN in data else size(data)


def _sorted_shape(attributes: Attributes, data: Shape, length: int) -> Shape:
    """Shape of an output with `length` elements where data has all of them."""
    if attributes.axis is None:
        return (length,)
    axis = normalize_axis(attributes.axis, len(data))
    return (*data[:axis], length, *data[axis + 1 :])


def _completed(attributes: Attributes, data: Shape, output: Shape | None) -> Shape:
    """Fill unknown dimensions of data, those not sorted along, from an output."""
    if output is None or attributes.axis is None:
        return data
    axis = normalize_axis(attributes.axis, len(data))
    others = (*output[:axis], UNKNOWN, *output[axis + 1 :])
    return unify_shapes(data, others) or data


# All of them


def _sort_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    if attributes.axis is None:
        data = inputs[0]
        told = None if data is None else (_length(attributes, data),)
        return inputs, [told] * len(outputs)
    shape: Shape | None = None
    for known in (*inputs, *outputs):
        shape = unify_shapes(shape, known)
    if shape is not None:
        normalize_axis(attributes.axis, len(shape))
    return [shape], [shape] * len(outputs)


def _argsort_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    told = _sort_shapes(attributes, inputs, outputs)
    if inputs[0] is not None:
        check_indices(_length(attributes, inputs[0]), attributes.dtype)
    return told


def check_indices(count: int, dtype: DType) -> None:
    """Raise ShapeError where a type cannot hold all indices below `count`."""
    bits = np.finfo(dtype).nmant + 1 if dtype.kind == "f" else 8 * dtype.itemsize
    if count > 2 ** (bits - (dtype.kind == "i")):
        raise ShapeError(
            f"dtype {dtype} cannot hold all indices below {count}; int64 can"
        )


def _with_indices(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = unify(inputs[0], outputs[0])
    return [dtype], [dtype, INDEX]


def _only_indices(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [attributes.dtype]


def _first_only(attributes: Attributes) -> int:
    return 1


def _put_back(call: Call) -> Sequence[Entry]:
    indices = call.output("output1")
    axis = {"axis": call.attributes.axis}
    return call.make("_backward_topk", call.out_grad(), indices, **axis)


register(
    Operator(
        name="sort",
        summary="data in order along an axis.",
        outputs=("output0", "output1"),
        visible=_first_only,
        attributes=(
            _AXIS,
            Attribute("is_ascend", boolean, True, "The smallest first."),
        ),
        shapes=_sort_shapes,
        dtypes=_with_indices,
        cost=_cost,
        gradient=_put_back,
    )
)
register(
    Operator(
        name="argsort",
        summary="Indices that put data in order along an axis.",
        attributes=(
            _AXIS,
            Attribute("is_ascend", boolean, True, "The smallest first."),
            _INDEX_TYPE,
        ),
        shapes=_argsort_shapes,
        dtypes=_only_indices,
        cost=_cost,
        gradient=no_gradient,
    )
)


# The first ones


def _topk_outputs(attributes: Attributes) -> tuple[str, ...]:
    if attributes.ret_typ in ("value", "both"):
        return ("output0", "output1")
    return ("output",)


def _topk_visible(attributes: Attributes) -> int:
    return 2 if attributes.ret_typ == "both" else 1


def _topk_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = inputs[0]
    if attributes.ret_typ == "mask":
        data = unify_shapes(data, outputs[0])
    if data is None:
        return inputs, outputs
    length, count = _length(attributes, data), attributes.k
    if length != UNKNOWN and count > length:
        raise ShapeError(
            f"k {count} is more than the {length} elements of data {display(data)}"
            + ("" if attributes.axis is None else f" along axis {attributes.axis}")
        )
    if attributes.ret_typ in ("indices", "both"):
        check_indices(length, attributes.dtype)
    if attributes.ret_typ == "mask":
        return [data], [data]
    for output in outputs:
        data = _completed(attributes, data, output)
    told = _sorted_shape(attributes, data, count if count > 0 else length)
    return [data], [told] * len(outputs)


def _topk_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    if attributes.ret_typ == "indices":
        return _only_indices(attributes, inputs, outputs)
    if attributes.ret_typ == "mask":
        return like_first(attributes, inputs, outputs)
    told = _with_indices(attributes, inputs, outputs)
    if attributes.ret_typ == "both":
        return told[0], [told[1][0], attributes.dtype]
    return told


def _topk_gradient(call: Call) -> Sequence[Entry | None]:
    if call.attributes.ret_typ in ("value", "both"):
        return _put_back(call)
    return no_gradient(call)


register(
    Operator(
        name="topk",
        summary="The k largest elements along an axis, in order, their indices, or 1"
        " at their places and 0 elsewhere.",
        outputs=_topk_outputs,
        visible=_topk_visible,
        attributes=(
            _AXIS,
            Attribute("k", integer, 1, "How many; all of them if below 1."),
            Attribute(
                "ret_typ",
                choice("value", "indices", "mask", "both"),
                "indices",
                "What to return; both: elements and indices.",
            ),
            Attribute("is_ascend", boolean, False, "The smallest instead."),
            _INDEX_TYPE,
        ),
        shapes=_topk_shapes,
        dtypes=_topk_dtypes,
        cost=_cost,
        gradient=_topk_gradient,
    )
)
register(
    Operator(
        name="_backward_topk",
        summary="Gradient of sort and topk: each element's put back where it was.",
        inputs=("out_grad", "indices"),
        attributes=(_AXIS,),
        shapes=given,
        dtypes=given_dtypes,
    )
)


# A random order


def _shuffle_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data = unify_shapes(inputs[0], outputs[0])
    if data is None:
        return inputs, outputs
    if not data:
        raise ShapeError("data must have at least 1 dimension")
    return [data], [data, data[:1]]


def _unshuffled(call: Call) -> Sequence[Entry]:
    return call.make("_backward_take", call.out_grad(), call.output("order"))


register(
    Operator(
        name="_shuffle",
        aliases=("shuffle",),
        summary="data in a random order along the first axis: output[i] ="
        " data[order[i]].",
        outputs=("output", "order"),
        visible=_first_only,
        shapes=_shuffle_shapes,
        dtypes=_with_indices,
        gradient=_unshuffled,
        random=True,
    )
)
