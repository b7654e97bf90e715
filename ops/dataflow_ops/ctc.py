"""The connectionist temporal classification loss, of label sequences without times."""

from __future__ import annotations

from dataflow_ops.attributes import Attribute, Attributes, boolean, choice
from dataflow_ops.costs import OperatorCost, elements_moved
from dataflow_ops.dtypes import DTypes, floating
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import unify as unify_dtypes
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

_ATTRIBUTES = (
    Attribute(
        "use_data_lengths",
        boolean,
        False,
        "Take an input `data_lengths`: how many frames of each sample count.",
    ),
    Attribute(
        "use_label_lengths",
        boolean,
        False,
        "Take an input `label_lengths`; without it a sample's labels end at the first "
        "0, or at the first -1 if blank_label is last.",
    ),
    Attribute(
        "blank_label",
        choice("first", "last"),
        "first",
        "Which class stands for no label: 0, or the last one.",
    ),
)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    lengths = (
        *(("data_lengths",) if attributes.use_data_lengths else ()),
        *(("label_lengths",) if attributes.use_label_lengths else ()),
    )
    return ("data", "label", *lengths)


def _visible(attributes: Attributes) -> int:
    return 1


def _with_rank(name: str, axes: str, shape: Shape | None) -> Shape:
    """Return what is known of an input's shape, once its rank has been checked."""
    rank = axes.count(",") + 1
    if shape is None:
        return (UNKNOWN,) * rank
    if len(shape) != rank:
        raise ShapeError(
            f"{name} should have {rank} dimensions ({axes}), not {display(shape)}"
        )
    return shape


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify(inputs[0], outputs[1])
    frames, samples, classes = _with_rank("data", "frames, samples, classes", data)
    first, width = _with_rank("label", "samples, labels", inputs[1])
    vectors = dict(zip(_inputs(attributes)[2:], inputs[2:], strict=True))
    vectors |= {"label": (first,), "output": outputs[0]}
    batch: Shape = (samples,)
    for name, known in vectors.items():
        batch = _join(name, known, batch)
    whole = (frames, *batch, classes)
    lengths = [batch] * (len(inputs) - 2)
    return [whole, (*batch, width), *lengths], [batch, whole]


def _join(name: str, known: Shape | None, batch: Shape) -> Shape:
    try:
        return unify(batch, known) or batch
    except ShapeError:
        raise ShapeError(
            f"{name} should have {batch[0]} samples, not {display(known)}"
        ) from None


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    """Labels and lengths are free."""
    data = inputs[0]
    for known in outputs:
        data = unify_dtypes(data, known)
    return [floating(data), *inputs[1:]], [data, data]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    frames, samples, classes = inputs[0]
    states = 2 * inputs[1][1] + 1
    flops = float(frames * samples * (5 * classes + 2 * states * (classes + 10)))
    return OperatorCost(flops, elements_moved(inputs, outputs))


def _backward_cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(float(size(inputs[1])), elements_moved(inputs, outputs))


register(
    Operator(
        name="CTCLoss",
        aliases=("ctc_loss", "_contrib_CTCLoss", "_contrib_ctc_loss"),
        summary="-ln of the probability that softmax(data), frame by frame, spells the "
        "labels of a sample once repetitions are joined and blanks left out; 0 for a "
        "sample with too few frames for its labels.",
        inputs=_inputs,
        # The gradient falls off while the loss is computed, so it is kept.
        outputs=("output0", "output1"),
        visible=_visible,
        attributes=_ATTRIBUTES,
        shapes=_shapes,
        dtypes=_dtypes,
        cost=_cost,
        gradient=backward("_backward_ctc_loss", "out_grad", "output1"),
    )
)

register(
    Operator(
        name="_backward_ctc_loss",
        summary="Gradient of CTCLoss: the kept one times that of each sample's loss.",
        inputs=("out_grad", "output1"),
        attributes=_ATTRIBUTES,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((1, 0),),
        cost=_backward_cost,
    )
)
