"""Reference kernels of loss layers."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow_ops.kernels.reference.activation import sigmoid
from dataflow_ops.kernels.reference.softmax import in_wide, softmax_into
from dataflow_ops.kernels.requests import assign, bind_copy, bind_function, wanted
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Thunk,
    binder,
    kernel,
)


@binder("reference", "MakeLoss", "make_loss", "BlockGrad")
@binder("reference", "LinearRegressionOutput", "MAERegressionOutput")
def identity(call: Invocation) -> Thunk | None:
    """Bind passing the data on; nothing where the output is the same memory."""
    return bind_copy(call, call.inputs[0])


@binder("reference", "LogisticRegressionOutput")
def logistic(call: Invocation) -> Thunk | None:
    """Bind the logistic function."""
    return bind_function(call, partial(sigmoid, call.xp), call.inputs[0])


def _difference(xp: Any, scale: float, y: Array, label: Array, out: Array) -> None:
    xp.subtract(y, label, out)
    if scale != 1:
        xp.multiply(out, scale, out)


def _sign(xp: Any, scale: float, y: Array, label: Array, out: Array) -> None:
    xp.subtract(y, label, out)
    xp.sign(out, out)
    if scale != 1:
        xp.multiply(out, scale, out)


def _bind_regression(function: Any, call: Invocation) -> Thunk | None:
    output, label = call.inputs
    outputs_per_sample = output.size // max(1, len(output))
    scale = call.attributes.grad_scale / max(1, outputs_per_sample)
    return bind_function(
        call,
        partial(function, call.xp, scale),
        output,
        label.reshape(output.shape),
    )


for _name, _function in (
    ("LinearRegressionOutput", _difference),
    ("LogisticRegressionOutput", _difference),
    ("MAERegressionOutput", _sign),
):
    binder("reference", f"_backward_{_name}")(partial(_bind_regression, _function))


@kernel("reference", "_backward_MakeLoss")
def make_loss_backward(call: Invocation) -> None:
    """Fill the gradient with one number."""
    if not wanted(call, 0):
        return
    attributes, count = call.attributes, 1
    if attributes.normalization == "batch":
        count = len(call.outputs[0])
    elif attributes.normalization == "valid":
        count = int((call.inputs[0] > attributes.valid_thresh).sum())
    assign(call, 0, attributes.grad_scale / max(1, count))


# SoftmaxOutput


def _classes(call: Invocation, array: Array) -> Array:
    """View an array as (samples, classes, places)."""
    if call.attributes.multi_output and array.ndim > 1:
        return array.reshape(*array.shape[:2], -1)
    if call.attributes.preserve_shape:
        return array.reshape(-1, array.shape[-1], 1)
    return array.reshape(len(array), -1, 1)


@binder("reference", "SoftmaxOutput")
def softmax_output(call: Invocation) -> Thunk | None:
    """Bind the softmax over the classes."""
    return bind_function(call, in_wide(partial(_softmax, call), call), call.inputs[0])


def _softmax(call: Invocation, data: Array, out: Array) -> None:
    data, out = _classes(call, data), _classes(call, out)
    if data.shape[2] == 1:
        data, out = data[:, :, 0], out[:, :, 0]
    softmax_into(call.xp, 1, data, out)


@binder("reference", "_backward_SoftmaxOutput")
def softmax_output_backward(call: Invocation) -> Thunk | None:
    """Bind softmax - onehot(label), with all that may modify it."""
    output, label = call.inputs[:2]
    by_class = label.shape != output.shape
    if not by_class:
        scale = call.attributes.grad_scale
        run = partial(_difference, call.xp, scale)
    else:
        run = partial(_softmax_gradient, call)
    if call.attributes.out_grad:
        run = partial(_times_head, call, run)
    return bind_function(call, run, output, label)


def _times_head(
    call: Invocation, run: Any, output: Array, label: Array, out: Array
) -> None:
    run(output, label, out)
    call.xp.multiply(out, call.inputs[2], out)


def _softmax_gradient(
    call: Invocation, output: Array, label: Array, out: Array
) -> None:
    attributes, gradient = call.attributes, _classes(call, out)
    samples, classes, places = gradient.shape
    labels = label.reshape(samples, places).astype(call.xp.int64)
    scale = attributes.grad_scale / _divisor(call, labels)
    call.xp.multiply(_classes(call, output), scale, gradient)
    spread = 0.0 if attributes.multi_output else attributes.smooth_alpha
    other = spread / max(1, classes - 1)
    if spread:
        gradient -= scale * other
    _subtract_at(call.xp, gradient, labels, scale * (1 - spread - other))
    if attributes.use_ignore:
        gradient *= (labels != int(attributes.ignore_label))[:, None, :]


def _divisor(call: Invocation, labels: Array) -> int:
    attributes = call.attributes
    if attributes.normalization == "valid":
        return max(1, int((labels != int(attributes.ignore_label)).sum()))
    samples, places = labels.shape
    return int(places * (samples if attributes.normalization == "batch" else 1))


def _subtract_at(xp: Any, gradient: Array, labels: Array, amount: float) -> None:
    """Subtract `amount` at each label's class; labels that are no class have none."""
    samples, classes, places = gradient.shape
    start = xp.arange(samples)[:, None] * (classes * places) + xp.arange(places)
    index = start + labels * places
    index = index[(labels >= 0) & (labels < classes)]
    gradient.reshape(-1)[index] -= amount
