"""Functions of single elements, those that NumPy is slower at, and their gradients.

Of tanh that is the gradient only. All gradients follow from the output. That of relu
pays where threads share it, since NaN has to be looked for first.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from dataflow_ops.kernels.onednn.codes import Algorithm, Argument
from dataflow_ops.kernels.onednn.elements import Function, begun
from dataflow_ops.kernels.onednn.entry import Call, Entry, Guard, enter, unguarded
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.threads import threads
from dataflow_ops.shapes import size

_LEAST = 5_000  # elements; with fewer, the call is what costs
_LEAST_BACK = 100_000  # NumPy is as fast while its temporary arrays stay in the cache
_LEAST_SHARED = 1_000_000
_KINDS = {"relu": Algorithm.RELU, "sigmoid": Algorithm.LOGISTIC}
_BACKWARD = {
    "relu": Algorithm.RELU_BY_OUTPUT,
    "sigmoid": Algorithm.LOGISTIC_BY_OUTPUT,
    "tanh": Algorithm.TANH_BY_OUTPUT,
}
_WORK = {"relu": 2.0, "sigmoid": 10.0}  # of an element


def _kind(name: str | None, call: Call) -> str:
    """Return which function it is; Activation has it among its attributes."""
    return name or str(call.attributes.act_type)


def _forward(name: str | None, call: Call) -> Plan:
    plan, layout = begun(call, ("data",), "output")
    primitive = Function(_KINDS[_kind(name, call)]).forward(layout, call.threads)
    plan.run(primitive, {Argument.SOURCE: "data"}, {Argument.RESULT: "output"})
    return plan


def _backward(name: str | None, call: Call) -> Plan:
    plan, layout = begun(call, ("out_grad", "output"), "data_grad")
    primitive = Function(_BACKWARD[_kind(name, call)]).backward(layout, call.threads)
    reads = {Argument.DIFF_RESULT: "out_grad", Argument.RESULT: "output"}
    plan.run(primitive, reads, {Argument.DIFF_SOURCE: "data_grad"})
    return plan


def _work(name: str | None, call: Call) -> float:
    return _WORK.get(_kind(name, call), 4.0) * size(call.outputs[0])


def _can(kinds: dict[str, Algorithm], name: str | None, call: Call) -> bool:
    return _kind(name, call) in kinds


def _pays(call: Call) -> bool:
    return size(call.outputs[0]) >= _LEAST


def _pays_back(name: str | None, call: Call) -> bool:
    if _kind(name, call) == "relu":
        shared = threads(_work(name, call)) > 1
        return shared and size(call.outputs[0]) >= _LEAST_SHARED
    return size(call.outputs[0]) >= _LEAST_BACK


def _guard(position: int, name: str | None, call: Call) -> Guard | None:
    """Keep NaN from relu, which would make it 0, and let gradients pass where it is."""
    is_relu = _kind(name, call) == "relu"
    return Guard(position, np.minimum) if is_relu else unguarded(call)


for _operator, _name in (
    ("Activation", None),
    ("relu", "relu"),
    ("sigmoid", "sigmoid"),
):
    enter(
        _operator,
        Entry(
            plan=partial(_forward, _name),
            inputs=("data",),
            outputs=("output",),
            work=partial(_work, _name),
            can=partial(_can, _KINDS, _name),
            pays=_pays,
            guard=partial(_guard, 0, _name),
            images=lambda call: ("data", "output"),
        ),
    )

for _operator, _name in (
    ("Activation", None),
    ("relu", "relu"),
    ("sigmoid", "sigmoid"),
    ("tanh", "tanh"),
):
    enter(
        f"_backward_{_operator}",
        Entry(
            plan=partial(_backward, _name),
            inputs=("out_grad", "output"),
            outputs=("data_grad",),
            work=partial(_work, _name),
            can=partial(_can, _BACKWARD, _name),
            pays=partial(_pays_back, _name),
            guard=partial(_guard, 1, _name),
            images=lambda call: ("out_grad", "output", "data_grad"),
        ),
    )
