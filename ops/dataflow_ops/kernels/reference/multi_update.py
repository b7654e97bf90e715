"""Reference kernels of optimizers' steps for several weights, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.precision import wide
from dataflow_ops.kernels.reference.adaptive_update import ADAMW, is_useful
from dataflow_ops.kernels.reference.lamb_update import DESCENT, DIRECTION, trust
from dataflow_ops.kernels.reference.many_arrays import sum_of_squares
from dataflow_ops.kernels.reference.stepping import (
    Formula,
    bind_step,
    over_pieces,
    step_bytes,
    step_now,
)
from dataflow_ops.kernels.reference.update import MOMENTUM, SGD, master_first
from dataflow_ops.kernels.requests import assign, wanted
from dataflow_ops.kernels.scratch import carve, scratch_bytes
from dataflow_ops.kernels.several import bind_several, settings_of_each
from dataflow_ops.kernels.table import Array, Invocation, Thunk, binder, kernel
from dataflow_ops.multi_update import count_of


def _of_each(
    attributes: Attributes, inputs: Sequence[Any], master: bool, shared: int = 0
) -> list[tuple[Any, ...]]:
    """Divide the inputs (or their specifications) among the weights, ready to step."""
    count = count_of(attributes)
    own = inputs[: len(inputs) - shared]
    width = len(own) // count
    groups = [tuple(own[i * width : (i + 1) * width]) for i in range(count)]
    return [master_first(group) for group in groups] if master else groups


def _bytes(formula: Formula, master: bool, shared: int = 0) -> Callable[..., int]:
    """Make the workspace rule: the weights use the same memory in turn."""

    def rule(attributes: Attributes, inputs: Any, outputs: Any) -> int:
        groups = _of_each(attributes, inputs, master, shared)
        return max(step_bytes(formula, arrays) for arrays in groups)

    return rule


# Gradient descent


def _bind(formula: Formula, master: bool, call: Invocation) -> Thunk | None:
    groups = _of_each(call.attributes, call.inputs, master)
    each = zip(settings_of_each(call.attributes), groups, strict=False)
    return bind_several(
        [
            bind_step(call, formula, settings, arrays, index=i, master=master)
            for i, (settings, arrays) in enumerate(each)
        ]
    )


def _run_preloaded(formula: Formula, master: bool, call: Invocation) -> None:
    rates, decays = (array.tolist() for array in call.inputs[-2:])
    groups = _of_each(call.attributes, call.inputs, master, shared=2)
    for i, arrays in enumerate(groups):
        step_now(
            call, formula, arrays, index=i, master=master, lr=rates[i], wd=decays[i]
        )


for _name, _formula in (("sgd", SGD), ("sgd_mom", MOMENTUM)):
    for _prefix, _master in (("", False), ("mp_", True)):
        binder(
            "reference",
            f"multi_{_prefix}{_name}_update",
            workspace=_bytes(_formula, _master),
        )(partial(_bind, _formula, _master))
        kernel(
            "reference",
            f"preloaded_multi_{_prefix}{_name}_update",
            workspace=_bytes(_formula, _master, shared=2),
        )(partial(_run_preloaded, _formula, _master))


# AdamW


def _run_adamw(master: bool, call: Invocation) -> None:
    """Step all weights, unless the scale says that the gradients are worthless."""
    scale = float(call.inputs[-1].item())
    attributes = call.attributes
    width = (len(call.inputs) - 1) // count_of(attributes)
    groups = _of_each(attributes, call.inputs, master, shared=1)
    for i, arrays in enumerate(groups):
        if not is_useful(scale):
            assign(call, i, call.inputs[i * width])
            continue
        settings = {"lr": attributes.lrs[i], "wd": attributes.wds[i]}
        settings |= {"eta": attributes.etas[i], "rescale_grad": scale}
        step_now(call, ADAMW, arrays, index=i, master=master, **settings)


# LAMB


def _direction_bytes(arrays: Sequence[Any]) -> int:
    return scratch_bytes([arrays[0].shape], wide(*(x.dtype for x in arrays)))


def _lamb_bytes(master: bool, attributes: Attributes, inputs: Any, outputs: Any) -> int:
    """Bytes for a direction, and beside it for either phase."""
    return max(
        _direction_bytes(arrays)
        + max(step_bytes(DIRECTION, arrays), step_bytes(DESCENT, arrays[:2]))
        for arrays in _of_each(attributes, inputs, master)
    )


def _run_lamb(master: bool, call: Invocation) -> None:
    for i, arrays in enumerate(_of_each(call.attributes, call.inputs, master)):
        if wanted(call, i):
            _lamb(call, i, arrays, master)


def _lamb(call: Invocation, i: int, arrays: Sequence[Array], master: bool) -> None:
    attributes, weight = call.attributes, arrays[0]
    settings = {"wd": attributes.wds[i], "t": attributes.step_count[i]}
    changed = Attributes({**attributes, **settings})
    assert call.workspace is not None
    dtype = wide(*(x.dtype for x in arrays))
    (direction,) = carve(call.workspace, [weight.shape], dtype)
    rest = replace(call, workspace=call.workspace[_direction_bytes(arrays) :])
    over_pieces(rest, DIRECTION, changed, arrays, direction)()
    sums = (sum_of_squares(call.xp, x) for x in (weight, direction))
    ratio = trust(attributes, *(float(call.xp.sqrt(total)) for total in sums))
    rate = attributes.learning_rates[i] * ratio
    step_now(rest, DESCENT, (weight, direction), index=i, master=master, lr=rate)


for _prefix, _master in (("", False), ("mp_", True)):
    kernel(
        "reference",
        f"_multi_{_prefix}adamw_update",
        workspace=_bytes(ADAMW, _master, shared=1),
    )(partial(_run_adamw, _master))
    kernel(
        "reference",
        f"_multi_{_prefix}lamb_update",
        workspace=partial(_lamb_bytes, _master),
    )(partial(_run_lamb, _master))
