"""Batch normalization of images.

The statistics are computed apart from it, since oneDNN's lose digits. It computes with
variances, and MXNet hands on 1 / sqrt(var + eps): these few numbers, one for each
channel, are converted by array calls, which also update the moving averages.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from dataflow_ops.kernels.onednn.codes import (
    Algorithm,
    Argument,
    Propagation,
    Statistics,
)
from dataflow_ops.kernels.onednn.elements import Function
from dataflow_ops.kernels.onednn.entry import Call, Entry, bind_plan, enter, planned
from dataflow_ops.kernels.onednn.memory import Layout, channels_last, ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive, Step
from dataflow_ops.kernels.onednn.statistics import bind_statistics
from dataflow_ops.kernels.requests import assign, bind_all, wanted
from dataflow_ops.kernels.table import Array, Invocation, Thunk
from dataflow_ops.shapes import Shape, size

INPUTS = ("data", "gamma", "beta", "moving_mean", "moving_var")
_OUTPUTS = ("output", "mean", "var")
GIVEN = ("data", "gamma", "beta", "mean", "variance")  # to the forward primitive
KEPT = ("out_grad", "data", "gamma", "mean", "variance")
GRADIENTS = ("data_grad", "gamma_grad", "beta_grad")
PASSED = "passed"  # a bit for each element, as they lie: whether relu let it pass
LEAST = 5_000  # elements; with fewer, NumPy is as fast


def uses_batch(call: Call) -> bool:
    """Tell whether the statistics are those of the batch itself."""
    return call.is_train and not call.attributes.use_global_stats


def _flags(call: Call, given: bool, rectified: bool) -> int:
    """Return what the primitive is given: statistics, too, or what they depend on."""
    flags = Statistics.SHIFT
    if rectified:
        flags |= Statistics.RELU
    if not call.attributes.fix_gamma:
        flags |= Statistics.SCALE
    if given:
        flags |= Statistics.GIVEN
    return int(flags)


def _images(call: Call, shape: Shape) -> Layout:
    """Describe images as the primitives have them."""
    return channels_last(shape) if call.last else ordered(shape)


def _vectors(data: Shape, *names: str) -> dict[str, Layout]:
    return dict.fromkeys(names, ordered(data[1:2]))


def _describe(
    call: Call,
    data: Shape,
    kind: Propagation,
    given: bool = True,
    steps: Sequence[Step] = (),
    rectified: bool = False,
) -> Primitive:
    """Describe the forward pass; a rectified one keeps where relu let pass."""
    images = _images(call, data)
    return Primitive(
        "batch_normalization_forward",
        *(kind, images, images, call.attributes.eps),
        _flags(call, given, rectified),
        threads=call.threads,
        steps=steps,
    )


def forward_plan(
    call: Call, steps: Sequence[Step] = (), *, rectified: bool = False
) -> Plan:
    """Plan the forward pass with given statistics.

    Parameters
    ----------
    call : Call
        Of BatchNorm.
    steps : sequence of Step
        What is done to the result.
    rectified : bool
        Whether relu is, and the plan's input `PASSED` is to hold where it let pass.
    """
    data = call.inputs[0]
    kind = Propagation.TRAINING if rectified else Propagation.INFERENCE
    primitive = _describe(call, data, kind, steps=steps, rectified=rectified)
    kept = {PASSED: primitive.layout(Argument.WORKSPACE)} if rectified else {}
    plan = call.plan(
        {"data": ordered(data), **_vectors(data, *GIVEN[1:]), **kept},
        {"output": ordered(data)},
    )
    reads = {
        Argument.SOURCE: "data",
        Argument.SHIFT: "beta",
        Argument.MEAN: "mean",
        Argument.VARIANCE: "variance",
    }
    if not call.attributes.fix_gamma:
        reads[Argument.SCALE] = "gamma"
    writes = {Argument.RESULT: "output"}
    if rectified:
        writes[Argument.WORKSPACE] = PASSED
    plan.run(primitive, reads, writes)
    return plan


def backward_plan(call: Call, *, rectified: bool = False, behind: str = "") -> Plan:
    """Plan the way back.

    Parameters
    ----------
    call : Call
        Of the backward operator.
    rectified : bool
        Whether it begins with relu, of which the plan's input `PASSED` tells.
    behind : str
        What the plan calls the output of a relu behind, if it begins with that one.
    """
    data = call.inputs[1]
    images, given = _images(call, data), not uses_batch(call)
    primitive = Primitive(
        "batch_normalization_backward",
        *(Propagation.BACKWARD, images, images, images),
        *(call.attributes.eps, _flags(call, given, rectified)),
        _describe(call, data, Propagation.TRAINING, given, rectified=rectified),
        threads=call.threads,
    )
    kept = {PASSED: primitive.layout(Argument.WORKSPACE)} if rectified else {}
    plan = call.plan(
        {
            **{"out_grad": ordered(data), "data": ordered(data)},
            **_vectors(data, *KEPT[2:]),
            **kept,
            **({behind: ordered(data)} if behind else {}),
        },
        {"data_grad": ordered(data), **_vectors(data, *GRADIENTS[1:])},
    )
    reads = {
        Argument.SOURCE: "data",
        Argument.DIFF_RESULT: "out_grad",
        Argument.MEAN: "mean",
        Argument.VARIANCE: "variance",
    }
    if behind:
        slope = Function(Algorithm.RELU_BY_OUTPUT).backward(images, call.threads)
        given_to_relu = {Argument.RESULT: behind, Argument.DIFF_RESULT: "out_grad"}
        plan.run(slope, given_to_relu, {Argument.DIFF_SOURCE: "slope"})
        reads[Argument.DIFF_RESULT] = "slope"
    if rectified:
        reads[Argument.WORKSPACE] = PASSED
    writes = {Argument.DIFF_SOURCE: "data_grad", Argument.DIFF_SHIFT: "beta_grad"}
    if not call.attributes.fix_gamma:
        reads[Argument.SCALE] = "gamma"
        writes[Argument.DIFF_SCALE] = "gamma_grad"
    plan.run(primitive, reads, writes)
    return plan


# Binding


def _bind_forward(call: Call, invocation: Invocation) -> Thunk | None:
    data, gamma, beta, mean, variance = invocation.inputs
    steps: list[Thunk | None] = []
    if invocation.is_train and uses_batch(call):
        mean, variance = np.empty_like(beta), np.empty_like(beta)
        steps.append(bind_statistics(data, mean, variance))
    if wanted(invocation, 0):
        values = (data, gamma, beta, mean, variance)
        inputs = dict(zip(GIVEN, values, strict=True))
        outputs = {"output": invocation.outputs[0]}
        plan = planned(_FORWARD, call)
        steps.append(bind_plan(plan, call, inputs, outputs, invocation))
    if wanted(invocation, 1) or wanted(invocation, 2):
        steps.append(partial(hand_on, invocation, mean, variance))
    return bind_all(steps)


def hand_on(call: Invocation, mean: Array, variance: Array) -> None:
    """Write the outputs that are for backward."""
    assign(call, 1, mean)
    assign(call, 2, 1 / np.sqrt(variance + call.attributes.eps))


def _bind_backward(call: Call, invocation: Invocation) -> Thunk | None:
    call = call._replace(is_train=invocation.is_train)
    return bind_backward(planned(_BACKWARD, call), call, invocation)


def bind_backward(
    plan: Plan, call: Call, invocation: Invocation, **more: Array
) -> Thunk | None:
    """Bind a plan of the way back, with more inputs if it has them."""
    inverse, *moving = invocation.inputs[4:]
    mean, variance = invocation.inputs[3], np.empty_like(inverse)
    inputs = dict(zip(KEPT, (*invocation.inputs[:4], variance), strict=True)) | more
    pairs = zip(GRADIENTS, invocation.outputs, strict=True)
    outputs = {name: array for name, array in pairs if array is not None}
    run = bind_plan(plan, call, inputs, outputs, invocation)
    eps = call.attributes.eps
    steps = [partial(_square_back, inverse, eps, variance), run]
    if call.attributes.fix_gamma and wanted(invocation, 1):
        steps.append(partial(assign, invocation, 1, 0))
    if uses_batch(call):
        momentum = call.attributes.momentum
        batch = (mean, variance)
        steps.append(partial(_move_averages, momentum, batch, tuple(moving)))
    return bind_all(steps)


def _square_back(inverse: Array, eps: float, variance: Array) -> None:
    """Write the variance that 1 / sqrt(var + eps) was made of."""
    np.square(inverse, out=variance)
    np.reciprocal(variance, out=variance)
    np.subtract(variance, eps, out=variance)


def _move_averages(
    momentum: float, batch: tuple[Array, ...], moving: tuple[Array, ...]
) -> None:
    for average, new in zip(moving, batch, strict=True):
        np.add(momentum * average, (1 - momentum) * new, average)


# What is taken


def _can(position: int, call: Call) -> bool:
    data = call.inputs[position]
    return len(data) > 2 and call.attributes.axis % len(data) == 1


def _pays(position: int, call: Call) -> bool:
    return size(call.inputs[position]) >= LEAST


def _work(position: int, call: Call) -> float:
    return 10.0 * size(call.inputs[position])


def _entry(**settings: Any) -> Entry:
    position = settings["inputs"].index("data")
    return Entry(
        work=partial(_work, position),
        can=partial(_can, position),
        pays=partial(_pays, position),
        images=lambda call: ("data", "output", "out_grad", "data_grad"),
        **settings,
    )


_FORWARD = _entry(
    plan=forward_plan, inputs=INPUTS, outputs=_OUTPUTS, bind=_bind_forward
)
_BACKWARD = _entry(
    plan=backward_plan, inputs=KEPT, outputs=GRADIENTS, bind=_bind_backward
)
enter("BatchNorm", _FORWARD)
enter("_backward_BatchNorm", _BACKWARD)
