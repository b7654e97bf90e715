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

from dataflow_ops.kernels.onednn.codes import Argument, Propagation, Statistics
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
_KEPT = ("out_grad", "data", "gamma", "mean", "variance")
_GRADIENTS = ("data_grad", "gamma_grad", "beta_grad")
LEAST = 5_000  # elements; with fewer, NumPy is as fast


def uses_batch(call: Call) -> bool:
    """Tell whether the statistics are those of the batch itself."""
    return call.is_train and not call.attributes.use_global_stats


def _flags(call: Call, given: bool) -> int:
    """Return what the primitive is given: statistics, too, or what they depend on."""
    flags = Statistics.SHIFT
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
) -> Primitive:
    """Describe the forward pass."""
    images = _images(call, data)
    return Primitive(
        "batch_normalization_forward",
        *(kind, images, images, call.attributes.eps, _flags(call, given)),
        threads=call.threads,
        steps=steps,
    )


def forward_plan(call: Call, steps: Sequence[Step] = ()) -> Plan:
    """Plan the forward pass with given statistics, and steps behind it."""
    data = call.inputs[0]
    plan = call.plan(
        {"data": ordered(data), **_vectors(data, *GIVEN[1:])},
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
    primitive = _describe(call, data, Propagation.INFERENCE, steps=steps)
    plan.run(primitive, reads, {Argument.RESULT: "output"})
    return plan


def _backward(call: Call) -> Plan:
    data = call.inputs[1]
    plan = call.plan(
        {
            **{"out_grad": ordered(data), "data": ordered(data)},
            **_vectors(data, *_KEPT[2:]),
        },
        {"data_grad": ordered(data), **_vectors(data, *_GRADIENTS[1:])},
    )
    images, given = _images(call, data), not uses_batch(call)
    primitive = Primitive(
        "batch_normalization_backward",
        *(Propagation.BACKWARD, images, images, images),
        *(call.attributes.eps, _flags(call, given)),
        _describe(call, data, Propagation.TRAINING, given),
        threads=call.threads,
    )
    reads = {
        Argument.SOURCE: "data",
        Argument.DIFF_RESULT: "out_grad",
        Argument.MEAN: "mean",
        Argument.VARIANCE: "variance",
    }
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
    inverse, *moving = invocation.inputs[4:]
    mean, variance = invocation.inputs[3], np.empty_like(inverse)
    inputs = dict(zip(_KEPT, (*invocation.inputs[:4], variance), strict=True))
    pairs = zip(_GRADIENTS, invocation.outputs, strict=True)
    outputs = {name: array for name, array in pairs if array is not None}
    run = bind_plan(planned(_BACKWARD, call), call, inputs, outputs, invocation)
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
    plan=_backward, inputs=_KEPT, outputs=_GRADIENTS, bind=_bind_backward
)
enter("BatchNorm", _FORWARD)
enter("_backward_BatchNorm", _BACKWARD)
