"""The kernel that calls the user's code.

The third place where operators meet the engine: a `CustomOp` runs on a lane like any
other operator. The arrays that it is given have Vars of their own, so that it may read
their values and compute with them at once; what it started is waited for before its
successors run.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from dataflow import engine, recording
from dataflow.ndarray import NDArray
from dataflow.operator.custom import Arrays, CustomOp
from dataflow_ops.kernels.table import Array, Invocation, Request, binder

_REQUESTS = {Request.NULL: "null", Request.WRITE: "write", Request.ADD: "add"}


@binder("reference", "Custom")
def bind_forward(call: Invocation) -> Callable[[], None]:
    """Bind the user's `forward`."""
    return partial(_forward, call, _operator(call, call.inputs))


@binder("reference", "_backward_Custom")
def bind_backward(call: Invocation) -> Callable[[], None]:
    """Bind the user's `backward`."""
    return partial(_backward, call)


def _operator(call: Invocation, inputs: Sequence[Array]) -> CustomOp:
    """Return the operator of this node, made when first bound."""
    operator = call.state.get("operator") if call.state is not None else None
    if operator is None:
        properties = call.attributes.properties
        arguments = inputs[: len(properties.list_arguments())]
        shapes = [list(array.shape) for array in arguments]
        types = [array.dtype.type for array in arguments]
        operator = properties.create_operator(call.device, shapes, types)
        if call.state is not None:
            call.state["operator"] = operator
    return operator  # type: ignore[no-any-return]


def _forward(call: Invocation, operator: CustomOp) -> None:
    count = len(call.attributes.properties.list_arguments())
    arrays = _wrapped(call, call.inputs)
    outputs = _outputs(call)
    requests = [_REQUESTS[request] for request in call.requests]
    forward = partial(
        operator.forward,
        is_train=call.is_train,
        req=requests,
        in_data=arrays[:count],
        out_data=outputs,
        aux=arrays[count:],
    )
    _run(forward, operator.forward, call.is_train)
    _finish([*arrays, *outputs])


def _backward(call: Invocation) -> None:
    assert call.state is not None
    needs = call.attributes.needs
    arrays = _wrapped(call, call.inputs)
    given = dict(zip(needs, arrays, strict=False))
    gradients = _outputs(call)
    requests = [_REQUESTS[request] for request in call.requests]
    properties = call.attributes.properties
    counts = len(properties.list_outputs()), len(properties.list_arguments())
    user = call.state["operator"].backward
    backward = partial(
        user,
        req=requests,
        out_grad=[given.get(f"out_grad{i}") for i in range(counts[0])],
        in_data=[given.get(f"in_data{i}") for i in range(counts[1])],
        out_data=[given.get(f"out_data{i}") for i in range(counts[0])],
        in_grad=gradients,
        aux=arrays[len(needs) :],
    )
    _run(backward, user, call.is_train)
    _finish([*arrays, *gradients])


def _run(bound: Callable[[], Any], user: Callable[..., Any], is_train: bool) -> None:
    """Call the user's code; what is ``async def`` runs on the engine's io lane."""
    if inspect.iscoroutinefunction(user):
        engine.run_async(bound, name=getattr(user, "__qualname__", None))
        return
    with recording.mode_scope(recording=False, training=is_train):
        bound()


def _wrapped(call: Invocation, raws: Sequence[Array]) -> Arrays:
    return [NDArray(raw, call.device) for raw in raws]


def _outputs(call: Invocation) -> Arrays:
    """Wrap the outputs; one that nobody wants is an array to be thrown away."""
    model = next(raw for raw in (*call.outputs, *call.inputs) if raw is not None)
    return [
        NDArray(raw, call.device)
        if raw is not None
        else NDArray.empty(shape, model.dtype, call.device)
        for raw, shape in zip(call.outputs, call.shapes, strict=True)
    ]


def _finish(arrays: Arrays) -> None:
    """Wait for what the user's code has started on its arrays."""
    for array in arrays:
        array.wait_to_read()
