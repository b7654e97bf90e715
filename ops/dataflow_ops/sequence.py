"""Batches of sequences of several lengths: masking, reversing, taking the last step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow_ops.attributes import Attribute, Attributes, boolean, integer, real
from dataflow_ops.dtypes import DTypes, unify
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, Gradient
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import UNKNOWN, Inferred, Shape, Shapes, display, given
from dataflow_ops.shapes import unify as unify_shapes


def _axis(value: Any) -> int:
    axis = integer(value)
    if axis not in (0, 1):
        raise ValueError("expected 0 or 1")
    return axis


_ATTRIBUTES = (
    Attribute(
        "use_sequence_length",
        boolean,
        False,
        "Take an input `sequence_length`: steps of each sequence; else all are whole.",
    ),
    Attribute("axis", _axis, 0, "The axis of the steps, 0 or 1; the batch's is other."),
)
_MASK = (*_ATTRIBUTES, Attribute("value", real, 0.0, "What stands after the end."))


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    lengths = ("sequence_length",) if attributes.use_sequence_length else ()
    return ("data", *lengths)


def _check_rank(data: Shape) -> None:
    if len(data) < 2:
        raise ShapeError(
            f"data should have an axis of steps and one of the batch, not the shape "
            f"{display(data)}"
        )


def _with_batch(attributes: Attributes, inputs: Shapes, data: Shape) -> list[Shape]:
    """Join what data's shape and the lengths' tell of both."""
    _check_rank(data)
    batch = 1 - attributes.axis
    if not attributes.use_sequence_length:
        return [data]
    lengths = unify_shapes(inputs[1], (data[batch],)) or ()
    return [(*data[:batch], lengths[0], *data[batch + 1 :]), lengths]


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify_shapes(inputs[0], outputs[0])
    if data is None:
        return inputs, outputs
    told = _with_batch(attributes, inputs, data)
    return told, [told[0]]


def _last_shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    axis, data = attributes.axis, inputs[0]
    if data is None and outputs[0] is None:
        return inputs, outputs
    if data is None:
        assert outputs[0] is not None
        data = (*outputs[0][:axis], UNKNOWN, *outputs[0][axis:])
    _check_rank(data)
    steps = data[axis]
    if steps == 0:
        raise ShapeError(f"data {display(data)} has no step")
    rest = unify_shapes((*data[:axis], *data[axis + 1 :]), outputs[0]) or ()
    told = _with_batch(attributes, inputs, (*rest[:axis], steps, *rest[axis:]))
    return told, [(*told[0][:axis], *told[0][axis + 1 :])]


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Let data and output agree; lengths that the user leaves open are like them."""
    data = unify(inputs[0], outputs[0])
    lengths = [known or data for known in inputs[1:]]
    return [data, *lengths], [data]


def _with_lengths(operator: str, **changes: Any) -> Gradient:
    """Gradient by one operator, given the output's gradient and the lengths."""

    def rule(call: Call) -> Sequence[Entry | None]:
        attributes = {**call.attributes, **changes}
        lengths = call.inputs[1:]
        made = call.make(operator, call.out_grad(), *lengths, **attributes)
        return [*made, *[None] * len(lengths)]

    return rule


def _mask_gradient(call: Call) -> Sequence[Entry | None]:
    if not call.attributes.use_sequence_length:
        return [call.out_grad()]
    return _with_lengths("SequenceMask", value=0.0)(call)


register(
    Operator(
        name="SequenceMask",
        summary="data at the first `sequence_length` steps of each sequence, and "
        "`value` at the steps after them.",
        inputs=_inputs,
        attributes=_MASK,
        shapes=_shapes,
        dtypes=_dtypes,
        inplace=((0, 0),),
        gradient=_mask_gradient,
    )
)

register(
    Operator(
        name="SequenceReverse",
        summary="The first `sequence_length` steps of each sequence in reversed order; "
        "the steps after them stay where they are.",
        inputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=_dtypes,
        gradient=_with_lengths("SequenceReverse"),
    )
)

register(
    Operator(
        name="SequenceLast",
        summary="Step number `sequence_length` of each sequence; of one without steps "
        "the first.",
        inputs=_inputs,
        attributes=_ATTRIBUTES,
        shapes=_last_shapes,
        dtypes=_dtypes,
        gradient=_with_lengths("_backward_SequenceLast"),
    )
)


def _backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("out_grad", *_inputs(attributes)[1:])


register(
    Operator(
        name="_backward_SequenceLast",
        summary="Gradient of SequenceLast: zero but at the last steps.",
        inputs=_backward_inputs,
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
    )
)
