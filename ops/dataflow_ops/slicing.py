"""Parts of arrays between bounds: slices, and writing to them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    integer,
    integers,
    optional,
    real,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import like_first
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, Gradient, backward
from dataflow_ops.parts import Place, whole
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    given,
    normalize_axis,
    unify,
)


def _replaced(shape: Shape, axis: int, dimension: int) -> Shape:
    return (*shape[:axis], dimension, *shape[axis + 1 :])


def _declare_backward(
    name: str, attributes: tuple[Attribute, ...], gradient: Gradient
) -> None:
    register(
        Operator(
            name=f"_backward_{name}",
            summary=f"Gradient of {name}.",
            inputs=("out_grad",),
            attributes=attributes,
            shapes=given,
            dtypes=given_dtypes,
            gradient=gradient,
        )
    )


def _bounds(value: Any) -> tuple[int | None, ...]:
    """Accept integers and None, one or a sequence, or the string of either."""
    if isinstance(value, str):
        value = ast.literal_eval(value.strip() or "()")
    if value is None or not isinstance(value, Sequence):
        value = (value,)
    return tuple(None if item is None else integer(item) for item in value)


_SLICE = (
    Attribute("begin", _bounds, doc="Where to begin on each leading axis."),
    Attribute("end", _bounds, doc="Where to end, exclusive, on each leading axis."),
    Attribute("step", _bounds, (), "Steps; 1 when left out."),
)


def slices(attributes: Attributes) -> tuple[slice, ...]:
    """Return the index that the attributes of `slice` mean."""
    begin, end, step = attributes.begin, attributes.end, attributes.step
    if len(begin) != len(end):
        raise ShapeError(f"begin {begin} and end {end} differ in length")
    if step and len(step) != len(begin):
        raise ShapeError(f"begin {begin} and step {step} differ in length")
    if 0 in step:
        raise ShapeError(f"step {step} has a 0")
    steps = step or (None,) * len(begin)
    return tuple(map(slice, begin, end, steps))


def _slice_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, index = inputs[0], slices(attributes)
    if data is None:
        return inputs, outputs
    if len(index) > len(data):
        raise ShapeError(f"begin {attributes.begin} has more axes than {display(data)}")
    lengths = [_length(part, d) for part, d in zip(index, data, strict=False)]
    output = unify((*lengths, *data[len(index) :]), outputs[0])
    assert output is not None
    return [data[: len(index)] + output[len(index) :]], [output]


def _slice_place(
    attributes: Attributes, inputs: Sequence[Shape], outputs: Sequence[Shape]
) -> Sequence[Place]:
    data, index = inputs[0], slices(attributes)
    taken = [range(*part.indices(d)) for part, d in zip(index, data, strict=False)]
    return [(*taken, *whole(data)[len(taken) :])]


def _length(part: slice, dimension: int) -> int:
    if dimension == UNKNOWN:
        return UNKNOWN
    return len(range(*part.indices(dimension)))


register(
    Operator(
        name="slice",
        aliases=("crop",),
        summary="The part of data from begin to end, with steps.",
        attributes=_SLICE,
        shapes=_slice_shapes,
        splits=_slice_place,
        gradient=backward("_backward_slice", "out_grad"),
    )
)
_declare_backward("slice", _SLICE, backward("slice", "out_grad"))

_SLICE_AXIS = (
    Attribute("axis", integer, doc="Axis to slice."),
    Attribute("begin", integer, doc="Where to begin."),
    Attribute(
        "end", optional(integer), None, "Where to end, exclusive; None: the end."
    ),
)


def _slice_axis_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, output = inputs[0], outputs[0]
    known = data if data is not None else output
    if known is None:
        return inputs, outputs
    axis = normalize_axis(attributes.axis, len(known))
    length = UNKNOWN if data is None else _axis_length(attributes, data[axis])
    if data is None or output is None:
        return [_replaced(known, axis, UNKNOWN)] if data is None else inputs, [
            _replaced(known, axis, length)
        ]
    rest = unify(_replaced(data, axis, 1), _replaced(output, axis, 1))
    assert rest is not None
    return [_replaced(rest, axis, data[axis])], [_replaced(rest, axis, length)]


def _slice_axis_place(
    attributes: Attributes, inputs: Sequence[Shape], outputs: Sequence[Shape]
) -> Sequence[Place]:
    taken, axis = whole(inputs[0]), attributes.axis
    taken[axis] = taken[axis][attributes.begin : attributes.end]
    return [tuple(taken)]


def _axis_length(attributes: Attributes, dimension: int) -> int:
    if dimension == UNKNOWN:
        return UNKNOWN
    begin, end = attributes.begin, attributes.end
    first = begin + dimension if begin < 0 else begin
    last = dimension if end is None else end + dimension if end < 0 else end
    if not 0 <= first < last <= dimension:
        raise ShapeError(
            f"begin {begin} and end {end} are no range within the {dimension} of axis"
            f" {attributes.axis}"
        )
    return int(last - first)


register(
    Operator(
        name="slice_axis",
        summary="The part of data from begin to end along one axis.",
        attributes=_SLICE_AXIS,
        shapes=_slice_axis_shapes,
        splits=_slice_axis_place,
        gradient=backward("_backward_slice_axis", "out_grad"),
    )
)
_declare_backward("slice_axis", _SLICE_AXIS, backward("slice_axis", "out_grad"))


def leading_axes(attributes: Attributes, data: Shape, like: Shape) -> tuple[int, ...]:
    """List the axes of data that slice_like shortens.

    Raises
    ------
    ShapeError
        An axis is out of range, or the ranks differ where all axes are meant.
    """
    if not attributes.axes and len(data) != len(like):
        raise ShapeError(
            f"data {display(data)} and shape_like {display(like)} differ in rank; name"
            " the axes to slice"
        )
    axes = attributes.axes or range(len(data))
    chosen = tuple(normalize_axis(axis, len(data)) for axis in axes)
    if max(chosen, default=0) >= max(len(like), 1):
        raise ShapeError(
            f"shape_like {display(like)} has no axis {max(chosen)} to take a length of"
        )
    return chosen


def _slice_like_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, like = inputs
    if data is None or like is None:
        return inputs, outputs
    axes = leading_axes(attributes, data, like)
    for axis in axes:
        if data[axis] != UNKNOWN and like[axis] > data[axis]:
            raise ShapeError(
                f"shape_like {display(like)} is longer than data {display(data)} on"
                f" axis {axis}"
            )
    told = tuple(like[i] if i in axes else d for i, d in enumerate(data))
    output = unify(told, outputs[0])
    assert output is not None
    data = tuple(d if i in axes else output[i] for i, d in enumerate(data))
    like = tuple(output[i] if i in axes else d for i, d in enumerate(like))
    return [data, like], [output]


def _back_to_corner(call: Call) -> Sequence[Entry | None]:
    return [*call.make("_backward_slice_like", call.out_grad()), None]


def _corner(call: Call) -> Sequence[Entry]:
    return call.make("slice_like", call.out_grad(), call.input("out_grad"))


register(
    Operator(
        name="slice_like",
        summary="The first elements of data along axes, as many as shape_like has.",
        inputs=("data", "shape_like"),
        attributes=(
            Attribute("axes", integers, (), "Axes to slice; all of them if empty."),
        ),
        shapes=_slice_like_shapes,
        dtypes=like_first,
        gradient=_back_to_corner,
    )
)
_declare_backward("slice_like", (), _corner)


# Writing to slices


def _assign_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    lhs = unify(inputs[0], outputs[0])
    if len(inputs) == 1 or lhs is None:
        return [lhs, *inputs[1:]], [lhs]
    part = _slice_shapes(attributes, [lhs], [None])[1][0]
    try:
        return [lhs, unify(inputs[1], part)], [lhs]
    except ShapeError:
        raise ShapeError(
            f"rhs {display(inputs[1])} does not fit the part of lhs {display(lhs)},"
            f" which is {display(part)}"
        ) from None


def _assign_gradient(call: Call) -> Sequence[Entry]:
    grad = call.out_grad()
    kept = call.make("_slice_assign_scalar", grad, scalar=0.0, **call.attributes)
    return [*kept, *call.make("slice", grad, **call.attributes)]


register(
    Operator(
        name="_slice_assign",
        aliases=("_crop_assign",),
        summary="lhs with rhs in place of the part from begin to end.",
        inputs=("lhs", "rhs"),
        attributes=_SLICE,
        shapes=_assign_shapes,
        inplace=((0, 0),),
        gradient=_assign_gradient,
    )
)


def _assign_scalar_gradient(call: Call) -> Sequence[Entry]:
    attributes = {**call.attributes, "scalar": 0.0}
    return call.make("_slice_assign_scalar", call.out_grad(), **attributes)


register(
    Operator(
        name="_slice_assign_scalar",
        aliases=("_crop_assign_scalar",),
        summary="data with a number in place of the part from begin to end.",
        attributes=(Attribute("scalar", real, 0.0, "The number."), *_SLICE),
        shapes=_assign_shapes,
        inplace=((0, 0),),
        gradient=_assign_scalar_gradient,
    )
)
