"""Functions of single elements, those that NumPy is slower at: relu and sigmoid.

Their gradients are a few array calls that NumPy does as fast.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from dataflow_ops.kernels.onednn.codes import Algorithm, Argument, Propagation
from dataflow_ops.kernels.onednn.entry import Call, Entry, Guard, enter, unguarded
from dataflow_ops.kernels.onednn.memory import ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.shapes import size

_LEAST = 5_000  # elements; with fewer, the call is what costs
_KINDS = {"relu": Algorithm.RELU, "sigmoid": Algorithm.LOGISTIC}


def _kind(name: str | None, call: Call) -> str:
    """Return which function it is; Activation has it among its attributes."""
    return name or str(call.attributes.act_type)


def _plan(name: str | None, call: Call) -> Plan:
    if len(call.last) == 1:  # one of the two is moved
        layout = ordered(call.outputs[0])
        plan = call.plan({"data": layout}, {"output": layout})
        layout = plan.layout("data")
    else:  # in whatever order: it is the same
        layout = ordered((size(call.outputs[0]),))
        plan = call.in_order().plan({"data": layout}, {"output": layout})
    kind = Propagation.INFERENCE, _KINDS[_kind(name, call)]
    primitive = Primitive(
        "eltwise_forward", *kind, layout, layout, 0.0, 0.0, threads=call.threads
    )
    plan.run(primitive, {Argument.SOURCE: "data"}, {Argument.RESULT: "output"})
    return plan


def _work(name: str | None, call: Call) -> float:
    each = {"relu": 2.0, "sigmoid": 10.0}
    return each.get(_kind(name, call), 0.0) * size(call.outputs[0])


def _can(name: str | None, call: Call) -> bool:
    return _kind(name, call) in _KINDS


def _pays(call: Call) -> bool:
    return size(call.outputs[0]) >= _LEAST


def _guard(name: str | None, call: Call) -> Guard | None:
    """Keep NaN from relu, which would make it 0."""
    is_relu = _kind(name, call) == "relu"
    return Guard(0, np.minimum) if is_relu else unguarded(call)


for _operator, _name in (
    ("Activation", None),
    ("relu", "relu"),
    ("sigmoid", "sigmoid"),
):
    enter(
        _operator,
        Entry(
            plan=partial(_plan, _name),
            inputs=("data",),
            outputs=("output",),
            work=partial(_work, _name),
            can=partial(_can, _name),
            pays=_pays,
            guard=partial(_guard, _name),
            images=lambda call: ("data", "output"),
        ),
    )
