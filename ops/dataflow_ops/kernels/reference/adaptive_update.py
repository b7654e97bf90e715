"""Reference kernels of optimizers that scale steps by past gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.precision import widened
from dataflow_ops.kernels.reference.stepping import (
    Formula,
    Step,
    step_bytes,
    step_now,
)
from dataflow_ops.kernels.reference.update import (
    bounded,
    enter,
    master_first,
)
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    kernel,
)


def _decayed(
    xp: Any, attributes: Attributes, clip: str = "clip_gradient"
) -> Callable[[Array, Array, Array, Array], None]:
    """Return what writes clip(rescale_grad * grad + wd * weight)."""
    rescale, decay, bound = attributes.rescale_grad, attributes.wd, attributes[clip]

    def write(weight: Array, grad: Array, spare: Array, out: Array) -> None:
        xp.multiply(grad, rescale, out)
        if decay != 0:
            xp.multiply(weight, decay, spare)
            xp.add(out, spare, out)
        if bound >= 0:
            xp.clip(out, -bound, bound, out)

    return write


def _average(xp: Any, kept: float, value: Array, spare: Array, average: Array) -> None:
    """Move a running average towards a value."""
    xp.multiply(average, kept, average)
    xp.multiply(value, 1 - kept, spare)
    xp.add(average, spare, average)


def moments(
    xp: Any, attributes: Attributes, g: Array, spare: Array, mean: Array, var: Array
) -> None:
    """Update the averages of a gradient and of its square; the gradient is lost."""
    _average(xp, attributes.beta1, g, spare, mean)
    xp.multiply(g, g, g)
    _average(xp, attributes.beta2, g, spare, var)


def _clip_weights(xp: Any, attributes: Attributes, weight: Array) -> None:
    bound = attributes.clip_weights
    if bound >= 0:
        xp.clip(weight, -bound, bound, weight)


def _adam(xp: Any, attributes: Attributes) -> Step:
    prepare = _decayed(xp, attributes)

    def step(
        g: Array,
        spare: Array,
        weight: Array,
        grad: Array,
        mean: Array,
        var: Array,
        out: Array,
    ) -> None:
        prepare(weight, grad, spare, g)
        moments(xp, attributes, g, spare, mean, var)
        xp.sqrt(var, g)
        xp.add(g, attributes.epsilon, g)
        xp.divide(mean, g, g)
        xp.multiply(g, attributes.lr, g)
        xp.subtract(weight, g, out)

    return step


def _adamw(xp: Any, attributes: Attributes) -> Step:
    prepare = bounded(xp, attributes)
    rate = attributes.eta * attributes.lr
    kept = 1 - attributes.eta * attributes.wd

    def step(
        g: Array,
        spare: Array,
        weight: Array,
        grad: Array,
        mean: Array,
        var: Array,
        out: Array,
    ) -> None:
        prepare(grad, g)
        moments(xp, attributes, g, spare, mean, var)
        xp.sqrt(var, g)
        xp.add(g, attributes.epsilon, g)
        xp.divide(mean, g, g)
        xp.multiply(g, rate, g)
        xp.multiply(weight, kept, out)
        xp.subtract(out, g, out)

    return step


def _rmsprop(xp: Any, attributes: Attributes) -> Step:
    prepare = _decayed(xp, attributes)

    def step(
        g: Array, spare: Array, weight: Array, grad: Array, n: Array, out: Array
    ) -> None:
        prepare(weight, grad, spare, g)
        xp.multiply(n, attributes.gamma1, n)
        xp.multiply(g, g, spare)
        xp.multiply(spare, 1 - attributes.gamma1, spare)
        xp.add(n, spare, n)
        xp.add(n, attributes.epsilon, spare)
        xp.sqrt(spare, spare)
        xp.divide(g, spare, g)
        xp.multiply(g, attributes.lr, g)
        xp.subtract(weight, g, out)
        _clip_weights(xp, attributes, out)

    return step


def _rmsprop_alex(xp: Any, attributes: Attributes) -> Step:
    prepare = _decayed(xp, attributes)
    gamma1 = attributes.gamma1

    def step(
        d: Array,
        square: Array,
        spare: Array,
        weight: Array,
        grad: Array,
        n: Array,
        g: Array,
        delta: Array,
        out: Array,
    ) -> None:
        prepare(weight, grad, spare, d)
        _average(xp, gamma1, d, spare, g)
        xp.multiply(d, d, square)
        _average(xp, gamma1, square, spare, n)
        xp.multiply(g, g, spare)
        xp.subtract(n, spare, spare)
        xp.add(spare, attributes.epsilon, spare)
        xp.sqrt(spare, spare)
        xp.divide(d, spare, d)
        xp.multiply(d, attributes.lr, d)
        xp.multiply(delta, attributes.gamma2, delta)
        xp.subtract(delta, d, delta)
        xp.add(weight, delta, out)
        _clip_weights(xp, attributes, out)

    return step


def _ftrl(xp: Any, attributes: Attributes) -> Step:
    prepare = bounded(xp, attributes)
    lr, lamda1 = attributes.lr, attributes.lamda1

    def step(
        g: Array,
        root: Array,
        spare: Array,
        weight: Array,
        grad: Array,
        z: Array,
        n: Array,
        out: Array,
    ) -> None:
        prepare(grad, g)
        xp.add(z, g, z)
        xp.sqrt(n, spare)
        xp.multiply(g, g, g)
        xp.add(n, g, n)
        xp.sqrt(n, root)
        xp.subtract(root, spare, spare)
        xp.multiply(spare, weight, spare)
        xp.divide(spare, lr, spare)
        xp.subtract(z, spare, z)
        xp.add(root, attributes.beta, root)
        xp.divide(root, lr, root)
        xp.add(root, attributes.wd, root)
        # What of z lies within the bounds costs nothing: it leaves 0.
        xp.clip(z, -lamda1, lamda1, spare)
        xp.subtract(spare, z, spare)
        xp.divide(spare, root, out)

    return step


def _ftml(xp: Any, attributes: Attributes) -> Step:
    prepare = _decayed(xp, attributes, "clip_grad")
    beta1, beta2, t = attributes.beta1, attributes.beta2, attributes.t
    correction = 1 / (1 - beta2**t)
    rate = (1 - beta1**t) / attributes.lr

    def step(
        g: Array,
        square: Array,
        spare: Array,
        weight: Array,
        grad: Array,
        d: Array,
        v: Array,
        z: Array,
        out: Array,
    ) -> None:
        prepare(weight, grad, spare, g)
        xp.multiply(g, g, square)
        _average(xp, beta2, square, spare, v)
        _average(xp, beta1, g, spare, z)
        xp.multiply(v, correction, g)
        xp.sqrt(g, g)
        xp.add(g, attributes.epsilon, g)
        xp.multiply(g, rate, g)
        xp.multiply(d, beta1, d)
        xp.subtract(g, d, d)
        xp.multiply(d, weight, d)
        xp.subtract(z, d, z)
        d[...] = g
        xp.divide(z, d, out)
        xp.negative(out, out)

    return step


def _adagrad(xp: Any, attributes: Attributes) -> Step:
    prepare = bounded(xp, attributes)

    def step(
        g: Array, spare: Array, weight: Array, grad: Array, history: Array, out: Array
    ) -> None:
        prepare(grad, g)
        xp.multiply(g, g, spare)
        xp.add(history, spare, history)
        xp.add(history, attributes.epsilon, spare)
        xp.sqrt(spare, spare)
        xp.divide(g, spare, g)
        xp.multiply(g, attributes.lr, g)
        xp.subtract(weight, g, out)

    return step


ADAMW = Formula(_adamw, rooms=2)

enter("adam_update", Formula(_adam, rooms=2))
enter("rmsprop_update", Formula(_rmsprop, rooms=2))
enter("rmspropalex_update", Formula(_rmsprop_alex, rooms=3))
enter("ftrl_update", Formula(_ftrl, rooms=3))
enter("ftml_update", Formula(_ftml, rooms=3))
enter("_sparse_adagrad_update", Formula(_adagrad, rooms=2))


# A step whose scale is known at run time alone


def is_useful(scale: float) -> bool:
    """Tell whether gradients of this scale are worth a step."""
    return scale != 0 and math.isfinite(scale)


def _adamw_arrays(inputs: tuple[Any, ...], master: bool) -> tuple[Any, ...]:
    return master_first(inputs[:-1]) if master else inputs[:-1]


def _run_adamw(master: bool, call: Invocation) -> None:
    """Step, unless the scale says that the gradients are worthless."""
    scale = float(call.inputs[-1].item())
    if is_useful(scale):
        arrays = _adamw_arrays(call.inputs, master)
        step_now(call, ADAMW, arrays, master=master, rescale_grad=scale)
    else:
        assign(call, 0, call.inputs[0])


def _adamw_bytes(
    master: bool, attributes: Attributes, inputs: Any, outputs: Any
) -> int:
    return step_bytes(ADAMW, _adamw_arrays(tuple(inputs), master))


for _prefix, _master in (("", False), ("mp_", True)):
    kernel(
        "reference",
        f"_{_prefix}adamw_update",
        workspace=partial(_adamw_bytes, _master),
    )(partial(_run_adamw, _master))


# One number of history for each row

_BLOCK = 1 << 15  # elements


@kernel("reference", "_contrib_group_adagrad_update")
def group_adagrad(call: Invocation) -> None:
    """Step some rows at a time."""
    if not wanted(call, 0):
        return
    weight, grad, history = call.inputs
    rows = len(weight)
    count = max(1, _BLOCK * rows // max(1, weight.size))
    for start in range(0, rows, count):
        part = slice(start, start + count)
        _group_step(call, weight[part], grad[part], history[part], part)


def _group_step(
    call: Invocation, weight: Array, grad: Array, history: Array, part: slice
) -> None:
    xp, attributes = call.xp, call.attributes
    g = widened(grad) * attributes.rescale_grad
    if attributes.clip_gradient >= 0:
        xp.clip(g, -attributes.clip_gradient, attributes.clip_gradient, g)
    axes = tuple(range(1, g.ndim))
    total = widened(history).reshape(-1) + (g * g).mean(axis=axes)
    history[...] = total.reshape(history.shape)
    g *= attributes.lr
    g /= xp.sqrt(total + attributes.epsilon).reshape(-1, *[1] * len(axes))
    stepped = weight - g
    output = call.outputs[0][part]
    if call.requests[0] is Request.ADD:
        stepped += output
    output[...] = stepped
