"""Arrays whose values follow from the shape of another: lengths, ranges, indices."""

from __future__ import annotations

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    integer,
    integers,
    optional,
    positive,
    real,
)
from dataflow_ops.creation import CTX
from dataflow_ops.dtypes import DType, DTypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import no_gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import Inferred, Shapes, display, normalize_axis

_INDEX: DType = np.dtype(np.int64)


def _index_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    return inputs, [_INDEX]


def _rank_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, output = inputs[0], outputs[0]
    return inputs, [output if data is None else (len(data),)]


def _one_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    return inputs, [(1,)]


register(
    Operator(
        name="shape_array",
        summary="The lengths of the axes of data, as int64.",
        shapes=_rank_shapes,
        dtypes=_index_dtypes,
        gradient=no_gradient,
    )
)
register(
    Operator(
        name="size_array",
        summary="The number of elements of data, as int64.",
        shapes=_one_shapes,
        dtypes=_index_dtypes,
        gradient=no_gradient,
    )
)


def _range_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = inputs[0]
    if data is None:
        return inputs, outputs
    if attributes.axis is None:
        return inputs, [data]
    return inputs, [(data[normalize_axis(attributes.axis, len(data))],)]


register(
    Operator(
        name="_contrib_arange_like",
        summary="start, start + step, ..., each `repeat` times, as many as data has"
        " elements and in its shape, or as many as it has along an axis.",
        attributes=(
            Attribute("start", real, 0.0, "First value."),
            Attribute("step", real, 1.0, "Distance of values."),
            Attribute("repeat", positive, 1, "How often each value occurs."),
            CTX,
            Attribute(
                "axis", optional(integer), None, "Axis to count; all elements if None."
            ),
        ),
        shapes=_range_shapes,
        gradient=no_gradient,
    )
)


def index_axes(attributes: Attributes, rank: int) -> tuple[int, ...]:
    """List the axes whose indices _contrib_index_array gives.

    Raises
    ------
    ShapeError
        One is out of range.
    """
    axes = range(rank) if attributes.axes is None else attributes.axes
    return tuple(normalize_axis(axis, rank) for axis in axes)


def _index_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, output = inputs[0], outputs[0]
    if data is None and output is not None:
        if not output:
            raise ShapeError(f"output {display(output)} must have a last axis")
        data = output[:-1]
    if data is None:
        return inputs, outputs
    return [data], [(*data, len(index_axes(attributes, len(data))))]


register(
    Operator(
        name="_contrib_index_array",
        summary="The place of each element of data: output[i, j, ..., :] ="
        " (i, j, ...), or of its axes those given, as int64.",
        attributes=(
            Attribute(
                "axes", optional(integers), None, "Axes, in order; all of them if None."
            ),
        ),
        shapes=_index_shapes,
        dtypes=_index_dtypes,
        gradient=no_gradient,
    )
)
