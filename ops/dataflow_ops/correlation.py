"""Comparing the patches of two images with one another."""

from __future__ import annotations

from typing import Any, NamedTuple

from dataflow_ops.attributes import Attribute, Attributes, boolean, integer, positive
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
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
    size,
    unify,
)


def _odd(value: Any) -> int:
    number = positive(value)
    if number % 2 == 0:
        raise ValueError("expected an odd number")
    return number


def _from_zero(value: Any) -> int:
    number = integer(value)
    if number < 0:
        raise ValueError("expected an integer from 0")
    return number


_ATTRIBUTES = (
    Attribute("kernel_size", _odd, 1, "Height and width of a patch; odd."),
    Attribute(
        "max_displacement",
        _from_zero,
        1,
        "How far, in pixels, the patches that are compared lie from one another.",
    ),
    Attribute("stride1", positive, 1, "Pixels between the patches of data1."),
    Attribute("stride2", positive, 1, "Pixels between displacements."),
    Attribute("pad_size", _from_zero, 0, "Zeros added around the images."),
    Attribute(
        "is_multiply", boolean, True, "Multiply; otherwise take absolute differences."
    ),
)


class Patches(NamedTuple):
    """Which patches are compared."""

    kernel: int
    reach: int  # the largest displacement allowed
    stride: int  # between the patches of data1
    displacements: range  # along one axis
    rows: int
    columns: int

    @property
    def channels(self) -> int:
        """Count the displacements along both axes."""
        return len(self.displacements) ** 2


def patches_of(attributes: Attributes, height: int, width: int) -> Patches:
    """Return the patches that fit into images of this size.

    Raises
    ------
    ShapeError
        There is none.
    """
    stride2, reach = attributes.stride2, attributes.max_displacement
    most = reach // stride2 * stride2
    return Patches(
        attributes.kernel_size,
        reach,
        attributes.stride1,
        range(-most, most + 1, stride2),
        _count(attributes, "high", height),
        _count(attributes, "wide", width),
    )


def _count(attributes: Attributes, axis: str, length: int) -> int:
    if length == UNKNOWN:
        return UNKNOWN
    padded = length + 2 * attributes.pad_size
    needed = attributes.kernel_size + 2 * attributes.max_displacement
    if padded < needed:
        raise ShapeError(
            f"images {length} pixels {axis}, {padded} with padding, are too small for "
            f"patches and displacements of {needed} together"
        )
    return int((padded - needed) // attributes.stride1 + 1)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = _images(_images((UNKNOWN,) * 4, inputs[0]), inputs[1])
    output = outputs[0]
    if output is not None and output:
        data = unify(data, (output[0], UNKNOWN, UNKNOWN, UNKNOWN)) or data
    patches = patches_of(attributes, *data[2:])
    output = (data[0], patches.channels, patches.rows, patches.columns)
    return [data, data], [output]


def _images(known: Shape, shape: Shape | None) -> Shape:
    if shape is not None and len(shape) != 4:
        raise ShapeError(
            "data1 and data2 should be (batch, channels, height, width), not "
            f"{display(shape)}"
        )
    return unify(known, shape) or known


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    patch = attributes.kernel_size**2 * inputs[-1][1]
    return OperatorCost(2.0 * size(outputs[0]) * patch, elements_moved(inputs, outputs))


def _backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    patch = attributes.kernel_size**2 * inputs[-1][1]
    return OperatorCost(4.0 * size(inputs[0]) * patch, elements_moved(inputs, outputs))


register(
    Operator(
        name="Correlation",
        summary="Means of the products, or absolute differences, of the elements of a "
        "patch of data1 and one of data2, for all displacements between the two: one "
        "channel for each displacement, row by row.",
        inputs=("data1", "data2"),
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=same_float,
        cost=_cost,
        gradient=backward(
            "_backward_Correlation", "out_grad", "data1", "data2", of=(0, 1)
        ),
    )
)

register(
    Operator(
        name="_backward_Correlation",
        summary="Gradients of Correlation by both images; where two elements are equal "
        "their difference counts as positive.",
        inputs=("out_grad", "data1", "data2"),
        outputs=("data1", "data2"),
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        cost=_backward_cost,
    )
)
