"""LeakyReLU: those of its functions that oneDNN computes as exactly, and gradients.

Its gelu is x (1 + erf(x / sqrt 2)) / 2 as MXNet's is, which far below zero has fewer
digits than the reference. Its elu loses digits near zero, its gradient does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from dataflow_ops.kernels.onednn.codes import Algorithm, Argument
from dataflow_ops.kernels.onednn.elements import Function, begun
from dataflow_ops.kernels.onednn.entry import Call, Entry, Guard, enter
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.shapes import size

_LEAST = 5_000  # elements; with fewer, the call is what costs
_FORWARD = {"leaky": Algorithm.RELU, "gelu": Algorithm.GELU}
_BACKWARD = {**_FORWARD, "elu": Algorithm.ELU}


def _function(algorithms: Mapping[str, Algorithm], call: Call) -> Function:
    given = call.attributes
    alpha = 0.0 if given.act_type == "gelu" else given.slope
    return Function(algorithms[given.act_type], alpha)


def _forward(call: Call) -> Plan:
    plan, layout = begun(call, ("data",), "output")
    primitive = _function(_FORWARD, call).forward(layout, call.threads)
    plan.run(primitive, {Argument.SOURCE: "data"}, {Argument.RESULT: "output"})
    return plan


def _backward(call: Call) -> Plan:
    plan, layout = begun(call, ("out_grad", "data"), "data_grad")
    primitive = _function(_BACKWARD, call).backward(layout, call.threads)
    reads = {Argument.DIFF_RESULT: "out_grad", Argument.SOURCE: "data"}
    plan.run(primitive, reads, {Argument.DIFF_SOURCE: "data_grad"})
    return plan


def _can(algorithms: Mapping[str, Algorithm], call: Call) -> bool:
    """Tell whether oneDNN has it; with a slope of 0 it would make 0 of NaN."""
    kind = call.attributes.act_type
    return kind in algorithms and (kind == "gelu" or call.attributes.slope > 0)


def _pays(call: Call) -> bool:
    return size(call.outputs[0]) >= _LEAST


def _work(call: Call) -> float:
    each = 4.0 if call.attributes.act_type == "leaky" else 20.0
    return each * size(call.outputs[0])


def _forward_guard(call: Call) -> Guard | None:
    """Keep inf from gelu, which would make NaN of it."""
    return Guard(0, np.maximum) if call.attributes.act_type == "gelu" else None


def _backward_guard(call: Call) -> Guard | None:
    """Keep NaN in the data from the others, which take it for above zero."""
    return None if call.attributes.act_type == "gelu" else Guard(1, np.minimum)


enter(
    "LeakyReLU",
    Entry(
        plan=_forward,
        inputs=("data",),
        outputs=("output",),
        work=_work,
        can=partial(_can, _FORWARD),
        pays=_pays,
        guard=_forward_guard,
        images=lambda call: ("data", "output"),
    ),
)
enter(
    "_backward_LeakyReLU",
    Entry(
        plan=_backward,
        inputs=("out_grad", "data"),
        outputs=("data_grad",),
        work=_work,
        can=partial(_can, _BACKWARD),
        pays=_pays,
        guard=_backward_guard,
        images=lambda call: ("out_grad", "data", "data_grad"),
    ),
)
