"""Sampling images at places that are computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integers,
    optional,
)
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import DTypes, same_float
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    fill,
    given,
    size,
    unify,
)
from dataflow_ops.windows import Images, known_or, read, write

_TUNING = Attribute(
    "cudnn_off", optional(boolean), None, "Accepted for MXNet's sake; has no effect."
)


def _lengths(value: Any) -> tuple[int, ...]:
    lengths = integers(value)
    if len(lengths) != 2 or min(lengths) < 0:
        raise ValueError("expected two integers, height and width")
    return lengths


def _target(attributes: Attributes) -> Shape:
    lengths: Shape = attributes.target_shape
    if 0 in lengths:
        raise AttributeValueError(
            f"'target_shape' should have a height and a width, not {lengths}"
        )
    return lengths


def _images(name: str, shape: Shape | None) -> Images:
    return read(name, shape, 2, None)


def _places(name: str, shape: Shape | None) -> Images:
    """Read the shape of a grid: an x and a y for every place."""
    grid = _images(name, shape)
    if grid.channels not in (2, UNKNOWN):
        raise ShapeError(f"{name} should have 2 channels, x and y, not {grid.channels}")
    return grid._replace(channels=2)


def _matrices(name: str, shape: Shape | None, batch: int) -> Shape:
    """Return the shape of affine matrices, as far as it is known."""
    try:
        return unify(shape, (batch, 6)) or ()
    except ShapeError:
        wanted = f"({max(batch, 0)}, 6)"
        raise ShapeError(
            f"{name} should have the shape {wanted}, the six numbers of a 2 x 3 "
            f"matrix for each image, not {display(shape)}"
        ) from None


def _sampler_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, grid = _images("data", inputs[0]), _places("grid", inputs[1])
    output = _images("output", outputs[0])
    batch = known_or(known_or(data.batch, grid.batch), output.batch)
    channels = known_or(data.channels, output.channels)
    spatial = fill(grid.spatial, output.spatial)
    return (
        [(batch, channels, *data.spatial), (batch, 2, *spatial)],
        [(batch, channels, *spatial)],
    )


def _sampler_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(8.0 * size(outputs[0]), elements_moved(inputs, outputs))


def _sampler_backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(20.0 * size(inputs[0]), elements_moved(inputs, outputs))


register(
    Operator(
        name="BilinearSampler",
        summary="data at the places (x, y) of grid, -1 and 1 being the centres of the "
        "first and last pixel: each neighbour at distance (a, b), in pixels, counts "
        "(1 - a) (1 - b), and 0 where there is none.",
        inputs=("data", "grid"),
        attributes=(_TUNING,),
        shapes=_sampler_shapes,
        dtypes=same_float,
        cost=_sampler_cost,
        gradient=backward(
            "_backward_BilinearSampler", "out_grad", "data", "grid", of=(0, 1)
        ),
    )
)

register(
    Operator(
        name="_backward_BilinearSampler",
        summary="Gradients of BilinearSampler by data and grid.",
        inputs=("out_grad", "data", "grid"),
        outputs=("data", "grid"),
        attributes=(_TUNING,),
        shapes=given,
        dtypes=given_dtypes,
        cost=_sampler_backward_cost,
    )
)


# Grids

_GRID = (
    Attribute(
        "transform_type",
        choice("affine", "warp"),
        doc="affine: data holds a 2 x 3 matrix per image; warp: a flow in pixels.",
    ),
    Attribute(
        "target_shape", _lengths, (0, 0), "affine: height and width of the grid."
    ),
)


def _grid_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    output = _places("output", outputs[0])
    if attributes.transform_type == "affine":
        target = _target(attributes)
        matrices = _matrices("data", inputs[0], output.batch)
        return [matrices], [(matrices[0], 2, *target)]
    shape = unify(write(_places("data", inputs[0]), None), write(output, None))
    return [shape], [shape]


register(
    Operator(
        name="GridGenerator",
        summary="Places (x, y) for BilinearSampler, from those of a grid from -1 to 1: "
        "affine: matrix . (x, y, 1); warp: each moved by its part of the flow.",
        attributes=_GRID,
        shapes=_grid_shapes,
        dtypes=same_float,
        gradient=backward("_backward_GridGenerator", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_GridGenerator",
        summary="Gradient of GridGenerator.",
        inputs=("out_grad",),
        attributes=_GRID,
        shapes=given,
        dtypes=given_dtypes,
    )
)


# Both in one

_TRANSFORMER = (
    Attribute("target_shape", _lengths, (0, 0), "Height and width of the result."),
    Attribute("transform_type", choice("affine"), doc="affine is all there is."),
    Attribute("sampler_type", choice("bilinear"), doc="bilinear is all there is."),
    _TUNING,
)


def _transformer_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, output = _images("data", inputs[0]), _images("output", outputs[0])
    target = _target(attributes)
    batch = known_or(data.batch, output.batch)
    matrices = _matrices("loc", inputs[1], batch)
    channels = known_or(data.channels, output.channels)
    return (
        [(matrices[0], channels, *data.spatial), matrices],
        [(matrices[0], channels, *target), (matrices[0], 2, *target)],
    )


def _transformer_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Let all agree, but keep places in single precision at least."""
    told, (output,) = same_float(attributes, inputs, outputs[:1])
    grid = None if output is None else np.promote_types(output, np.float32)
    return told, [output, grid]


register(
    Operator(
        name="SpatialTransformer",
        summary="BilinearSampler at the places that GridGenerator makes of the affine "
        "matrices `loc`.",
        inputs=("data", "loc"),
        outputs=("output", "grid"),
        visible=lambda attributes: 1,
        attributes=_TRANSFORMER,
        shapes=_transformer_shapes,
        dtypes=_transformer_dtypes,
        cost=_sampler_cost,
        gradient=backward(
            "_backward_SpatialTransformer", "out_grad", "data", "grid", of=(0, 1)
        ),
    )
)

register(
    Operator(
        name="_backward_SpatialTransformer",
        summary="Gradients of SpatialTransformer by data and loc.",
        inputs=("out_grad", "data", "grid"),
        outputs=("data", "loc"),
        attributes=_TRANSFORMER,
        shapes=given,
        dtypes=given_dtypes,
        cost=_sampler_backward_cost,
    )
)
