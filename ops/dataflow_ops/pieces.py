"""Parts of arrays, and arrays made of parts: slices, splits and joins."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    optional,
    positive,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward
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


def _declare_backward(name: str, attributes: tuple[Attribute, ...]) -> None:
    register(
        Operator(
            name=f"_backward_{name}",
            summary=f"Gradient of {name}.",
            inputs=("out_grad",),
            attributes=attributes,
            shapes=given,
            dtypes=given_dtypes,
        )
    )


# Slices


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
        gradient=backward("_backward_slice", "out_grad"),
    )
)
_declare_backward("slice", _SLICE)

_SLICE_AXIS = (
    Attribute("axis", integer, doc="Axis to slice."),
    Attribute("begin", integer, doc="Where to begin."),
    Attribute("end", optional(integer), doc="Where to end, exclusive; None: the end."),
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
        gradient=backward("_backward_slice_axis", "out_grad"),
    )
)
_declare_backward("slice_axis", _SLICE_AXIS)


# Joins and splits


def _numbered(attributes: Attributes) -> tuple[str, ...]:
    return tuple(f"arg{i}" for i in range(attributes.num_args))


_NUM_ARGS = Attribute("num_args", positive, doc="Number of inputs.")
_CONCAT = (_NUM_ARGS, Attribute("dim", integer, 1, "Axis to join along."))


def _concat_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    known = [s for s in (*outputs, *inputs) if s is not None]
    if not known:
        return inputs, outputs
    axis = normalize_axis(attributes.dim, len(known[0]))
    rest: Shape | None = None
    names = (*_numbered(attributes), "output")
    for name, shape in zip(names, (*inputs, outputs[0]), strict=True):
        rest = _agreeing(name, shape, axis, rest)
    assert rest is not None
    lengths = [UNKNOWN if s is None else s[axis] for s in inputs]
    total = UNKNOWN if outputs[0] is None else outputs[0][axis]
    if UNKNOWN not in lengths:
        total = sum(lengths)
    elif total != UNKNOWN and lengths.count(UNKNOWN) == 1:
        missing = total - sum(d for d in lengths if d != UNKNOWN)
        if missing < 0:
            raise ShapeError(f"the inputs are longer than output {display(outputs[0])}")
        lengths[lengths.index(UNKNOWN)] = missing
    return [_replaced(rest, axis, d) for d in lengths], [_replaced(rest, axis, total)]


def _agreeing(
    name: str, shape: Shape | None, axis: int, rest: Shape | None
) -> Shape | None:
    """Join a shape with what is known of the axes that all inputs share."""
    if shape is None:
        return rest
    try:
        return unify(rest, _replaced(shape, axis, UNKNOWN))
    except ShapeError:
        raise ShapeError(
            f"{name} {display(shape)} does not fit {display(rest)} outside axis {axis}"
        ) from None


def _parts_of_gradient(call: Call) -> Sequence[Entry]:
    return call.make("_backward_Concat", call.out_grad(), **call.attributes)


register(
    Operator(
        name="Concat",
        aliases=("concat",),
        summary="The inputs joined along one axis.",
        inputs=_numbered,
        variadic="num_args",
        attributes=_CONCAT,
        shapes=_concat_shapes,
        gradient=_parts_of_gradient,
    )
)
register(
    Operator(
        name="_backward_Concat",
        summary="Gradients of Concat: parts of the gradient, as long as the inputs.",
        inputs=("out_grad",),
        outputs=_numbered,
        attributes=_CONCAT,
        shapes=given,
        dtypes=given_dtypes,
    )
)


def _stack_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    shape: Shape | None = None
    for known in inputs:
        shape = unify(shape, known)
    output = outputs[0]
    if output is not None:
        axis = normalize_axis(attributes.axis, len(output))
        shape = unify(shape, output[:axis] + output[axis + 1 :])
    if shape is None:
        return inputs, outputs
    axis = normalize_axis(attributes.axis, len(shape) + 1)
    output = (*shape[:axis], attributes.num_args, *shape[axis:])
    return [shape] * len(inputs), [output]


def _unstacked(call: Call) -> Sequence[Entry]:
    count, axis = call.attributes.num_args, call.attributes.axis
    return call.make(
        "SliceChannel", call.out_grad(), num_outputs=count, axis=axis, squeeze_axis=True
    )


register(
    Operator(
        name="stack",
        summary="The inputs side by side along a new axis.",
        inputs=_numbered,
        variadic="num_args",
        attributes=(Attribute("axis", integer, 0, "Place of the new axis."), _NUM_ARGS),
        shapes=_stack_shapes,
        gradient=_unstacked,
    )
)


def _split_outputs(attributes: Attributes) -> tuple[str, ...]:
    count = attributes.num_outputs
    return ("output",) if count == 1 else tuple(f"output{i}" for i in range(count))


def _split_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    count, squeeze = attributes.num_outputs, attributes.squeeze_axis
    part: Shape | None = None
    for known in outputs:
        part = unify(part, known)
    if part is not None and squeeze:
        axis = normalize_axis(attributes.axis, len(part) + 1)
        part = (*part[:axis], 1, *part[axis:])
    data = inputs[0] if inputs[0] is not None else part
    if data is None:
        return inputs, outputs
    if squeeze and len(data) < 2:
        raise ShapeError("data must have at least 2 dimensions to drop one")
    axis = normalize_axis(attributes.axis, len(data))
    if inputs[0] is not None:
        part = unify(part, _replaced(data, axis, _share(attributes, data, axis)))
    assert part is not None
    whole = part[axis] * count if part[axis] != UNKNOWN else UNKNOWN
    short = part[:axis] + part[axis + 1 :] if squeeze else part
    return [_replaced(part, axis, whole)], [short] * count


def _share(attributes: Attributes, data: Shape, axis: int) -> int:
    """Length of one part along the split axis."""
    count = attributes.num_outputs
    if attributes.squeeze_axis and data[axis] not in (UNKNOWN, count):
        raise ShapeError(
            f"data {display(data)} must have length {count} on axis {axis}, which is"
            " dropped"
        )
    if data[axis] == UNKNOWN:
        return 1 if attributes.squeeze_axis else UNKNOWN
    if data[axis] % count:
        raise ShapeError(
            f"axis {axis} of data {display(data)} cannot be split into {count} equal"
            " parts"
        )
    return int(data[axis] // count)


def _rejoined(call: Call) -> Sequence[Entry]:
    count, axis = call.attributes.num_outputs, call.attributes.axis
    grads = [call.out_grad(i) for i in range(count)]
    if call.attributes.squeeze_axis:
        return call.make("stack", *grads, num_args=count, axis=axis)
    return call.make("Concat", *grads, num_args=count, dim=axis)


register(
    Operator(
        name="SliceChannel",
        aliases=("split",),
        summary="data split into equal parts along one axis.",
        outputs=_split_outputs,
        attributes=(
            Attribute("num_outputs", positive, doc="Number of parts."),
            Attribute("axis", integer, 1, "Axis to split along."),
            Attribute(
                "squeeze_axis", boolean, False, "Drop the axis, now of length 1."
            ),
        ),
        shapes=_split_shapes,
        gradient=_rejoined,
    )
)
