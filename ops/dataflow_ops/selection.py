"""Python's own indexing as operators, which is how it becomes differentiable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow_ops.attributes import Attribute, Attributes
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shape, Shapes, given, is_known


def index(value: Any) -> Any:
    """Accept whatever indexes a NumPy array; it has no string form."""
    if isinstance(value, str):
        raise TypeError("an index cannot be read from a string")
    return value


_KEY = (Attribute("key", index, doc="Integers, slices, arrays of integers, or masks."),)


def selected(shape: Shape, key: Any) -> Shape:
    """Return the shape of what `key` selects; one element has shape (1,), as in MXNet.

    Raises
    ------
    ShapeError
        The index does not fit.
    """
    try:
        part = np.broadcast_to(np.zeros((), np.bool_), shape)[key]
    except IndexError as error:
        raise ShapeError(f"index {key!r} of {shape}: {error}") from None
    return part.shape or (1,)


def _get_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = inputs[0]
    if data is None or not is_known(data):
        return inputs, outputs
    return inputs, [selected(data, attributes.key)]


def _set_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    return inputs, [inputs[0]]


def _set_gradient(call: Call) -> Sequence[Entry]:
    key = {"key": call.attributes.key}
    kept = call.make("_backward_set_item", call.out_grad(), **key)[0]
    return [kept, call.make("_backward_set_value", call.out_grad(), **key)[0]]


def _put_back(call: Call) -> Sequence[Entry]:
    zeros = call.make("zeros_like", call.input("out_grad"))[0]
    return call.make("_set_item", zeros, call.out_grad(), key=call.attributes.key)


register(
    Operator(
        name="_get_item",
        summary="The part that an index selects: output = data[key].",
        attributes=_KEY,
        shapes=_get_shapes,
        gradient=backward("_backward_get_item", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_get_item",
        summary="Gradient of _get_item: zeros, with out_grad added where it came from.",
        inputs=("out_grad",),
        attributes=_KEY,
        shapes=given,
        dtypes=given_dtypes,
        gradient=backward("_get_item", "out_grad"),
    )
)

register(
    Operator(
        name="_set_item",
        summary="The input with one part replaced: output = data; output[key] = value.",
        inputs=("data", "value"),
        attributes=_KEY,
        shapes=_set_shapes,
        inplace=((0, 0),),
        gradient=_set_gradient,
    )
)

register(
    Operator(
        name="_backward_set_item",
        summary="Gradient of _set_item by data: out_grad, 0 where it was replaced.",
        inputs=("out_grad",),
        attributes=_KEY,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0),),
        gradient=backward("_backward_set_item", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_set_value",
        summary="Gradient of _set_item by value: the selected part of out_grad.",
        inputs=("out_grad",),
        attributes=_KEY,
        shapes=given,
        dtypes=given_dtypes,
        gradient=_put_back,
    )
)
