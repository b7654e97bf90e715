"""Casts: the same numbers in another element type."""

from __future__ import annotations

import numpy as np

from dataflow_ops.attributes import Attribute, Attributes, boolean, positive
from dataflow_ops.dtypes import FLOAT32, DType, DTypes, element_type
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shapes, unify

_DTYPE = (Attribute("dtype", element_type, doc="Element type of the output."),)


def _cast_back(call: Call) -> list[Entry]:
    """Give each input its gradient in its own type."""
    heads = [call.out_grad(i) for i in range(len(call.inputs))]
    return [call.make("_backward_Cast", head)[0] for head in heads]


register(
    Operator(
        name="_backward_Cast",
        summary="Gradient of casts: the gradient in the type of the input.",
        inputs=("out_grad",),
        dtypes=given_dtypes,
    )
)


def _cast_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [attributes.dtype]


register(
    Operator(
        name="Cast",
        aliases=("cast",),
        summary="The input in another element type, fractions dropped for integers.",
        attributes=_DTYPE,
        dtypes=_cast_dtypes,
        gradient=_cast_back,
    )
)


# Mixed precision: single and half precision are exchanged, other types stay.

_FLOAT16: DType = np.dtype(np.float16)
_MIXED = (FLOAT32, _FLOAT16)


def _amp_cast_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    data = inputs[0]
    if data is None:
        return inputs, outputs
    return inputs, [attributes.dtype if data in _MIXED else data]


register(
    Operator(
        name="amp_cast",
        summary="Numbers of single or half precision in the type `dtype`; others as "
        "they are.",
        attributes=_DTYPE,
        dtypes=_amp_cast_dtypes,
        gradient=_cast_back,
    )
)


def _multicast_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    pairs = list(map(unify, inputs, outputs))
    return pairs, pairs


def _multicast_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    if any(dtype is None for dtype in inputs):  # float64 == None for NumPy
        return inputs, outputs
    mixed = _FLOAT16 if attributes.cast_narrow else FLOAT32
    if mixed not in inputs:  # those of the other type agree already
        return inputs, inputs
    return inputs, [mixed if dtype in _MIXED else dtype for dtype in inputs]


register(
    Operator(
        name="amp_multicast",
        summary="The inputs of single and half precision in the wider of the two types "
        "that occurs, or the narrower; others as they are.",
        inputs=lambda attributes: tuple(
            f"data_{i}" for i in range(attributes.num_outputs)
        ),
        outputs=lambda attributes: tuple(
            f"output{i}" for i in range(attributes.num_outputs)
        ),
        variadic="num_outputs",
        attributes=(
            Attribute("num_outputs", positive, doc="Number of inputs and of outputs."),
            Attribute("cast_narrow", boolean, False, "Cast to the narrower type."),
        ),
        shapes=_multicast_shapes,
        dtypes=_multicast_dtypes,
        gradient=_cast_back,
    )
)
