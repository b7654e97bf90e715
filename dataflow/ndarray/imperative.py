"""Calling one operator on arrays.

The first of the places where operators meet the engine: everything is checked and
allocated here; the kernel runs later, on a lane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np

from dataflow import engine, recording
from dataflow.context import Context, check_context, current_context
from dataflow.errors import ArgumentError, OperatorError
from dataflow.graph.origin import Origin, caller_origin
from dataflow.ndarray import tape
from dataflow.ndarray.calls import Call, resolve
from dataflow.ndarray.handle import Handle
from dataflow.seeds import fresh_source
from dataflow.storage import Array, allocate, allocate_bytes, array_module
from dataflow_engine import Cost
from dataflow_ops.kernels.backends import select
from dataflow_ops.kernels.table import (
    Invocation,
    Kernel,
    Request,
    Specification,
    Thunk,
    quiet,
)
from dataflow_ops.registry import Operator

H = TypeVar("H", bound=Handle)

# Running estimates of run times, per operator and size (in powers of four), by which
# the engine tells what is cheap enough to run at once.
_costs: dict[tuple[str, int], Cost] = {}


def invoke(
    operator: Operator,
    inputs: Sequence[Handle],
    given: Mapping[str, Any],
    out: Sequence[H] | None,
    kind: type[H],
) -> list[H]:
    """Run an operator on arrays and return all its visible outputs.

    Parameters
    ----------
    operator : Operator
        What to run.
    inputs : sequence of Handle
        Arguments, auxiliary states last; on one context.
    given : mapping
        Attributes, as values or strings. ``ctx`` chooses the context of an operator
        without inputs.
    out : sequence of Handle, optional
        Where to write, instead of into new arrays.
    kind : type
        What new arrays are made as.

    Raises
    ------
    ArgumentError
        An attribute, the count of inputs or an array given as `out` does not fit.
    InferenceError
        The inputs' shapes or types contradict the operator.
    """
    specifications = tuple(Specification(x.shape, x.raw_dtype) for x in inputs)
    call = resolve(operator, specifications, given)
    context = _context(call, inputs)
    outputs = _outputs(call, context, out, kind)
    state: dict[Any, Any] = {}
    record = recording.is_recording() and tape.is_traced(inputs)
    if record:
        tape.check_overwriting(operator, out or ())
    run(
        call,
        inputs,
        outputs,
        context,
        given_out=len(out or ()),
        is_train=recording.is_training(),
        state=state,
    )
    if record:
        tape.record(operator, call.attributes, inputs, outputs, state)
    return outputs[: call.visible]


def _context(call: Call, inputs: Sequence[Handle]) -> Context:
    if not inputs:
        return context_named(call.attributes.get("ctx"))
    context = inputs[0].context
    for name, array in zip(call.names, inputs, strict=True):
        if array.context != context and not _both_host(array.context, context):
            raise ArgumentError(
                f"operator {call.operator.name}: '{name}' lies on {array.context} and "
                f"'{call.names[0]}' on {context}; bring them together with "
                "as_in_context"
            )
    return context


def _both_host(first: Context, second: Context) -> bool:
    """Tell whether two contexts differ in name only: all CPUs share one memory."""
    return first.device_type == second.device_type == "cpu"


def context_named(name: str | None) -> Context:
    """Return the context of a name such as ``cpu(1)``; the current one for None."""
    if not name:
        return current_context()
    kind, _, number = name.rstrip(")").partition("(")
    return check_context(Context(kind, int(number or 0)), "ctx")


def _outputs(
    call: Call, context: Context, out: Sequence[H] | None, kind: type[H]
) -> list[H]:
    outputs = list(out or ())
    for array, (shape, dtype) in zip(outputs, call.outputs, strict=False):
        if (array.shape, array.raw_dtype, array.context) != (shape, dtype, context):
            raise ArgumentError(
                f"operator {call.operator.name} gives {shape} {dtype} on {context}, "
                f"but out is {array.shape} {array.raw_dtype} on {array.context}"
            )
    for shape, dtype in call.outputs[len(outputs) :]:
        outputs.append(kind.empty(shape, dtype, context))
    return outputs


def run(
    call: Call,
    inputs: Sequence[Handle],
    outputs: Sequence[Handle | None],
    context: Context,
    *,
    given_out: int = 0,
    is_train: bool = False,
    state: dict[Any, Any] | None = None,
) -> None:
    """Push a checked call.

    Parameters
    ----------
    call : Call
        What to run.
    inputs, outputs : sequence of Handle
        Its arrays, all of them on `context`; None for an output that nobody wants.
    context : Context
        Where to run.
    given_out : int
        How many leading outputs are the user's, who may have passed inputs again.
    is_train : bool
        Whether this is part of a training step.
    state : dict, optional
        What the kernel shares with those of the gradient; see `Invocation.state`.
    """
    operator = call.operator
    _, kernel = select(operator.name, call.attributes, call.inputs, call.outputs)
    raw_inputs = tuple(x.raw for x in inputs)
    raw_outputs = tuple(None if x is None else x.raw for x in outputs)
    late: list[tuple[Array, Array]] = []
    for index, target in enumerate(outputs[:given_out]):
        if target is not None and _overlaps(operator, index, inputs, target):
            spare = allocate(target.shape, target.raw_dtype, context)
            raw_outputs = (*raw_outputs[:index], spare, *raw_outputs[index + 1 :])
            late.append((target.raw, spare))
    bind = partial(
        kernel.bind,
        Invocation(
            xp=array_module(context),
            attributes=call.attributes,
            inputs=raw_inputs,
            outputs=raw_outputs,
            requests=tuple(
                Request.NULL if x is None else Request.WRITE for x in outputs
            ),
            is_train=is_train,
            workspace=_workspace(call, kernel, context),
            random=fresh_source() if operator.random else None,
            shapes=tuple(x.shape for x in call.outputs),
            state=state,
            device=context,
        ),
    )
    made = [x for x in outputs if x is not None]
    states = inputs[len(inputs) - call.states :]
    parts = [x for x in made[:given_out] if x.is_view]  # as in moves._onto
    operation = engine.operation(
        _Guarded(
            operator, quiet(bind)(), late, caller_origin(), raw_inputs, raw_outputs
        ),
        [x.var for x in (*inputs, *parts)],
        [x.var for x in (*made, *states)],
        lane=context.lane,
        cost=cost_of(operator.name, made[0].raw.nbytes if made else 0),
        name=operator.name,
    )
    engine.push(operation)


def _workspace(call: Call, kernel: Kernel, context: Context) -> Array | None:
    if kernel.workspace is None:
        return None
    nbytes = kernel.workspace(call.attributes, call.inputs, call.outputs)
    return allocate_bytes(nbytes, context)


def _overlaps(
    operator: Operator, index: int, inputs: Sequence[Handle], output: Handle
) -> bool:
    """Tell whether writing an output would spoil an input it shares memory with.

    Arrays that share memory share their Var, which is soon compared.
    """
    var = output.var
    return any(
        np.may_share_memory(array.raw, output.raw)
        and not ((i, index) in operator.inplace and _same_memory(array.raw, output.raw))
        for i, array in enumerate(inputs)
        if array.var is var
    )


def _same_memory(first: Array, second: Array) -> bool:
    return (first.ctypes.data, first.nbytes) == (second.ctypes.data, second.nbytes)


def cost_of(name: str, nbytes: int) -> Cost:
    """Return the shared estimate of how long `name` takes on so many bytes."""
    key = (name, nbytes.bit_length() // 2)
    cost = _costs.get(key)
    if cost is None:
        cost = _costs[key] = Cost()
    return cost


class _Guarded:
    """A bound kernel whose failure names the operator, its inputs and its origin."""

    __slots__ = ("inputs", "late", "operator", "origin", "outputs", "thunk")

    def __init__(
        self,
        operator: Operator,
        thunk: Thunk | None,
        late: list[tuple[Array, Array]],
        origin: Origin | None,
        inputs: tuple[Array, ...],
        outputs: tuple[Array | None, ...],
    ) -> None:
        self.operator = operator
        self.thunk = None if thunk is None else quiet(thunk)
        self.late = late
        self.origin = origin
        self.inputs = inputs
        self.outputs = outputs

    def trace_details(self) -> dict[str, Any]:
        """Tell traces what it computes."""
        made = [x for x in self.outputs if x is not None]
        return {
            "operator": self.operator.name,
            "inputs": ", ".join(f"{x.shape} {x.dtype}" for x in self.inputs),
            "outputs": ", ".join(f"{x.shape} {x.dtype}" for x in made),
            "bytes": sum(x.nbytes for x in made),
        }

    def __call__(self) -> None:
        try:
            if self.thunk is not None:
                self.thunk()
            for target, source in self.late:
                target[...] = source
        except Exception as error:
            shapes = ", ".join(f"{x.shape} {x.dtype}" for x in self.inputs)
            raise OperatorError(
                f"operator {self.operator.name}, called at {self.origin}, failed on "
                f"inputs {shapes}: {type(error).__name__}: {error}"
            ) from error
