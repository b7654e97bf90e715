"""LRN: responses divided by a power of those of the neighbouring channels.

oneDNN's fast code has the channels last, so other images are moved. What its forward
pass keeps for the gradient is its own; making it again costs less than memory for it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow_ops.kernels.onednn.codes import Algorithm, Argument, Propagation
from dataflow_ops.kernels.onednn.entry import Call, Entry, enter
from dataflow_ops.kernels.onednn.memory import channels_last, ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.shapes import Shape, size

_FORWARD_INPUTS = ("data",)
_BACKWARD_INPUTS = ("out_grad", "data")
_LEAST = 5_000  # elements; with fewer, the call is what costs
_MOST_MOVED = 1 << 20  # elements that stay in the cache meanwhile


def _numbers(call: Call) -> tuple[Any, ...]:
    """Return what primitives take of the attributes."""
    given = call.attributes
    return given.nsize, given.alpha, given.beta, given.knorm


def _describe(call: Call, data: Shape, kind: Propagation) -> Primitive:
    images = channels_last(data)
    return Primitive(
        "lrn_forward",
        *(kind, Algorithm.LRN, images, images, *_numbers(call)),
        threads=call.threads,
    )


def _forward(call: Call) -> Plan:
    data = call.inputs[0]
    plan = call.plan({"data": ordered(data)}, {"output": ordered(data)})
    primitive = _describe(call, data, Propagation.INFERENCE)
    plan.run(primitive, {Argument.SOURCE: "data"}, {Argument.RESULT: "output"})
    return plan


def _backward(call: Call) -> Plan:
    data = call.inputs[1]
    images = ordered(data)
    plan = call.plan({"out_grad": images, "data": images}, {"data_grad": images})
    again = _describe(call, data, Propagation.TRAINING)
    writes = {Argument.RESULT: "output", Argument.WORKSPACE: "kept"}
    plan.run(again, {Argument.SOURCE: "data"}, writes)
    lying = channels_last(data)
    primitive = Primitive(
        "lrn_backward",
        *(Algorithm.LRN, lying, lying, lying, *_numbers(call), again),
        threads=call.threads,
    )
    reads = {
        Argument.SOURCE: "data",
        Argument.DIFF_RESULT: "out_grad",
        Argument.WORKSPACE: "kept",
    }
    plan.run(primitive, reads, {Argument.DIFF_SOURCE: "data_grad"})
    return plan


def _can(call: Call) -> bool:
    return len(call.outputs[0]) == 4


def _pays(call: Call) -> bool:
    count = size(call.outputs[0])
    return count >= _LEAST and (bool(call.last) or count <= _MOST_MOVED)


def _work(each: float, call: Call) -> float:
    return each * size(call.outputs[0])


def _entry(**settings: Any) -> Entry:
    return Entry(
        can=_can,
        pays=_pays,
        images=lambda call: ("data", "output", "out_grad", "data_grad"),
        **settings,
    )


enter(
    "LRN",
    _entry(
        plan=_forward,
        inputs=_FORWARD_INPUTS,
        outputs=("output", "tmp_norm"),
        work=partial(_work, 10.0),
        left_over=lambda call: (1,),
    ),
)
enter(
    "_backward_LRN",
    _entry(
        plan=_backward,
        inputs=_BACKWARD_INPUTS,
        outputs=("data_grad",),
        work=partial(_work, 30.0),
    ),
)
