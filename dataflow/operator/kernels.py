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
from typing import Any, NamedTuple
from weakref import WeakSet

from dataflow import checking, engine, recording
from dataflow.ndarray import NDArray
from dataflow.operator.custom import Arrays, CustomOp
from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Waiting,
    binder,
)

_REQUESTS = {Request.NULL: "null", Request.WRITE: "write", Request.ADD: "add"}


class _Call(NamedTuple):
    """One call of the user's code: what to call, and the arrays that it is given.

    Those that it may write come last. What it makes belongs to its operator.
    """

    function: Callable[[], Any]
    user: Callable[..., Any]
    arrays: Arrays
    read_only: int
    is_train: bool
    made: Any

    def block(self) -> None:
        """Call it; what is ``async def`` runs on the engine's io lane meanwhile."""
        if inspect.iscoroutinefunction(self.user):
            engine.run_async(self._await, name=_name(self.user))
        else:
            with (
                recording.mode_scope(recording=False, training=self.is_train),
                checking.inside(self._scope()),
            ):
                self.function()
        for array in self.arrays:  # what the user's code has started on them
            array._block()

    async def wait(self) -> None:
        """Await it where asynchronous operations run."""
        await self._await()
        for array in self.arrays:
            await engine.wait_for_async(array.var)

    async def _await(self) -> None:
        with checking.inside(self._scope()):
            await self.function()

    def _scope(self) -> checking.Scope:
        variables = [array.var for array in self.arrays]
        reads, writes = variables[: self.read_only], variables[self.read_only :]
        return checking.Scope(_name(self.user) or "Custom", reads, writes, self.made)


def _waits_forward(
    attributes: Attributes,
    inputs: Sequence[Specification],
    state: dict[Any, Any],
    device: Any,
) -> bool:
    operator = _operator(attributes, inputs, state, device)
    return inspect.iscoroutinefunction(operator.forward)


def _waits_backward(
    attributes: Attributes,
    inputs: Sequence[Specification],
    state: dict[Any, Any],
    device: Any,
) -> bool:
    return "operator" in state and inspect.iscoroutinefunction(
        state["operator"].backward
    )


@binder("reference", "Custom", waits=_waits_forward)
def bind_forward(call: Invocation) -> Waiting:
    """Bind the user's `forward`."""
    given = [Specification(array.shape, array.dtype) for array in call.inputs]
    state = {} if call.state is None else call.state
    operator = _operator(call.attributes, given, state, call.device)
    return _bound(partial(_forward, call, operator))


@binder("reference", "_backward_Custom", waits=_waits_backward)
def bind_backward(call: Invocation) -> Waiting:
    """Bind the user's `backward`."""
    return _bound(partial(_backward, call))


def _bound(make: Callable[[], _Call]) -> Waiting:
    """Make the call, with arrays of its own, at every run."""

    async def wait() -> None:
        await make().wait()

    return Waiting(lambda: make().block(), wait)


def _operator(
    attributes: Attributes,
    inputs: Sequence[Specification],
    state: dict[Any, Any],
    device: Any,
) -> CustomOp:
    """Return the operator of this node, made when first asked for."""
    if "operator" not in state:
        properties = attributes.properties
        arguments = inputs[: len(properties.list_arguments())]
        shapes = [list(given.shape) for given in arguments]
        types = [given.dtype.type for given in arguments]
        owner = checking.Owner(_made(state)) if checking.on else None
        with checking.inside(owner):
            state["operator"] = properties.create_operator(device, shapes, types)
    return state["operator"]  # type: ignore[no-any-return]


def _forward(call: Invocation, operator: CustomOp) -> _Call:
    count = len(call.attributes.properties.list_arguments())
    arrays = _wrapped(call, call.inputs)
    outputs = _outputs(call)
    forward = partial(
        operator.forward,
        is_train=call.is_train,
        req=[_REQUESTS[request] for request in call.requests],
        in_data=arrays[:count],
        out_data=outputs,
        aux=arrays[count:],
    )
    return _Call(
        forward,
        operator.forward,
        [*arrays, *outputs],
        count,
        call.is_train,
        _made(call.state),
    )


def _backward(call: Invocation) -> _Call:
    assert call.state is not None
    needs = call.attributes.needs
    arrays = _wrapped(call, call.inputs)
    given = dict(zip(needs, arrays, strict=False))
    gradients = _outputs(call)
    properties = call.attributes.properties
    counts = len(properties.list_outputs()), len(properties.list_arguments())
    user = call.state["operator"].backward
    backward = partial(
        user,
        req=[_REQUESTS[request] for request in call.requests],
        out_grad=[given.get(f"out_grad{i}") for i in range(counts[0])],
        in_data=[given.get(f"in_data{i}") for i in range(counts[1])],
        out_data=[given.get(f"out_data{i}") for i in range(counts[0])],
        in_grad=gradients,
        aux=arrays[len(needs) :],
    )
    return _Call(
        backward,
        user,
        [*arrays, *gradients],
        len(needs),
        call.is_train,
        _made(call.state),
    )


def _made(state: dict[Any, Any] | None) -> Any:
    """Return where the arrays that an operator makes are noted, for `checking`."""
    return WeakSet() if state is None else state.setdefault("made", WeakSet())


def _name(user: Callable[..., Any]) -> str | None:
    return getattr(user, "__qualname__", None)


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
