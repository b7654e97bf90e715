"""Loss layers: outputs whose gradient starts the backward pass, and where it stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dataflow_ops.attributes import Attribute, Attributes, boolean, choice, real
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.dtypes import same_float
from dataflow_ops.errors import ShapeError
from dataflow_ops.gradients import Call, Entry, backward, no_gradient
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

_GRAD_SCALE = Attribute("grad_scale", real, 1.0, "Factor of the gradient.")
_NORMALIZATION = choice("batch", "null", "valid")


# SoftmaxOutput

_SOFTMAX = (
    _GRAD_SCALE,
    Attribute("ignore_label", real, -1.0, "The label that use_ignore leaves out."),
    Attribute(
        "multi_output",
        boolean,
        False,
        "Softmax along axis 1, with a label for each place of the axes behind it; the "
        "gradient is divided by the number of these places.",
    ),
    Attribute(
        "use_ignore", boolean, False, "No gradient where the label is ignore_label."
    ),
    Attribute("preserve_shape", boolean, False, "Softmax along the last axis."),
    Attribute(
        "normalization",
        _NORMALIZATION,
        "null",
        "Divide the gradient by the batch size, or by the number of labels that are "
        "not ignore_label.",
    ),
    Attribute("out_grad", boolean, False, "Multiply by the gradient of the output."),
    Attribute(
        "smooth_alpha",
        real,
        0.0,
        "Share of the target that is spread over the other classes; as in MXNet it "
        "has no effect with multi_output.",
    ),
)


def _label_shapes(attributes: Attributes, data: Shape) -> list[Shape]:
    """Return the shapes that labels may have, the usual one first."""
    if attributes.multi_output and len(data) > 1:
        places = data[2:]
        joined = UNKNOWN if UNKNOWN in places else size(places)
        return [
            (data[0], joined),
            (data[0], *places),
            (data[0], 1, *places),
            data,
        ]
    return [data[:-1] if attributes.preserve_shape else data[:1], data]


def _match(label: Shape | None, allowed: Sequence[Shape]) -> Shape:
    if label is None:
        return allowed[0]
    for shape in allowed:
        try:
            return unify(label, shape) or shape
        except ShapeError:
            continue
    choices = " or ".join(dict.fromkeys(map(display, allowed)))
    raise ShapeError(f"label should be {choices}, not {display(label)}")


def _softmax_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data = unify(inputs[0], outputs[0])
    if data is None:
        return inputs, outputs
    if not data:
        raise ShapeError("data should have at least one dimension")
    return [data, _match(inputs[1], _label_shapes(attributes, data))], [data]


def _softmax_backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("output", "label", *(("out_grad",) if attributes.out_grad else ()))


def _softmax_gradient(call: Call) -> Sequence[Entry | None]:
    needed = [call.output("output"), call.input("label")]
    if call.attributes.out_grad:
        needed.append(call.out_grad())
    return [*call.make("_backward_SoftmaxOutput", *needed, **call.attributes), None]


register(
    Operator(
        name="SoftmaxOutput",
        aliases=("Softmax",),
        summary="softmax(data); its gradient is that of the cross entropy with label, "
        "softmax(data) - onehot(label), whatever the gradient of the output.",
        inputs=("data", "label"),
        attributes=_SOFTMAX,
        shapes=_softmax_shapes,
        dtypes=same_float,
        inplace=((0, 0),),
        gradient=_softmax_gradient,
    )
)

register(
    Operator(
        name="_backward_SoftmaxOutput",
        summary="Gradient of SoftmaxOutput by the data.",
        inputs=_softmax_backward_inputs,
        attributes=_SOFTMAX,
        shapes=given,
        dtypes=given_dtypes,
        inplace=((0, 0),),
    )
)


# Regression outputs


class _Regression(NamedTuple):
    name: str
    output: str
    gradient: str


def _regression_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data, label = unify(inputs[0], outputs[0]), inputs[1]
    if data is None:
        return inputs, outputs
    if label is None:
        column = len(data) == 2 and data[1] == 1
        return [data, data[:1] if column else data], [data]
    if UNKNOWN not in (*data, *label) and (data[0], size(data)) != (
        label[0] if label else 1,
        size(label),
    ):
        raise ShapeError(f"label should be {display(data)}, not {display(label)}")
    return [data, label], [data]


for _row in (
    _Regression("LinearRegressionOutput", "data", "output - label"),
    _Regression("LogisticRegressionOutput", "1 / (1 + exp(-data))", "output - label"),
    _Regression("MAERegressionOutput", "data", "sign(output - label)"),
):
    register(
        Operator(
            name=_row.name,
            summary=f"output = {_row.output}; its gradient is {_row.gradient}, divided "
            "by the number of outputs of each sample.",
            inputs=("data", "label"),
            attributes=(_GRAD_SCALE,),
            shapes=_regression_shapes,
            dtypes=same_float,
            inplace=((0, 0),),
            view=_row.output == "data",
            gradient=backward(f"_backward_{_row.name}", "output", "label"),
        )
    )
    register(
        Operator(
            name=f"_backward_{_row.name}",
            summary=f"Gradient of {_row.name}: {_row.gradient}.",
            inputs=("output", "label"),
            attributes=(_GRAD_SCALE,),
            shapes=given,
            dtypes=given_dtypes,
            inplace=((0, 0),),
        )
    )


# Any expression as a loss, and the end of a gradient's way

_LOSS = (
    _GRAD_SCALE,
    Attribute("valid_thresh", real, 0.0, "Elements above it are valid."),
    Attribute(
        "normalization",
        _NORMALIZATION,
        "null",
        "Divide the gradient by the batch size, or by the number of valid elements.",
    ),
)


def _loss_backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data",) if attributes.normalization == "valid" else ()


def _loss_gradient(call: Call) -> Sequence[Entry]:
    needed = [call.input(n) for n in _loss_backward_inputs(call.attributes)]
    return call.make("_backward_MakeLoss", *needed, **call.attributes)


def _ones(call: Call) -> Sequence[Entry]:
    return call.make("_backward_MakeLoss")


register(
    Operator(
        name="MakeLoss",
        summary="data itself; its gradient is grad_scale everywhere, whatever the "
        "gradient of the output.",
        attributes=_LOSS,
        inplace=((0, 0),),
        view=True,
        gradient=_loss_gradient,
    )
)

register(
    Operator(
        name="_backward_MakeLoss",
        summary="Gradient of MakeLoss: one number everywhere.",
        inputs=_loss_backward_inputs,
        attributes=_LOSS,
        shapes=given,
        dtypes=given_dtypes,
    )
)

register(
    Operator(
        name="make_loss",
        summary="data itself; its gradient is 1 everywhere.",
        outputs=("loss",),
        inplace=((0, 0),),
        view=True,
        gradient=_ones,
    )
)

register(
    Operator(
        name="BlockGrad",
        aliases=("stop_gradient",),
        summary="data itself, through which no gradient flows back.",
        inplace=((0, 0),),
        view=True,
        gradient=no_gradient,
    )
)
