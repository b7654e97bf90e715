"""One array repeated: broadcast along axes, tiled, or element by element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    integer,
    integers,
    optional,
    positive,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import like_first
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    UNKNOWN,
    Inferred,
    Shape,
    Shapes,
    display,
    fill,
    given,
    normalize_axis,
    size,
    unify,
)


def _repeated(call: Call) -> Sequence[Entry]:
    # Of all that broadcasts, the sum alone does so to a shape of more dimensions.
    zeros = call.make("zeros_like", call.input("out_grad"))[0]
    return call.make("broadcast_add", call.out_grad(), zeros)


register(
    Operator(
        name="_backward_broadcast",
        summary="Gradient of broadcasting one array: the sum over what was repeated.",
        inputs=("out_grad",),
        shapes=given,
        dtypes=given_dtypes,
        gradient=_repeated,
    )
)


def _summed(call: Call) -> list[Entry | None]:
    grad = call.make("_backward_broadcast", call.out_grad())[0]
    return [grad, *[None] * (len(call.inputs) - 1)]


def _lengths(value: Any) -> tuple[int, ...]:
    lengths = integers(value)
    if any(length < 0 for length in lengths):
        raise ValueError("expected integers from 0 on")
    return lengths


def _to_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    wanted, data = attributes.shape, inputs[0]
    if data is None:
        data = (UNKNOWN,) * len(wanted)
    if len(data) != len(wanted):
        raise ShapeError(
            f"data {display(data)} cannot be broadcast to shape {wanted}: the number"
            " of dimensions differs"
        )
    for have, want in zip(data, wanted, strict=True):
        if have not in (UNKNOWN, 1, want) and want:
            raise ShapeError(f"data {display(data)} cannot be broadcast to {wanted}")
    pairs = tuple(zip(data, wanted, strict=True))
    copied = None if outputs[0] is None else _where_zero(wanted, outputs[0])
    return [fill(data, copied)], [tuple(want or have for have, want in pairs)]


def _where_zero(wanted: Shape, output: Shape) -> Shape:
    """Dimensions of the output that are copied from the input."""
    return tuple(UNKNOWN if want else d for want, d in zip(wanted, output, strict=True))


register(
    Operator(
        name="broadcast_to",
        summary="data repeated along its axes of length 1 up to a shape.",
        attributes=(
            Attribute("shape", _lengths, (), "Output shape; 0 keeps a dimension."),
        ),
        shapes=_to_shapes,
        gradient=_summed,
    )
)


def _axis_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    if len(attributes.axis) != len(attributes.size):
        raise ShapeError(
            f"{len(attributes.axis)} axes but {len(attributes.size)} sizes"
        )
    known = inputs[0] if inputs[0] is not None else outputs[0]
    if known is None:
        return inputs, outputs
    axes = [normalize_axis(axis, len(known)) for axis in attributes.axis]
    if len(set(axes)) < len(axes):
        raise ShapeError(f"axis {attributes.axis} names an axis of data twice")
    if inputs[0] is not None and any(inputs[0][i] not in (UNKNOWN, 1) for i in axes):
        raise ShapeError(
            f"data {display(inputs[0])} must have length 1 on axis {attributes.axis}"
        )
    rest: Shape = (UNKNOWN,) * len(known)
    for shape in (inputs[0], outputs[0]):
        if shape is not None:
            others = (UNKNOWN if i in axes else d for i, d in enumerate(shape))
            rest = unify(rest, tuple(others)) or rest
    lengths = dict(zip(axes, attributes.size, strict=True))
    output = tuple(lengths.get(i, d) for i, d in enumerate(rest))
    return [tuple(1 if i in axes else d for i, d in enumerate(rest))], [output]


register(
    Operator(
        name="broadcast_axis",
        aliases=("broadcast_axes",),
        summary="data repeated along given axes of length 1.",
        attributes=(
            Attribute("axis", integers, (), "Axes to repeat along."),
            Attribute("size", _lengths, (), "New length of each of them."),
        ),
        shapes=_axis_shapes,
        gradient=_summed,
    )
)


def _like_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    lhs, rhs = inputs
    if lhs is None or rhs is None:
        return inputs, outputs
    output = _like(attributes, lhs, rhs)
    if len(lhs) != len(output) or any(
        have not in (UNKNOWN, 1, want) and want != UNKNOWN
        for have, want in zip(lhs, output, strict=True)
    ):
        raise ShapeError(f"lhs {display(lhs)} cannot be broadcast like {display(rhs)}")
    return inputs, [output]


def _like(attributes: Attributes, lhs: Shape, rhs: Shape) -> Shape:
    if attributes.lhs_axes is None or attributes.rhs_axes is None:
        return rhs
    if len(attributes.lhs_axes) != len(attributes.rhs_axes):
        raise ShapeError("lhs_axes and rhs_axes differ in number")
    output = list(lhs)
    for mine, other in zip(attributes.lhs_axes, attributes.rhs_axes, strict=True):
        output[normalize_axis(mine, len(lhs))] = rhs[normalize_axis(other, len(rhs))]
    return tuple(output)


register(
    Operator(
        name="broadcast_like",
        summary="lhs repeated along its axes of length 1 to the lengths of rhs.",
        inputs=("lhs", "rhs"),
        attributes=(
            Attribute("lhs_axes", optional(integers), None, "Axes to repeat along."),
            Attribute("rhs_axes", optional(integers), None, "Axes that give lengths."),
        ),
        shapes=_like_shapes,
        dtypes=like_first,
        gradient=_summed,
    )
)


def _factors(value: Any) -> tuple[int, ...]:
    return tuple(positive(item) for item in integers(value))


_TILE = (Attribute("reps", _factors, doc="How often to repeat data on each axis."),)


def _tile_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = inputs[0]
    if data is None:
        return inputs, outputs
    rank = max(len(data), len(attributes.reps))
    lengths = (1,) * (rank - len(data)) + data
    reps = (1,) * (rank - len(attributes.reps)) + attributes.reps
    pairs = zip(lengths, reps, strict=True)
    output = tuple(UNKNOWN if d == UNKNOWN else d * n for d, n in pairs)
    whole = unify(output, outputs[0])
    assert whole is not None
    part = tuple(map(_shared_out, whole, reps))[rank - len(data) :]
    return [fill(data, part)], [output]


def _shared_out(length: int, times: int) -> int:
    """Length of what, repeated, gives `length`; unknown if there is none."""
    return UNKNOWN if length == UNKNOWN or length % times else length // times


register(
    Operator(
        name="tile",
        summary="data repeated as a whole along its axes.",
        attributes=_TILE,
        shapes=_tile_shapes,
        gradient=backward("_backward_tile", "out_grad"),
    )
)
register(
    Operator(
        name="_backward_tile",
        summary="Gradient of tile: the sum over what was repeated.",
        inputs=("out_grad",),
        attributes=_TILE,
        shapes=given,
        dtypes=given_dtypes,
        gradient=backward("tile", "out_grad"),
    )
)


def _count(value: Any) -> int:
    number = integer(value)
    if number < 0:
        raise ValueError("expected an integer from 0 on")
    return number


_REPEAT = (
    Attribute("repeats", _count, doc="How often to repeat each element."),
    Attribute("axis", optional(integer), None, "Axis; the flattened array if None."),
)


def _repeat_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data, times = inputs[0], attributes.repeats
    if data is None:
        return inputs, outputs
    if attributes.axis is None:
        return inputs, [(UNKNOWN if UNKNOWN in data else size(data) * times,)]
    axis = normalize_axis(attributes.axis, len(data))
    length = UNKNOWN if data[axis] == UNKNOWN else data[axis] * times
    output = unify((*data[:axis], length, *data[axis + 1 :]), outputs[0])
    assert output is not None
    part = _shared_out(output[axis], times) if times else UNKNOWN
    return [fill(data, (*output[:axis], part, *output[axis + 1 :]))], [output]


register(
    Operator(
        name="repeat",
        summary="Each element, or each slice along an axis, several times over.",
        attributes=_REPEAT,
        shapes=_repeat_shapes,
        gradient=backward("_backward_repeat", "out_grad"),
    )
)
register(
    Operator(
        name="_backward_repeat",
        summary="Gradient of repeat: the sum over what was repeated.",
        inputs=("out_grad",),
        attributes=_REPEAT,
        shapes=given,
        dtypes=given_dtypes,
        gradient=backward("repeat", "out_grad"),
    )
)
