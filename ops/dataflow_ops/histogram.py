"""Counts of elements between bounds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow_ops.attributes import Attribute, Attributes, optional, positive, real
from dataflow_ops.dtypes import DType, DTypes, unify
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, display
from dataflow_ops.shapes import unify as unify_shapes

_COUNT: DType = np.dtype(np.int64)


def _range(value: Any) -> tuple[float, float]:
    """Accept two numbers in ascending order."""
    if isinstance(value, str):
        value = ast.literal_eval(value)
    if not isinstance(value, Sequence) or len(value) != 2:
        raise ValueError("expected two numbers")
    low, high = map(real, value)
    if not low <= high:
        raise ValueError("expected two numbers, the first not above the second")
    return (low, high)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data", "bins") if attributes.bin_cnt is None else ("data",)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    count = attributes.bin_cnt
    if (count is None) != (attributes.range is None):
        raise AttributeValueError(
            "attributes 'bin_cnt' and 'range' are given together or not at all"
        )
    if count is not None:
        return inputs, [(count,), (count + 1,)]
    bounds = unify_shapes((UNKNOWN,), outputs[1])
    if inputs[1] is not None:
        bounds = _bounds(inputs[1])
    elif outputs[0] not in (None, (UNKNOWN,)):
        bounds = (outputs[0][0] + 1,)
    assert bounds is not None
    bins = UNKNOWN if bounds[0] == UNKNOWN else bounds[0] - 1
    return [inputs[0], bounds], [(bins,), bounds]


def _bounds(shape: Shape) -> Shape:
    if len(shape) != 1 or shape[0] in (0, 1):
        raise ShapeError(
            f"bins {display(shape)} must be a vector of 2 bounds or more, in order"
        )
    return shape


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    dtype = outputs[1]
    for known in inputs:
        dtype = unify(dtype, known)
    return [dtype] * len(inputs), [_COUNT, dtype]


register(
    Operator(
        name="_histogram",
        summary="Counts of the elements of data in bins, and the bounds of the bins:"
        " counts[i] of bounds[i] <= data < bounds[i + 1], the last bin with both.",
        inputs=_inputs,
        outputs=("output0", "output1"),
        attributes=(
            Attribute(
                "bin_cnt",
                optional(positive),
                None,
                "Number of bins of equal width, instead of the input bins.",
            ),
            Attribute(
                "range",
                optional(_range),
                None,
                "First and last bound of those; widened by 1/2 each way if equal.",
            ),
        ),
        shapes=_shapes,
        dtypes=_dtypes,
        gradient=no_gradient,
    )
)
