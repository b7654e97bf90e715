"""Chains: normalization and activation on the way of the primitive before them.

With statistics that are given, a normalization behind a convolution is one addition
before, one product and one addition behind: a number each for every channel, made anew
at each run of the arrays that they follow from.

Where the result is not a number, or may have been lost as one, the steps run one by
one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial

import numpy as np

from dataflow_ops.chains import Chain, chain_name
from dataflow_ops.fused import Step
from dataflow_ops.kernels.extremes import extreme
from dataflow_ops.kernels.onednn import convolution, dense, normalization, rectified
from dataflow_ops.kernels.onednn.codes import Algorithm
from dataflow_ops.kernels.onednn.entry import (
    Call,
    Entry,
    bind_plan,
    bind_reference,
    enter,
    planned,
)
from dataflow_ops.kernels.onednn.later import Later, nothing
from dataflow_ops.kernels.onednn.memory import ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Step as Behind
from dataflow_ops.kernels.onednn.statistics import bind_statistics
from dataflow_ops.kernels.onednn.steps import ACTIVATIONS, Combination, Steps
from dataflow_ops.kernels.onednn.windows import convolve
from dataflow_ops.kernels.requests import bind_all, wanted
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk
from dataflow_ops.shapes import size
from dataflow_ops.windows import is_channels_last

_INPUTS = tuple(f"input{i}" for i in range(9))
_OUTPUTS = tuple(f"output{i}" for i in range(3))
_FUNCTIONS = ("Activation", *ACTIVATIONS)
_EACH = ("centre", "scale", "beta")
_COMBINED = (
    Combination(Algorithm.PRODUCT, "scale"),
    Combination(Algorithm.SUM, "beta"),
)


class _Parts:
    """What a chain is made of, and the part that each input plays."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.producer, *rest = chain.steps
        self.norm = _only(rest, ("BatchNorm",))
        self.function = _only(rest, _FUNCTIONS)

    @property
    def activation(self) -> str:
        """Name of the function at its end, if there is one."""
        if self.function is None:
            return ""
        name = self.function.operator
        return str(self.function.attributes.act_type if name == "Activation" else name)

    @cached_property
    def roles(self) -> dict[str, int]:
        """The input that is each of data, weight, bias, gamma, ..."""
        has_weights = self.producer.operator != "BatchNorm"
        names = ("data", "weight", "bias") if has_weights else normalization.INPUTS
        roles = dict(zip(names, self.producer.reads, strict=False))
        if self.norm is not None:
            names = normalization.INPUTS
            roles |= zip(names[1:], self.norm.reads[1:], strict=True)
        return roles


def _only(steps: Sequence[Step], operators: tuple[str, ...]) -> Step | None:
    return next((step for step in steps if step.operator in operators), None)


@lru_cache(maxsize=4096)
def _parts(chain: Chain) -> _Parts:
    return _Parts(chain)


def _parts_of(call: Call) -> _Parts:
    return _parts(call.attributes.chain)


def _inner(call: Call) -> Call:
    """Return the producer's own call; its result is the chain's."""
    parts = _parts_of(call)
    names = {_INPUTS[v]: role for role, v in parts.roles.items()}
    names[_OUTPUTS[0]] = "output"
    return call._replace(
        attributes=parts.producer.attributes,
        inputs=tuple(call.inputs[v] for v in parts.producer.reads),
        outputs=tuple(parts.chain.shapes[v] for v in parts.producer.writes),
        requests=(Request.WRITE,) * len(parts.producer.writes),
        last=frozenset(names[name] for name in call.last if name in names),
    )


def _steps(parts: _Parts) -> Steps:
    if parts.norm is None:
        return Steps((), parts.activation)
    return Steps(_COMBINED, parts.activation)


# Plans


def _convolution_plan(call: Call) -> Plan:
    parts, inner = _parts_of(call), _inner(call)
    geometry = convolution.forward_geometry(inner)
    images = geometry.images(geometry.output)
    given = {
        "data": geometry.images(geometry.data),
        "weight": geometry.weights(),
        **dict.fromkeys(("bias", *_EACH), ordered((geometry.filters,))),
    }
    plan = inner.plan(given, {"output": images})
    bias = "" if inner.attributes.no_bias else "bias"
    if parts.norm is not None:
        bias = "centre"
    convolve(plan, geometry, "data", "weight", bias, "output", _steps(parts))
    return plan


def _dense_plan(call: Call) -> Plan:
    return dense.forward_plan(_inner(call), _steps(_parts_of(call)))


def _norm_plan(call: Call) -> Plan:
    inner = _inner(call)
    if rectified.is_kept(inner):
        return normalization.forward_plan(inner, rectified=True)
    return normalization.forward_plan(inner, [Behind(Algorithm.RELU)])


# Binding


def _bind_weighted(operator: str, call: Call, invocation: Invocation) -> Thunk | None:
    """Bind a chain that begins with a convolution or a fully connected layer."""
    parts = _parts_of(call)
    if not any(call.requests):
        return None
    inputs = {role: invocation.inputs[v] for role, v in parts.roles.items()}
    otherwise = partial(bind_reference, operator, invocation)
    batch = parts.norm is not None and _uses_batch(parts.norm, invocation)
    if batch or call.requests[0] is not Request.WRITE:
        return otherwise()
    fold = None
    if parts.norm is not None:
        fold = _fold(parts, inputs)
    plan = planned(_ENTRIES[operator], call)
    output = invocation.outputs[0]
    run = bind_plan(plan, _inner(call), inputs, {"output": output}, invocation)
    run = bind_all((fold, run))
    if run is None or parts.activation != "relu":
        return run
    return partial(_run_checked, run, extreme(np.minimum, output), Later(otherwise))


def _uses_batch(norm: Step, invocation: Invocation) -> bool:
    return invocation.is_train and not norm.attributes.use_global_stats


def _fold(parts: _Parts, inputs: dict[str, Array]) -> Thunk:
    """Return what writes the numbers that stand for a normalization.

    They join the inputs: `centre` is added first, then comes the product with `scale`.
    """
    assert parts.norm is not None
    attributes = parts.norm.attributes
    mean, variance = inputs["moving_mean"], inputs["moving_var"]
    gamma = 1.0 if attributes.fix_gamma else inputs["gamma"]
    bias = inputs.get("bias", 0.0)
    centre = inputs["centre"] = np.empty_like(mean)
    scale = inputs["scale"] = np.empty_like(mean)

    def fold() -> None:
        np.subtract(bias, mean, out=centre)
        np.add(variance, attributes.eps, out=scale)
        np.sqrt(scale, scale)
        np.divide(gamma, scale, out=scale)

    return fold


def _norm_invocation(parts: _Parts, call: Invocation) -> Invocation:
    """Return the call of the normalization; its first result is the chain's."""
    step = parts.producer
    made = dict(zip(parts.chain.outputs[1:], call.outputs[1:], strict=True))
    requests = dict(zip(parts.chain.outputs[1:], call.requests[1:], strict=True))
    return replace(
        call,
        attributes=step.attributes,
        inputs=tuple(call.inputs[v] for v in step.reads),
        outputs=(call.outputs[0], *(made.get(v) for v in step.writes[1:])),
        requests=(
            call.requests[0],
            *(requests.get(v, Request.NULL) for v in step.writes[1:]),
        ),
        shapes=tuple(parts.chain.shapes[v] for v in step.writes),
    )


def _bind_norm(operator: str, call: Call, invocation: Invocation) -> Thunk | None:
    """Bind a normalization with relu, which loses NaN: they are looked for before."""
    parts = _parts_of(call)
    otherwise = partial(bind_reference, operator, invocation)
    norm = _norm_invocation(parts, invocation)
    if norm.requests[0] is not Request.WRITE:
        return otherwise()
    call = call._replace(is_train=invocation.is_train)
    data, gamma, beta, mean, variance = norm.inputs
    prepare: list[Thunk] = [partial(rectified.forget, invocation.state)]
    if _uses_batch(parts.producer, invocation):
        mean, variance = np.empty_like(beta), np.empty_like(beta)
        prepare.append(bind_statistics(data, mean, variance))
        watched = [gamma, beta, mean, variance]  # a NaN in the data is in its mean
    else:
        watched = [gamma, beta, mean, variance, data]
    arrays = (data, gamma, beta, mean, variance)
    values = dict(zip(normalization.GIVEN, arrays, strict=True))
    plan = planned(_ENTRIES[operator], call)
    outputs = {"output": norm.outputs[0]}
    passed = rectified.kept_of(_inner(call), invocation.state)
    if passed is not None:
        values[normalization.PASSED] = passed.bits
    steps = [bind_plan(plan, _inner(call), values, outputs, invocation)]
    if passed is not None:
        steps.append(passed.note)
    if wanted(norm, 1) or wanted(norm, 2):
        steps.append(partial(normalization.hand_on, norm, mean, variance))
    run = bind_all(steps)
    assert run is not None
    looks = [extreme(of, array) for array in watched for of in _EXTREMES]
    ready = bind_all(prepare) or nothing
    return partial(_run_guarded, ready, looks, run, Later(otherwise))


# Running


def _run_checked(run: Thunk, least: Callable[[], float], otherwise: Later) -> None:
    """Run the chain; if a result is NaN, there was one, or an infinity."""
    run()
    if math.isnan(least()):
        otherwise.run()


def _run_guarded(
    prepare: Thunk,
    looks: Sequence[Callable[[], float]],
    run: Thunk,
    otherwise: Later,
) -> None:
    """Run the chain unless something that it depends on is not finite."""
    prepare()
    (run if all(math.isfinite(look()) for look in looks) else otherwise.run)()


# What is taken


def _can_convolve(call: Call) -> bool:
    parts = _parts_of(call)
    by_channel = parts.norm is None or _is_channelwise(parts.norm, parts.chain)
    has_axis = not is_channels_last(parts.producer.attributes.layout)
    return has_axis and len(call.outputs) == 1 and by_channel and _knows(parts)


def _can_layer(call: Call) -> bool:
    parts = _parts_of(call)
    return parts.norm is None and _knows(parts)


def _can_norm(call: Call) -> bool:
    parts = _parts_of(call)
    data = call.inputs[parts.roles["data"]]
    own = _is_channelwise(parts.producer, parts.chain) and len(data) > 2
    return own and parts.activation == "relu" and len(call.outputs) in (1, 3)


def _knows(parts: _Parts) -> bool:
    return parts.activation in ("", *ACTIVATIONS)


def _is_channelwise(norm: Step, chain: Chain) -> bool:
    data = chain.shapes[norm.reads[0]]
    axis = norm.attributes.axis % len(data)
    return axis == 1 and bool(norm.attributes.eps > 0)


def _layer_lengths(call: Call) -> tuple[int, ...]:
    return dense.layer_lengths(*_inner(call).inputs[:2])


def _images(call: Call) -> list[str]:
    """Name data and the result."""
    return [_INPUTS[_parts_of(call).roles["data"]], _OUTPUTS[0]]


def _norm_size(call: Call) -> int:
    return size(call.outputs[0])


_EXTREMES = (np.minimum, np.maximum)
_ENTRIES = {
    chain_name("Convolution"): Entry(
        plan=_convolution_plan,
        inputs=_INPUTS,
        outputs=_OUTPUTS,
        work=lambda call: convolution.forward_geometry(_inner(call)).work,
        can=_can_convolve,
        images=_images,
        prefers=True,
    ),
    chain_name("FullyConnected"): Entry(
        plan=_dense_plan,
        inputs=_INPUTS,
        outputs=_OUTPUTS,
        work=lambda call: 2.0 * size(_layer_lengths(call)),
        can=_can_layer,
        pays=lambda call: dense.pays(_layer_lengths(call)),
    ),
    chain_name("BatchNorm"): Entry(
        plan=_norm_plan,
        inputs=_INPUTS,
        outputs=_OUTPUTS,
        work=lambda call: 10.0 * _norm_size(call),
        can=_can_norm,
        pays=lambda call: _norm_size(call) >= normalization.LEAST,
        images=_images,
        keeps=lambda call: rectified.kept_bytes(_inner(call)),
    ),
}
for _operator, _entry in _ENTRIES.items():
    _own = _bind_norm if _operator == chain_name("BatchNorm") else _bind_weighted
    enter(_operator, _entry._replace(bind=partial(_own, _operator)))
