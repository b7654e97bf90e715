"""Reference kernels of the losses that compare scores with classes."""

from __future__ import annotations

import math

from dataflow_ops.kernels.precision import widened
from dataflow_ops.kernels.reference.loss import identity
from dataflow_ops.kernels.reference.softmax import log_softmax_into, softmax_into
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import Array, Invocation, binder, kernel

_LEAST_PROBABILITY = 1e-8


binder("reference", "SVMOutput")(identity)


def _is_class(call: Invocation, scores: Array, label: Array) -> Array:
    """Tell of every score whether it is that of the sample's class."""
    classes = call.xp.arange(scores.shape[-1])
    return classes == label.astype(call.xp.int64)[..., None]


@kernel("reference", "_backward_SVMOutput")
def svm_output_backward(call: Invocation) -> None:
    """Push every score that lies inside the margin out of it."""
    if not wanted(call, 0):
        return
    attributes, (scores, label) = call.attributes, call.inputs
    target = _is_class(call, scores, label) * scores.dtype.type(2)
    target -= 1
    inside = attributes.margin - target * scores
    if attributes.use_linear:
        inside = inside > 0
    else:
        call.xp.maximum(inside, 0, out=inside)
        inside *= 2
    target *= -attributes.regularization_coefficient
    target *= inside
    assign(call, 0, target)


@kernel("reference", "softmax_cross_entropy")
def softmax_cross_entropy(call: Invocation) -> None:
    """Add up what the classes of all samples lack in probability."""
    if not wanted(call, 0):
        return
    data, label = call.inputs
    chances = widened(data).copy()
    log_softmax_into(call.xp, 1, chances, chances)
    call.xp.maximum(chances, math.log(_LEAST_PROBABILITY), out=chances)
    of_class = _is_class(call, data, label)
    assign(call, 0, -call.xp.where(of_class, chances, 0).sum())


@kernel("reference", "_backward_softmax_cross_entropy")
def softmax_cross_entropy_backward(call: Invocation) -> None:
    """Compare the probabilities with those that the labels give."""
    if not wanted(call, 0):
        return
    head, data, label = call.inputs
    slope = widened(data).copy()
    softmax_into(call.xp, 1, slope, slope)
    of_class = _is_class(call, data, label)
    slope -= of_class
    slope *= of_class.any(axis=1, keepdims=True)
    slope *= head
    assign(call, 0, slope)
