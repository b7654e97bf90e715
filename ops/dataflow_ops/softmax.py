"""Softmax and its relatives, as functions with gradients of their own."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integer,
    optional,
    real,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import DTypes, floating
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    Inferred,
    Shape,
    Shapes,
    given,
    normalize_axis,
    size,
    unify,
)


def _dtype(value: Any) -> np.dtype[Any]:
    return np.dtype(choice("float16", "float32", "float64")(str(np.dtype(value))))


def _no_lengths(value: Any) -> bool:
    if boolean(value):
        raise ValueError("only softmax takes lengths")
    return False


_COMMON = (
    Attribute("axis", integer, -1, "The axis along which outputs add up to 1."),
    Attribute("temperature", optional(real), None, "Divides the data; 1 if left out."),
    Attribute("dtype", optional(_dtype), None, "Type of the output; else the data's."),
)
_ATTRIBUTES = (
    *_COMMON,
    Attribute(
        "use_length",
        optional(boolean),
        False,
        "Take an input `length`: how many elements along the axis count; the others' "
        "output is 0.",
    ),
)
_WITHOUT_LENGTH = (
    *_COMMON,
    Attribute("use_length", optional(_no_lengths), False, "Only softmax has it."),
)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data", "length") if attributes.use_length else ("data",)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify(inputs[0], outputs[0])
    lengths: Shape | None = None
    if data is not None:
        axis = normalize_axis(attributes.axis, len(data))
        lengths = (*data[:axis], *data[axis + 1 :])
    return [data, lengths][: len(inputs)], [data]


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    data = floating(inputs[0])
    output = attributes.dtype or data or outputs[0]
    if data is None and attributes.dtype is None:
        data = output
    return [data, *inputs[1:]], [floating(output)]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(5.0 * size(outputs[0]), 2.0 * size(outputs[0]))


class _Softmax(NamedTuple):
    name: str
    formula: str
    inputs: Any
    attributes: tuple[Attribute, ...]


for _row in (
    _Softmax("softmax", "exp(x / T) / sum exp(x / T)", _inputs, _ATTRIBUTES),
    _Softmax("softmin", "exp(-x / T) / sum exp(-x / T)", ("data",), _WITHOUT_LENGTH),
    _Softmax("log_softmax", "x / T - ln sum exp(x / T)", ("data",), _WITHOUT_LENGTH),
):
    register(
        Operator(
            name=_row.name,
            summary=f"{_row.formula}, along one axis.",
            inputs=_row.inputs,
            attributes=_row.attributes,
            shapes=_shapes,
            dtypes=_dtypes,
            inplace=((0, 0),),
            cost=_cost,
            gradient=backward(f"_backward_{_row.name}", "out_grad", "output"),
        )
    )
    register(
        Operator(
            name=f"_backward_{_row.name}",
            summary=f"Gradient of {_row.name}.",
            inputs=("out_grad", "output"),
            attributes=_row.attributes,
            shapes=given,
            dtypes=given_dtypes,
            inplace=((0, 0), (1, 0)),
            cost=_cost,
        )
    )
