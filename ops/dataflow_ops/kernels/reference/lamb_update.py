"""Reference kernels of LAMB's two phases."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.reference.adaptive_update import moments
from dataflow_ops.kernels.reference.stepping import (
    Formula,
    Step,
    bind_step,
    step_bytes,
    step_now,
)
from dataflow_ops.kernels.reference.update import bounded, enter, master_first
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder, kernel


def _direction(xp: Any, attributes: Attributes) -> Step:
    prepare = bounded(xp, attributes)
    mean_factor = var_factor = 1.0
    if attributes.bias_correction:
        mean_factor = 1 / (1 - attributes.beta1**attributes.t)
        var_factor = 1 / (1 - attributes.beta2**attributes.t)

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
        xp.multiply(var, var_factor, g)
        xp.sqrt(g, g)
        xp.add(g, attributes.epsilon, g)
        xp.divide(mean, g, g)
        xp.multiply(g, mean_factor, g)
        xp.multiply(weight, attributes.wd, spare)
        xp.add(g, spare, out)

    return step


def _descend(xp: Any, attributes: Attributes) -> Step:
    def step(room: Array, weight: Array, g: Array, out: Array) -> None:
        xp.multiply(g, attributes.lr, room)
        xp.subtract(weight, room, out)

    return step


DIRECTION = Formula(_direction, rooms=2)
DESCENT = Formula(_descend, rooms=1)


def trust(attributes: Attributes, weight_norm: float, step_norm: float) -> float:
    """Return LAMB's ratio: how long a step may be, for one of its own length."""
    if attributes.lower_bound >= 0:
        weight_norm = max(weight_norm, attributes.lower_bound)
    if attributes.upper_bound >= 0:
        weight_norm = min(weight_norm, attributes.upper_bound)
    if weight_norm == 0 or step_norm == 0:
        return 1.0
    return weight_norm / step_norm


def _bind_direction(call: Invocation) -> Thunk | None:
    return bind_step(call, DIRECTION, call.attributes, master_first(call.inputs))


def _direction_bytes(attributes: Attributes, inputs: Any, outputs: Any) -> int:
    return step_bytes(DIRECTION, master_first(inputs))


def _phase2_arrays(inputs: Any, master: bool) -> tuple[Any, ...]:
    return (inputs[4] if master else inputs[0], inputs[1])


def _run_phase2(master: bool, call: Invocation) -> None:
    norms = (float(norm.item()) for norm in call.inputs[2:4])
    rate = call.attributes.lr * trust(call.attributes, *norms)
    arrays = _phase2_arrays(call.inputs, master)
    step_now(call, DESCENT, arrays, master=master, lr=rate)


def _phase2_bytes(
    master: bool, attributes: Attributes, inputs: Any, outputs: Any
) -> int:
    return step_bytes(DESCENT, _phase2_arrays(inputs, master))


enter("lamb_update_phase1", DIRECTION)
binder("reference", "mp_lamb_update_phase1", workspace=_direction_bytes)(
    _bind_direction
)
for _prefix, _master in (("", False), ("mp_", True)):
    kernel(
        "reference",
        f"{_prefix}lamb_update_phase2",
        workspace=partial(_phase2_bytes, _master),
    )(partial(_run_phase2, _master))
