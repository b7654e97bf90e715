"""Margins added to arrays, and cut off images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integers,
    positive,
    real,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import like_first
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, display, given, unify
from dataflow_ops.windows import Images, known_or, read, write

# Margins added


def _widths(value: Any) -> tuple[int, ...]:
    """Accept an even number of integers from 0."""
    numbers = integers(value)
    if len(numbers) % 2 or any(n < 0 for n in numbers):
        raise ValueError("expected two integers from 0 for each axis")
    return numbers


_PAD = (
    Attribute(
        "mode",
        choice("constant", "edge", "reflect"),
        doc="Fill margins with constant_value, with the element at the edge, or by "
        "reflection at the middle of that element.",
    ),
    Attribute(
        "pad_width",
        _widths,
        doc="Widths of the margins, before and after each axis in turn.",
    ),
    Attribute("constant_value", real, 0.0, "What constant margins hold."),
)


def margins_of(attributes: Attributes) -> list[tuple[int, int]]:
    """Return the widths of the margins before and after each axis."""
    widths = attributes.pad_width
    return list(zip(widths[::2], widths[1::2], strict=True))


def _pad_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    margins = margins_of(attributes)
    unknown = (UNKNOWN,) * len(margins)
    data, output = inputs[0] or unknown, outputs[0] or unknown
    for name, shape in (("data", data), ("output", output)):
        if len(shape) != len(margins):
            raise ShapeError(
                f"pad_width {attributes.pad_width} is for {len(margins)} dimensions, "
                f"{name} is {display(shape)}"
            )
    before = [_changed(n, -sum(each)) for n, each in zip(output, margins, strict=True)]
    lengths = tuple(map(known_or, data, before))
    for axis, length in enumerate(lengths):
        _check_length(attributes.mode, axis, length, margins[axis])
    after = [_changed(n, sum(each)) for n, each in zip(lengths, margins, strict=True)]
    return [lengths], [tuple(after)]


def _changed(length: int, difference: int) -> int:
    if length == UNKNOWN:
        return UNKNOWN
    if length + difference < 0:
        raise ShapeError(f"output is {length} long, its margins {-difference}")
    return length + difference


def _check_length(mode: str, axis: int, length: int, margins: tuple[int, int]) -> None:
    """Raise ShapeError where an axis is too short to fill its margins from."""
    if length == UNKNOWN or not any(margins):
        return
    needed = {"constant": 0, "edge": 1, "reflect": max(margins) + 1}[mode]
    if length < needed:
        raise ShapeError(
            f"data is {length} long on axis {axis}: too short for margins {margins} "
            f"of mode '{mode}'"
        )


register(
    Operator(
        name="Pad",
        aliases=("pad",),
        summary="data with margins: constant, or copies of the elements nearby. Unlike "
        "MXNet's, of any rank and on any axis.",
        attributes=_PAD,
        shapes=_pad_shapes,
        gradient=backward("_backward_Pad", "out_grad"),
    )
)


def _padded_again(call: Call) -> Sequence[Entry]:
    settings = {**call.attributes, "constant_value": 0.0}
    return call.make("Pad", call.out_grad(), **settings)


register(
    Operator(
        name="_backward_Pad",
        summary="Gradient of Pad: that of every element and of its copies in margins.",
        inputs=("out_grad",),
        attributes=_PAD,
        shapes=given,
        dtypes=given_dtypes,
        gradient=_padded_again,
    )
)

# Margins cut off


def _pair(value: Any) -> tuple[int, ...]:
    """Accept two integers from 0."""
    numbers = integers(value)
    if len(numbers) != 2 or any(n < 0 for n in numbers):
        raise ValueError("expected two integers from 0")
    return numbers


def _one_or_two(value: Any) -> int:
    """Accept 1 and 2."""
    number = positive(value)
    if number > 2:
        raise ValueError("expected 1 or 2: the data, and what it is cropped like")
    return number


_CROP = (
    Attribute("num_args", _one_or_two, doc="Number of inputs: 1 or 2."),
    Attribute("offset", _pair, (0, 0), "Where to begin: (y, x)."),
    Attribute("h_w", _pair, (0, 0), "Height and width, unless a second input says."),
    Attribute("center_crop", boolean, False, "Keep the middle; ignores offset."),
)


def _crop_inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("arg0", "arg1")[: attributes.num_args]


def crop_begins(attributes: Attributes, data: Shape, output: Shape) -> tuple[int, ...]:
    """Return where the part begins on the axes of height and width.

    Raises
    ------
    ShapeError
        It does not lie within data.
    """
    begins = []
    for axis in (2, 3):
        rest = data[axis] - output[axis]
        begin = rest // 2 if attributes.center_crop else attributes.offset[axis - 2]
        if not 0 <= begin <= rest:
            raise ShapeError(
                f"{output[axis]} elements from {begin} on do not lie within the "
                f"{data[axis]} of axis {axis} of arg0"
            )
        begins.append(begin)
    return tuple(begins)


def _crop_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = read("arg0", inputs[0], 2, None)
    output = read("output", outputs[0], 2, None)
    likes = [read("arg1", shape, 2, None) for shape in inputs[1:]]
    wanted = likes[0].spatial if likes else attributes.h_w
    if 0 in wanted:
        raise ShapeError("'h_w' is needed where there is no second input")
    spatial = unify(wanted, output.spatial)
    assert spatial is not None
    part = Images(
        known_or(data.batch, output.batch),
        known_or(data.channels, output.channels),
        spatial,
    )
    whole, made = write(part._replace(spatial=data.spatial), None), write(part, None)
    if UNKNOWN not in (*data.spatial, *spatial):
        crop_begins(attributes, whole, made)
    return [whole, *(write(x._replace(spatial=spatial), None) for x in likes)], [made]


register(
    Operator(
        name="Crop",
        summary="A part of images: arg0[:, :, y : y + h, x : x + w], with (h, w) given "
        "or those of arg1.",
        inputs=_crop_inputs,
        variadic="num_args",
        attributes=_CROP,
        shapes=_crop_shapes,
        dtypes=like_first,
        gradient=backward("_backward_Crop", "out_grad"),
    )
)

register(
    Operator(
        name="_backward_Crop",
        summary="Gradient of Crop: out_grad where the part was, and zeros elsewhere.",
        inputs=("out_grad",),
        attributes=_CROP,
        shapes=given,
        dtypes=given_dtypes,
    )
)
