"""Softmax and its relatives, as functions with gradients of their own."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dataflow_ops.attributes import (
    Attribute,
    Attributes,
    boolean,
    choice,
    integer,
    optional,
    real,
)
from dataflow_ops.costs import OperatorCost
from dataflow_ops.dtypes import DTypes, floating, same_float
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.formulas import Term, terms
from dataflow_ops.gradients import Call, Entry, Gradient, backward
from dataflow_ops.registry import Operator, register
from dataflow_ops.shapes import (
    Inferred,
    Shape,
    Shapes,
    given,
    normalize_axis,
    size,
    unify,
)


def _dtype(value: Any) -> np.dtype[Any]:
    return np.dtype(choice("float16", "float32", "float64")(str(np.dtype(value))))


def _no_lengths(value: Any) -> bool:
    if boolean(value):
        raise ValueError("only softmax takes lengths")
    return False


def _temperature(value: Any) -> float:
    number = real(value)
    if number == 0:
        raise ValueError("expected a number other than 0")
    return number


_COMMON = (
    Attribute("axis", integer, -1, "The axis along which outputs add up to 1."),
    Attribute(
        "temperature", optional(_temperature), None, "Divides the data; 1 if left out."
    ),
    Attribute("dtype", optional(_dtype), None, "Type of the output; else the data's."),
)
_ATTRIBUTES = (
    *_COMMON,
    Attribute(
        "use_length",
        optional(boolean),
        False,
        "Take an input `length`: how many elements along the axis count; the others' "
        "output is 0.",
    ),
)
_WITHOUT_LENGTH = (
    *_COMMON,
    Attribute("use_length", optional(_no_lengths), False, "Only softmax has it."),
)


def _inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("data", "length") if attributes.use_length else ("data",)


def _shapes(attributes: Attributes, inputs: Shapes, outputs: Shapes) -> Inferred:
    data = unify(inputs[0], outputs[0])
    lengths: Shape | None = None
    if data is not None:
        axis = normalize_axis(attributes.axis, len(data))
        lengths = (*data[:axis], *data[axis + 1 :])
    return [data, lengths][: len(inputs)], [data]


def _dtypes(
    attributes: Attributes, inputs: DTypes, outputs: DTypes
) -> tuple[DTypes, DTypes]:
    data = floating(inputs[0])
    output = attributes.dtype or data or outputs[0]
    if data is None and attributes.dtype is None:
        data = output
    return [data, *inputs[1:]], [floating(output)]


def _cost(
    attributes: Attributes, inputs: list[Shape], outputs: list[Shape]
) -> OperatorCost:
    return OperatorCost(5.0 * size(outputs[0]), 2.0 * size(outputs[0]))


# Gradients of gradients. Both slopes are computed from the output y.


def _output_terms(call: Call) -> list[Term]:
    """Return what arrives, the gradient and y as terms of the output's type."""
    grad, output = call.inputs
    head, factor, y = terms(call, call.out_grad(), grad, output, form="broadcast")
    dtype = call.attributes.get("dtype")
    return [head.to("Cast", dtype=dtype) if dtype else head, factor, y]


def _bent_softmax(call: Call, axis: int, scale: float) -> Entry:
    """Differentiate sum head y (grad - sum grad y) by y."""
    head, grad, y = _output_terms(call)
    along = {"axis": axis, "keepdims": True}
    by_y = head * (grad - (grad * y).to("sum", **along))
    by_y -= grad * (head * y).to("sum", **along)
    return (by_y * scale).entry


def _scale(call: Call) -> float:
    return 1 / (call.attributes.temperature or 1)


def _double_softmax(name: str, sign: int) -> Gradient:
    def rule(call: Call) -> list[Entry]:
        output = call.input("output")
        again = call.make(name, call.out_grad(), output, **call.attributes)[0]
        return [again, _bent_softmax(call, call.attributes.axis, sign * _scale(call))]

    return rule


def _double_log_softmax(call: Call) -> list[Entry]:
    """Differentiate grad - exp(y) sum grad."""
    head, grad, y = _output_terms(call)
    along = {"axis": call.attributes.axis, "keepdims": True}
    shared = head * y.to("exp")
    by_grad = (head - shared.to("sum", **along)) * _scale(call)
    by_y = shared * grad.to("sum", **along) * -_scale(call)
    return [by_grad.entry, by_y.entry]


class _Softmax(NamedTuple):
    name: str
    formula: str
    inputs: Any
    attributes: tuple[Attribute, ...]
    second: Gradient  # gradient of the backward operator


for _row in (
    _Softmax(
        "softmax",
        "exp(x / T) / sum exp(x / T)",
        _inputs,
        _ATTRIBUTES,
        _double_softmax("_backward_softmax", 1),
    ),
    _Softmax(
        "softmin",
        "exp(-x / T) / sum exp(-x / T)",
        ("data",),
        _WITHOUT_LENGTH,
        _double_softmax("_backward_softmin", -1),
    ),
    _Softmax(
        "log_softmax",
        "x / T - ln sum exp(x / T)",
        ("data",),
        _WITHOUT_LENGTH,
        _double_log_softmax,
    ),
):
    register(
        Operator(
            name=_row.name,
            summary=f"{_row.formula}, along one axis.",
            inputs=_row.inputs,
            attributes=_row.attributes,
            shapes=_shapes,
            dtypes=_dtypes,
            inplace=((0, 0),),
            cost=_cost,
            gradient=backward(f"_backward_{_row.name}", "out_grad", "output"),
        )
    )
    register(
        Operator(
            name=f"_backward_{_row.name}",
            summary=f"Gradient of {_row.name}.",
            inputs=("out_grad", "output"),
            attributes=_row.attributes,
            shapes=given,
            dtypes=given_dtypes,
            inplace=((0, 0), (1, 0)),
            cost=_cost,
            gradient=_row.second,
        )
    )


# SoftmaxActivation: softmax as a layer, which knows two axes

_MODE = (
    Attribute(
        "mode",
        choice("channel", "instance"),
        "instance",
        "Along the last axis (instance), or along axis 1 (channel).",
    ),
)


def activation_axis(mode: str) -> int:
    """Return the axis along which SoftmaxActivation normalizes."""
    return 1 if mode == "channel" else -1


def _activation_shapes(
    attributes: Attributes, inputs: Shapes, outputs: Shapes
) -> Inferred:
    data = unify(inputs[0], outputs[0])
    if data is not None:
        normalize_axis(activation_axis(attributes.mode), len(data))
    return [data], [data]


register(
    Operator(
        name="SoftmaxActivation",
        summary="exp(x) / sum exp(x), along the last axis or along axis 1.",
        attributes=_MODE,
        shapes=_activation_shapes,
        dtypes=same_float,
        inplace=((0, 0),),
        cost=_cost,
        gradient=backward("_backward_SoftmaxActivation", "out_grad", "output"),
    )
)


def _double_activation(call: Call) -> list[Entry]:
    name, output = "_backward_SoftmaxActivation", call.input("output")
    again = call.make(name, call.out_grad(), output, **call.attributes)[0]
    return [again, _bent_softmax(call, activation_axis(call.attributes.mode), 1)]


register(
    Operator(
        name="_backward_SoftmaxActivation",
        summary="Gradient of SoftmaxActivation.",
        inputs=("out_grad", "output"),
        attributes=_MODE,
        inplace=((0, 0), (1, 0)),
        cost=_cost,
        gradient=_double_activation,
    )
)
