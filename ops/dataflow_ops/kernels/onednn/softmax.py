"""Softmax and its logarithm, along an axis that primitives want innermost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.onednn.codes import Algorithm, Argument, Propagation
from dataflow_ops.kernels.onednn.entry import Call, Entry, Guard, enter
from dataflow_ops.kernels.onednn.memory import ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.shapes import Shape, normalize_axis, size
from dataflow_ops.softmax import activation_axis

# NumPy is as fast with fewer elements; and with fewer if they have to be moved.
_LEAST = 256
_LEAST_MOVED = 20_000


class _Kind(NamedTuple):
    """One operator of the family."""

    algorithm: Algorithm
    axis: Callable[[Attributes], int]


def _axis(kind: _Kind, call: Call) -> int:
    return normalize_axis(kind.axis(call.attributes), len(call.outputs[0]))


def _innermost(shape: Shape, axis: int) -> list[int]:
    """Return the axes as they are to lie in memory."""
    return [*range(axis), *range(axis + 1, len(shape)), axis]


def _describe(kind: _Kind, call: Call) -> Primitive:
    shape, axis = call.outputs[0], _axis(kind, call)
    layout = ordered(shape, _innermost(shape, axis))
    return Primitive(
        "softmax_forward",
        *(Propagation.TRAINING, kind.algorithm, layout, layout, axis),
        threads=call.threads,
    )


def _forward(kind: _Kind, call: Call) -> Plan:
    layout = ordered(call.outputs[0])
    plan = call.plan({"data": layout}, {"output": layout})
    reads = {Argument.SOURCE: "data"}
    plan.run(_describe(kind, call), reads, {Argument.RESULT: "output"})
    return plan


def _backward(kind: _Kind, call: Call) -> Plan:
    shape, axis = call.outputs[0], _axis(kind, call)
    layout = ordered(shape)
    plan = call.plan({"out_grad": layout, "output": layout}, {"data_grad": layout})
    moved = ordered(shape, _innermost(shape, axis))
    primitive = Primitive(
        "softmax_backward",
        *(kind.algorithm, moved, moved, moved, axis),
        _describe(kind, call),
        threads=call.threads,
    )
    reads = {Argument.DIFF_RESULT: "out_grad", Argument.RESULT: "output"}
    plan.run(primitive, reads, {Argument.DIFF_SOURCE: "data_grad"})
    return plan


def _work(call: Call) -> float:
    return 20.0 * size(call.outputs[0])


def _pays(kind: _Kind, call: Call) -> bool:
    shape = call.outputs[0]
    is_innermost = size(shape[_axis(kind, call) + 1 :]) == 1
    return size(shape) >= (_LEAST if is_innermost else _LEAST_MOVED)


def _can(inputs: int, call: Call) -> bool:
    temperature = call.attributes.get("temperature")
    return temperature in (None, 1) and len(call.inputs) == inputs


def _guard(call: Call) -> Guard:
    """NaN and inf would make NaN of a part of their row only."""
    return Guard(0, np.maximum)


def _by_attribute(attributes: Attributes) -> int:
    axis: int = attributes.axis
    return axis


def _by_mode(attributes: Attributes) -> int:
    return activation_axis(attributes.mode)


for _name, _kind in (
    ("softmax", _Kind(Algorithm.SOFTMAX, _by_attribute)),
    ("log_softmax", _Kind(Algorithm.LOG_SOFTMAX, _by_attribute)),
    ("SoftmaxActivation", _Kind(Algorithm.SOFTMAX, _by_mode)),
):
    enter(
        _name,
        Entry(
            plan=partial(_forward, _kind),
            inputs=("data",),
            outputs=("output",),
            work=_work,
            can=partial(_can, 1),
            pays=partial(_pays, _kind),
            guard=_guard,
        ),
    )
    enter(
        f"_backward_{_name}",
        Entry(
            plan=partial(_backward, _kind),
            inputs=("out_grad", "output"),
            outputs=("data_grad",),
            work=_work,
            can=partial(_can, 2),
            pays=partial(_pays, _kind),
        ),
    )
