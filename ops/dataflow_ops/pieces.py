"""Arrays made of parts, and parts made of arrays: joins and splits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    integer,
    integers,
    positive,
)
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.parts import Place, consecutive, single
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


def _places_of_inputs(
    attributes: Attributes, inputs: Sequence[Shape], outputs: Sequence[Shape]
) -> Sequence[Place]:
    axis = attributes.dim
    return consecutive(outputs[0], axis, [shape[axis] for shape in inputs])


def _places_of_gradients(
    attributes: Attributes, inputs: Sequence[Shape], outputs: Sequence[Shape]
) -> Sequence[Place]:
    return _places_of_inputs(attributes, outputs, inputs)


def _parts_of_gradient(call: Call) -> Sequence[Entry]:
    return call.make("_backward_Concat", call.out_grad(), **call.attributes)


def _gradients_joined(call: Call) -> Sequence[Entry]:
    heads = map(call.out_grad, range(len(call.outputs)))
    return call.make("Concat", *heads, **call.attributes)


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
        joins=_places_of_inputs,
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
        gradient=_gradients_joined,
        splits=_places_of_gradients,
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
        joins=lambda attributes, _, outputs: single(outputs[0], attributes.axis),
    )
)


def _numbered_outputs(count: int) -> tuple[str, ...]:
    return ("output",) if count == 1 else tuple(f"output{i}" for i in range(count))


def _split_outputs(attributes: Attributes) -> tuple[str, ...]:
    return _numbered_outputs(attributes.num_outputs)


def _split_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    count, squeeze = attributes.num_outputs, attributes.squeeze_axis
    part: Shape | None = None
    for known in outputs:
        part = unify(part, known)
    part = _unsqueezed(part, attributes) if squeeze else part
    data = inputs[0] if inputs[0] is not None else part
    if data is None:
        return inputs, outputs
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


def _places_of_parts(
    attributes: Attributes, inputs: Sequence[Shape], outputs: Sequence[Shape]
) -> Sequence[Place]:
    data, axis = inputs[0], attributes.axis
    if attributes.squeeze_axis:
        return single(data, axis)
    return consecutive(data, axis, [shape[axis] for shape in outputs])


def _rejoined(call: Call) -> Sequence[Entry]:
    return _joined_gradients(call, call.attributes.num_outputs)


def _joined_gradients(call: Call, count: int) -> Sequence[Entry]:
    axis = call.attributes.axis
    grads = [call.out_grad(i) for i in range(count)]
    if call.attributes.squeeze_axis:
        return call.make("stack", *grads, num_args=count, axis=axis)
    return call.make("Concat", *grads, num_args=count, dim=axis)


_SQUEEZE = Attribute("squeeze_axis", boolean, False, "Drop the axis, now of length 1.")

register(
    Operator(
        name="SliceChannel",
        aliases=("split",),
        summary="data split into equal parts along one axis.",
        outputs=_split_outputs,
        attributes=(
            Attribute("num_outputs", positive, doc="Number of parts."),
            Attribute("axis", integer, 1, "Axis to split along."),
            _SQUEEZE,
        ),
        shapes=_split_shapes,
        gradient=_rejoined,
        splits=_places_of_parts,
    )
)


# At any place


def _count(value: Any) -> int:
    number = integer(value)
    if number < 0:
        raise ValueError("expected an integer from 0 on")
    return number


_INDICES = Attribute(
    "indices", integers, doc="Where each part begins; the first is 0, if any."
)
_SECTIONS = Attribute("sections", _count, 0, "Number of parts, instead of indices.")


def _parts_of(attributes: Attributes) -> int:
    return attributes.sections or len(attributes.indices)


def _section_outputs(attributes: Attributes) -> tuple[str, ...]:
    return _numbered_outputs(_parts_of(attributes))


def section_lengths(attributes: Attributes, length: int) -> list[int]:
    """Lengths of the parts that _split_v2 makes of an axis.

    Raises
    ------
    ShapeError
        The indices do not begin with 0, or do not ascend up to the length.
    """
    if attributes.sections:
        each, longer = divmod(length, attributes.sections)
        return [each + (i < longer) for i in range(attributes.sections)]
    bounds = (*attributes.indices, length)
    if bounds[0] != 0 or list(bounds) != sorted(bounds):
        raise ShapeError(
            f"indices {attributes.indices} must ascend from 0 to at most {length}"
        )
    return [end - begin for begin, end in pairwise(bounds)]


def _sections_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    if not outputs:
        raise ShapeError("indices and sections say no part")
    data, squeeze = inputs[0], attributes.squeeze_axis
    parts = [_unsqueezed(part, attributes) if squeeze else part for part in outputs]
    for part in parts:
        if part is not None:
            axis = normalize_axis(attributes.axis, len(part))
            data = unify(data, _replaced(part, axis, UNKNOWN))
    if data is None:
        return inputs, outputs
    axis = normalize_axis(attributes.axis, len(data))
    lengths = [UNKNOWN if part is None else part[axis] for part in parts]
    if data[axis] != UNKNOWN:
        lengths = section_lengths(attributes, data[axis])
    elif UNKNOWN not in lengths:
        data = _replaced(data, axis, sum(lengths))
    if not squeeze:
        return [data], [_replaced(data, axis, length) for length in lengths]
    if any(length not in (UNKNOWN, 1) for length in lengths):
        raise ShapeError(
            f"parts of length {lengths} on axis {axis} cannot be squeezed: 1 is needed"
        )
    return [data], [data[:axis] + data[axis + 1 :]] * len(outputs)


def _unsqueezed(part: Shape | None, attributes: Attributes) -> Shape | None:
    if part is None:
        return None
    axis = normalize_axis(attributes.axis, len(part) + 1)
    return (*part[:axis], 1, *part[axis:])


def _sections_rejoined(call: Call) -> Sequence[Entry]:
    return _joined_gradients(call, _parts_of(call.attributes))


register(
    Operator(
        name="_split_v2",
        summary="data split along one axis at indices, or into parts of equal length"
        " (the first ones longer by 1 where that does not divide it).",
        outputs=_section_outputs,
        attributes=(
            _INDICES,
            Attribute("axis", integer, 1, "Axis to split along."),
            _SQUEEZE,
            _SECTIONS,
        ),
        shapes=_sections_shapes,
        gradient=_sections_rejoined,
        splits=_places_of_parts,
    )
)
