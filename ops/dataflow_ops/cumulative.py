"""Running sums along an axis."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, Attributes, integer, optional
from dataflow_ops.dtypes import DTypes, element_type, same_dtype
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shapes,
    given,
    is_known,
    normalize_axis,
    size,
    unify,
)

_ATTRIBUTES = (
    Attribute(
        "axis", optional(integer), None, "Axis of the sums; all of it in one if None."
    ),
    Attribute(
        "dtype", optional(element_type), None, "Type of the sums; else the data's."
    ),
)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = inputs[0]
    if attributes.axis is None and (data is None or len(data) != 1):
        flat = size(data) if data is not None and is_known(data) else UNKNOWN
        return inputs, [(flat,)]
    data = unify(data, outputs[0])
    if data is not None:
        normalize_axis(attributes.axis or 0, len(data))
    return [data], [data]


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    if attributes.dtype is None:
        return same_dtype(attributes, inputs, outputs)
    return inputs, [attributes.dtype]


register(
    Operator(
        name="_np_cumsum",
        aliases=("cumsum",),
        summary="y_i = x_0 + ... + x_i along an axis, or over the flattened array.",
        inputs=("a",),
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=_dtypes,
        gradient=backward("_backward_np_cumsum", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_np_cumsum",
        summary="Gradient of cumsum: the sums from the other end.",
        inputs=("out_grad",),
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
    )
)
