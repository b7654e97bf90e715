"""Activation: the nonlinear functions between layers, chosen by name."""

from __future__ import annotations

from collections.abc import Sequence

from dataflow_ops.attributes import Attribute, Attributes, choice
from dataflow_ops.dtypes import same_float
from dataflow_ops.formulas import Term
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator, register
from dataflow_ops.second_order import BENDS, Bend, bent

_ATTRIBUTES = (
    Attribute(
        "act_type",
        choice("relu", "sigmoid", "softrelu", "softsign", "tanh"),
        doc="The function to apply.",
    ),
)


def _needed(attributes: Attributes) -> str:
    """Name the value that the derivative is computed from.

    All of them follow from the output, but for softsign digits would be lost where it
    saturates.
    """
    return "data" if attributes.act_type == "softsign" else "output"


def _backward_inputs(attributes: Attributes) -> tuple[str, ...]:
    return ("out_grad", _needed(attributes))


def _gradient(call: Call) -> Sequence[Entry]:
    from_data = _needed(call.attributes) == "data"
    needed = call.input("data") if from_data else call.output("output")
    return call.make("_backward_Activation", call.out_grad(), needed, **call.attributes)


def _bend(point: Term, attributes: Attributes) -> Bend:
    return BENDS[attributes.act_type](point)


register(
    Operator(
        name="Activation",
        aliases=("activation",),
        summary="relu max(x, 0), sigmoid 1 / (1 + exp(-x)), softrelu ln(1 + exp(x)), "
        "softsign x / (1 + |x|) or tanh.",
        attributes=_ATTRIBUTES,
        dtypes=same_float,
        inplace=((0, 0),),
        gradient=_gradient,
    )
)

register(
    Operator(
        name="_backward_Activation",
        summary="Gradient of Activation, from its output (softsign: its input).",
        inputs=_backward_inputs,
        attributes=_ATTRIBUTES,
        inplace=((0, 0), (1, 0)),
        gradient=bent("_backward_Activation", _bend),
    )
)
