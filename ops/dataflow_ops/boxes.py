"""Boxes in images: proposing them, comparing them, choosing among them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integer,
    real,
)
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import DTypes, same_float
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import AttributeValueError, ShapeError
from dataflow_ops.gradients import backward, no_gradient
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

# Proposing


def _numbers(value: Any) -> tuple[float, ...]:
    """Accept numbers, one or a sequence, or the string of either; at least one."""
    if isinstance(value, str):
        value = ast.literal_eval(value)
    numbers = tuple(map(float, value if isinstance(value, Sequence) else (value,)))
    if not numbers:
        raise ValueError("expected at least one number")
    return numbers


def _pair(value: Any) -> tuple[float, ...]:
    numbers = _numbers(value)
    if len(numbers) != 2:
        raise ValueError("expected two numbers, for y and x")
    return numbers


def _steps(value: Any) -> tuple[float, ...]:
    steps = _pair(value)
    if (steps[0] > 0) != (steps[1] > 0):
        raise ValueError("expected two numbers above 0, or none")
    return steps


_PRIOR = (
    Attribute("sizes", _numbers, (1.0,), "Sizes of the boxes; 1 is the height."),
    Attribute("ratios", _numbers, (1.0,), "Ratios of width to height."),
    Attribute("clip", boolean, False, "Cut off what is outside the image."),
    Attribute(
        "steps",
        _steps,
        (-1.0, -1.0),
        "Distances between centres along y and x; else those of the pixels.",
    ),
    Attribute("offsets", _pair, (0.5, 0.5), "Place of the centre in a pixel, y and x."),
)


def _prior_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, count = inputs[0], UNKNOWN
    if data is not None:
        if len(data) != 4:
            raise ShapeError(
                f"data should be (batch, channels, height, width), not {display(data)}"
            )
        boxes = len(attributes.sizes) + len(attributes.ratios) - 1
        count = UNKNOWN if UNKNOWN in data[2:] else size(data[2:]) * boxes
    return [data], [(1, count, 4)]


register(
    Operator(
        name="_contrib_MultiBoxPrior",
        summary="Boxes (x1, y1, x2, y2) around every pixel of data, as parts of the "
        "image: one of each size with the first ratio, then one of the first size with "
        "each other ratio; width = size sqrt(ratio) height of image / width of image, "
        "height = size / sqrt(ratio).",
        attributes=_PRIOR,
        shapes=_prior_shapes,
        dtypes=same_float,
        gradient=no_gradient,
    )
)


# Comparing

_CODING = choice("center", "corner")
_CODES = "corner: x1, y1, x2, y2; center: x, y, width, height."


def _overlap_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    lhs, rhs = (_boxes(n, s) for n, s in zip(("lhs", "rhs"), inputs, strict=True))
    output = outputs[0]
    if output is not None and lhs is not None:
        rhs = unify(rhs, (*output[len(lhs) - 1 :], 4))
        lhs = unify(lhs, (*output[: len(lhs) - 1], 4))
    elif output is not None and rhs is not None:
        lhs = (*output[: len(output) - len(rhs) + 1], 4)
    if lhs is None or rhs is None:
        return [lhs, rhs], [output]
    return [lhs, rhs], [(*lhs[:-1], *rhs[:-1])]


def _boxes(name: str, shape: Shape | None) -> Shape | None:
    if shape is None:
        return None
    if len(shape) < 2 or shape[-1] not in (4, UNKNOWN):
        raise ShapeError(f"{name} should be (..., boxes, 4), not {display(shape)}")
    return (*shape[:-1], 4)


def _overlap_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(12.0 * size(outputs[0]), elements_moved(inputs, outputs))


register(
    Operator(
        name="_contrib_box_iou",
        summary="Intersection over union of every box of lhs with every box of rhs.",
        inputs=("lhs", "rhs"),
        attributes=(Attribute("format", _CODING, "corner", _CODES),),
        shapes=_overlap_shapes,
        dtypes=same_float,
        cost=_overlap_cost,
        gradient=no_gradient,
    )
)


# Choosing

_CHOICE = (
    Attribute("overlap_thresh", real, 0.5, "Intersection over union that is too much."),
    Attribute("valid_thresh", real, 0.0, "Boxes with a score up to this are left out."),
    Attribute(
        "topk",
        integer,
        -1,
        "How many boxes with the best scores to choose among; -1: all. "
        "0: return all boxes as they are.",
    ),
    Attribute("coord_start", integer, 2, "Where the four coordinates begin."),
    Attribute("score_index", integer, 1, "Where the score is."),
    Attribute("id_index", integer, -1, "Where the class is; -1: there is none."),
    Attribute("background_id", integer, -1, "Class to leave out; -1: none."),
    Attribute(
        "force_suppress", boolean, False, "Compare boxes of different classes, too."
    ),
    Attribute("in_format", _CODING, "corner", _CODES),
    Attribute("out_format", _CODING, "corner", _CODES),
)


def _choice_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify(inputs[0], outputs[0])
    if data is None:
        return inputs, outputs
    if len(data) < 2:
        raise ShapeError(f"data should be (..., boxes, values), not {display(data)}")
    if data[-1] != UNKNOWN:
        _check_indices(attributes, data[-1])
    return [data], [data, (*data[:-1], 1)]


def _check_indices(attributes: Attributes, width: int) -> None:
    start = attributes.coord_start
    coordinates = range(start, start + 4)
    if start < 0 or start + 4 > width:
        raise AttributeValueError(
            f"'coord_start' {start} leaves no room for 4 coordinates in {width} values"
        )
    names = ("score_index",) if attributes.id_index < 0 else ("score_index", "id_index")
    for name in names:
        if attributes[name] not in range(width) or attributes[name] in coordinates:
            raise AttributeValueError(
                f"'{name}' {attributes[name]} is no place in {width} values beside the "
                f"coordinates in {start} to {start + 3}"
            )


def _choice_dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Let data and output agree, but keep places as integers."""
    told, made = same_float(attributes, inputs, outputs[:1])
    return told, [*made, np.dtype(np.int32)]


register(
    Operator(
        name="_contrib_box_nms",
        aliases=("_contrib_box_non_maximum_suppression",),
        summary="Boxes by falling score, without those that overlap one before them "
        "too much (non-maximum suppression); rows of -1 at the end in their place.",
        # For each box its place in the output; -1 if it is not there.
        outputs=("output0", "output1"),
        visible=lambda attributes: 1,
        attributes=_CHOICE,
        shapes=_choice_shapes,
        dtypes=_choice_dtypes,
        gradient=backward("_backward_contrib_box_nms", "out_grad", "output1"),
    )
)

register(
    Operator(
        name="_backward_contrib_box_nms",
        summary="Gradient of box_nms: each box has that of its place in the output.",
        inputs=("out_grad", "place"),
        attributes=_CHOICE,
        shapes=given,
        dtypes=given_dtypes,
    )
)
