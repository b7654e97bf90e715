"""Reference kernels of gradient descent: plain, with momentum, by signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.reference.stepping import Formula, Step, bind_step, step_bytes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Thunk,
    binder,
)


def bounded(
    xp: Any, attributes: Attributes, factor: float = 1.0
) -> Callable[[Array, Array], None]:
    """Return what writes factor * clip(rescale_grad * grad)."""
    rescale, bound = attributes.rescale_grad, attributes.clip_gradient

    def clipped(grad: Array, out: Array) -> None:
        xp.multiply(grad, rescale, out)
        xp.clip(out, -bound, bound, out)
        xp.multiply(out, factor, out)

    def plain(grad: Array, out: Array) -> None:
        xp.multiply(grad, factor * rescale, out)

    return clipped if bound >= 0 else plain


def _sgd(xp: Any, attributes: Attributes) -> Step:
    descend = bounded(xp, attributes, -attributes.lr)
    kept = 1 - attributes.lr * attributes.wd

    def step(room: Array, weight: Array, grad: Array, out: Array) -> None:
        descend(grad, room)
        if kept != 1:
            xp.multiply(weight, kept, out)
            weight = out
        xp.add(weight, room, out)

    return step


def _momentum(xp: Any, attributes: Attributes) -> Step:
    descend = bounded(xp, attributes, -attributes.lr)
    decay = -attributes.lr * attributes.wd

    def step(room: Array, weight: Array, grad: Array, mom: Array, out: Array) -> None:
        descend(grad, room)
        xp.multiply(mom, attributes.momentum, mom)
        xp.add(mom, room, mom)
        if decay != 0:
            xp.multiply(weight, decay, room)
            xp.add(mom, room, mom)
        xp.add(weight, mom, out)

    return step


def _nesterov(xp: Any, attributes: Attributes) -> Step:
    descend = bounded(xp, attributes, -attributes.lr)
    decay, momentum = -attributes.lr * attributes.wd, attributes.momentum

    def step(
        move: Array, room: Array, weight: Array, grad: Array, mom: Array, out: Array
    ) -> None:
        descend(grad, move)
        if decay != 0:
            xp.multiply(weight, decay, room)
            xp.add(move, room, move)
        xp.multiply(mom, momentum, mom)
        xp.add(mom, move, mom)
        xp.multiply(mom, momentum, room)
        xp.add(move, room, move)
        xp.add(weight, move, out)

    return step


def _sign(xp: Any, attributes: Attributes) -> Step:
    rate, kept = -attributes.lr, 1 - attributes.lr * attributes.wd

    def step(room: Array, weight: Array, grad: Array, out: Array) -> None:
        xp.sign(grad, room)
        xp.multiply(room, rate, room)
        if kept != 1:
            xp.multiply(weight, kept, out)
            weight = out
        xp.add(weight, room, out)

    return step


def _sign_of_momentum(xp: Any, attributes: Attributes) -> Step:
    rest = 1 - attributes.momentum
    descend = bounded(xp, attributes, -rest)
    decay, kept = -rest * attributes.wd, 1 - attributes.lr * attributes.wd_lh

    def step(room: Array, weight: Array, grad: Array, mom: Array, out: Array) -> None:
        descend(grad, room)
        xp.multiply(mom, attributes.momentum, mom)
        xp.add(mom, room, mom)
        if decay != 0:
            xp.multiply(weight, decay, room)
            xp.add(mom, room, mom)
        xp.sign(mom, room)
        xp.multiply(room, attributes.lr, room)
        xp.multiply(weight, kept, out)
        xp.add(out, room, out)

    return step


SGD = Formula(_sgd, rooms=1)
MOMENTUM = Formula(_momentum, rooms=1)
_NESTEROV = Formula(_nesterov, rooms=2)


def enter(name: str, formula: Formula) -> None:
    """Enter the kernel of an update: weight, grad, states."""

    def bind(call: Invocation) -> Thunk | None:
        return bind_step(call, formula, call.attributes, call.inputs)

    def workspace(attributes: Attributes, inputs: Any, outputs: Any) -> int:
        return step_bytes(formula, inputs)

    binder("reference", name, workspace=workspace)(bind)


def enter_mixed(name: str, formula: Formula) -> None:
    """Enter the kernel of an update in mixed precision: the last state is the weight.

    Its inputs are the weight, which is not read, grad, states, weight32.
    """

    def bind(call: Invocation) -> Thunk | None:
        arrays = master_first(call.inputs)
        return bind_step(call, formula, call.attributes, arrays, master=True)

    def workspace(attributes: Attributes, inputs: Any, outputs: Any) -> int:
        return step_bytes(formula, master_first(inputs))

    binder("reference", name, workspace=workspace)(bind)


def master_first(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Put the precise copy of the weight in the place of the weight."""
    _, *others, weight32 = inputs
    return (weight32, *others)


enter("sgd_update", SGD)
enter("sgd_mom_update", MOMENTUM)
enter("nag_mom_update", _NESTEROV)
enter("signsgd_update", Formula(_sign, rooms=1))
enter("signum_update", Formula(_sign_of_momentum, rooms=1))
enter_mixed("mp_sgd_update", SGD)
enter_mixed("mp_sgd_mom_update", MOMENTUM)
enter_mixed("mp_nag_mom_update", _NESTEROV)
