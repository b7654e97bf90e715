"""The way back through relu and the normalization before it, as one.

In training, the forward chain keeps a bit for each element, whether relu let it pass,
in the state that a node shares with its backward node. So the gradient need not go
through memory once more between the two, nor is relu's output read. Where nothing was
kept, the bits are found from the output; where images have their channels second, the
two run one after the other.

oneDNN makes 0 of all that relu did not let pass, and the reference makes NaN of what is
not finite there: such gradients go to the reference.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np

from dataflow_ops.chains import Chain, chain_name
from dataflow_ops.fused import Step
from dataflow_ops.kernels.extremes import extreme
from dataflow_ops.kernels.onednn import normalization
from dataflow_ops.kernels.onednn.entry import (
    Call,
    Entry,
    bind_reference,
    enter,
    planned,
)
from dataflow_ops.kernels.onednn.later import Later
from dataflow_ops.kernels.onednn.library import has_wide_vectors
from dataflow_ops.kernels.onednn.memory import BLOCK
from dataflow_ops.kernels.onednn.normalization import PASSED
from dataflow_ops.kernels.onednn.plans import Plan, aligned_bytes
from dataflow_ops.kernels.orders import as_it_lies
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk
from dataflow_ops.shapes import Shape, size

_KEY = "onednn passed"  # of the shared state
_INPUTS = tuple(f"input{i}" for i in range(9))
_OUTPUTS = tuple(f"output{i}" for i in range(3))
_OUTPUT = "output"  # what backward plans call that of relu
_FORWARD = {"data", _OUTPUT}
_BACKWARD = {"out_grad", "data", _OUTPUT, "data_grad"}


class Passed:
    """Where relu let pass, in the last run of a node.

    Parameters
    ----------
    elements : int
        Of the node's output.

    Attributes
    ----------
    bits : array of bytes
        A bit for each element, as they lie with the channels last.
    is_known : bool
        Whether they are those of the last run.
    """

    def __init__(self, elements: int) -> None:
        self.bits = aligned_bytes(elements // 8)
        self.is_known = False

    def note(self) -> None:
        """Tell that the bits are those of the last run."""
        self.is_known = True

    def find(self, output: Array) -> None:
        """Find the bits from relu's output, as it lies."""
        self.bits[...] = np.packbits((output > 0).reshape(-1), bitorder="little")


def is_kept(call: Call) -> bool:
    """Tell whether a normalization with relu behind it keeps where that let pass."""
    return call.is_train and call.last >= _FORWARD and _has_bits(call.outputs[0])


def _has_bits(images: Shape) -> bool:
    """Tell whether oneDNN keeps one bit for each element of images."""
    return has_wide_vectors() and images[1] % BLOCK == 0


def kept_of(call: Call, state: dict[Any, Any] | None) -> Passed | None:
    """Return what a forward call keeps, the same for all that share the state."""
    if not is_kept(call):
        return None
    passed = Passed(size(call.outputs[0]))
    if state is not None:
        passed = state.setdefault(_KEY, passed)
    return passed


def kept_bytes(call: Call) -> int:
    """Count the bytes of what a forward call keeps."""
    return size(call.outputs[0]) // 8 if is_kept(call) else 0


def forget(state: dict[Any, Any] | None) -> None:
    """Tell that a run begins: what was kept is of the one before."""
    if state and _KEY in state:
        state[_KEY].is_known = False


# Plans


class _Parts:
    """The two steps of a chain, and the part that each value plays."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.relu, self.norm = chain.steps
        out_grad, output = self.relu.reads
        names = zip(normalization.KEPT[1:3], self.norm.reads[1:3], strict=True)
        roles = {"out_grad": out_grad, _OUTPUT: output, **dict(names)}
        self.images = {_INPUTS[roles[n]]: n for n in ("out_grad", _OUTPUT, "data")}
        self.images[_OUTPUTS[0]] = "data_grad"
        self.inputs = (out_grad, *self.norm.reads[1:])  # of the normalization
        self.output = output


@lru_cache(maxsize=4096)
def _parts(chain: Chain) -> _Parts:
    return _Parts(chain)


def _parts_of(call: Call) -> _Parts:
    return _parts(call.attributes.chain)


def _inner(call: Call) -> Call:
    """Return the normalization's own call, given the gradient of relu's output."""
    parts = _parts_of(call)
    requests = dict(zip(parts.chain.outputs, call.requests, strict=True))
    return call._replace(
        attributes=parts.norm.attributes,
        inputs=tuple(call.inputs[v] for v in parts.inputs),
        outputs=tuple(parts.chain.shapes[v] for v in parts.norm.writes),
        requests=_wanted(parts.norm, requests),
        last=frozenset(parts.images[n] for n in call.last if n in parts.images),
    )


def _wanted(norm: Step, requests: dict[int, Request]) -> tuple[Request, ...]:
    return tuple(requests.get(v, Request.NULL) for v in norm.writes)


def _is_one(inner: Call) -> bool:
    """Tell whether one primitive computes both."""
    return inner.last >= _BACKWARD and _has_bits(inner.inputs[0])


def _plan(call: Call) -> Plan:
    inner = _inner(call)
    if _is_one(inner):
        return normalization.backward_plan(inner, rectified=True)
    return normalization.backward_plan(inner, behind=_OUTPUT)


# Binding


def _bind(operator: str, call: Call, invocation: Invocation) -> Thunk | None:
    parts = _parts_of(call)
    otherwise = partial(bind_reference, operator, invocation)
    if call.requests[0] is not Request.WRITE:
        return otherwise()
    call = call._replace(is_train=invocation.is_train)
    inner, plan = _inner(call), planned(_ENTRIES[operator], call)
    norm = _norm_invocation(parts, invocation)
    output = invocation.inputs[parts.output]
    later = Later(otherwise)
    if not _is_one(inner):
        more = {_OUTPUT: output}
        run = normalization.bind_backward(plan, inner, norm, **more)
        assert run is not None
        return partial(_run_checked, extreme(np.minimum, output), run, later)
    passed = (invocation.state or {}).get(_KEY) or Passed(output.size)
    run = normalization.bind_backward(plan, inner, norm, **{PASSED: passed.bits})
    assert run is not None
    find = partial(passed.find, as_it_lies(output))
    return partial(_run_as_one, passed, find, _square(norm.inputs[0]), run, later)


def _norm_invocation(parts: _Parts, call: Invocation) -> Invocation:
    """Return the call of the normalization, given the gradient of relu's output."""
    made = dict(zip(parts.chain.outputs, call.outputs, strict=True))
    requests = dict(zip(parts.chain.outputs, call.requests, strict=True))
    return replace(
        call,
        attributes=parts.norm.attributes,
        inputs=tuple(call.inputs[v] for v in parts.inputs),
        outputs=tuple(made.get(v) for v in parts.norm.writes),
        requests=_wanted(parts.norm, requests),
        shapes=tuple(parts.chain.shapes[v] for v in parts.norm.writes),
    )


def _square(images: Array) -> Callable[[], float]:
    """Return what adds up squares: the sum is not finite where one of them is not."""
    flat = as_it_lies(images).reshape(-1)
    return partial(np.dot, flat, flat)


# Running


def _run_as_one(
    passed: Passed,
    find: Thunk,
    square: Callable[[], float],
    run: Thunk,
    otherwise: Later,
) -> None:
    if not math.isfinite(square()):
        otherwise.run()
        return
    if not passed.is_known:
        find()
    run()


def _run_checked(least: Callable[[], float], run: Thunk, otherwise: Later) -> None:
    """Run unless relu's output is NaN somewhere, which oneDNN lets pass."""
    (otherwise.run if math.isnan(least()) else run)()


# What is taken


def _can(call: Call) -> bool:
    parts = _parts_of(call)
    given, data = parts.relu.attributes, parts.chain.shapes[parts.norm.reads[1]]
    is_relu = given.get("act_type", "relu") == "relu"
    axis = parts.norm.attributes.axis % len(data)
    return is_relu and axis == 1 and len(data) > 2


def _apart(call: Call) -> tuple[str, ...]:
    """Name relu's output, if no more than its bits are wanted."""
    parts = _parts_of(call)
    return (_INPUTS[parts.output],) if _is_one(_inner(call)) else ()


def _size(call: Call) -> int:
    return size(call.outputs[0])


_ENTRIES = {
    chain_name(f"_backward_{name}"): Entry(
        plan=_plan,
        inputs=_INPUTS,
        outputs=_OUTPUTS,
        work=lambda call: 10.0 * _size(call),
        can=_can,
        pays=lambda call: _size(call) >= normalization.LEAST,
        images=lambda call: tuple(_parts_of(call).images),
        apart=_apart,
    )
    for name in ("Activation", "relu")
}
for _operator, _entry in _ENTRIES.items():
    enter(_operator, _entry._replace(bind=partial(_bind, _operator)))
