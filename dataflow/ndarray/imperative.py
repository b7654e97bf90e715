"""Calling one operator on arrays.

The first of the places where operators meet the engine: everything is checked and
allocated here; the kernel runs later, on a lane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from dataflow import checking, engine, recording
from dataflow.context import Context, check_context, current_context
from dataflow.errors import ArgumentError, OperatorError
from dataflow.graph.origin import Origin, caller_origin
from dataflow.ndarray import tape
from dataflow.ndarray.calls import Call, resolve
from dataflow.ndarray.handle import Handle
from dataflow.seeds import fresh_source
from dataflow.storage import (
    Array,
    address,
    allocate,
    allocate_bytes,
    array_module,
    prepared,
)
from dataflow_engine import Cost, Operation
from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.table import (
    Invocation,
    Request,
    Thunk,
    bind_quietly,
    rebound,
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
    return apply(resolve(operator, inputs, given), inputs, out, kind)


def apply(
    call: Call, inputs: Sequence[Handle], out: Sequence[H] | None, kind: type[H]
) -> list[H]:
    """Run a call that was resolved for such inputs; see `invoke`."""
    context = context_of(call, inputs)
    outputs = outputs_of(call, context, out or (), kind)
    record = recording.is_recording() and tape.is_traced(inputs)
    if record:
        tape.check_overwriting(call.operator, out or ())
    state: dict[Any, Any] = {}
    operation = prepare(
        call,
        inputs,
        outputs,
        context,
        given_out=len(out) if out else 0,
        is_train=recording.is_training(),
        state=state,
    )
    engine.push(operation)
    if record:
        tape.record(call.operator, call.attributes, inputs, outputs, state)
    return outputs if call.visible == len(outputs) else outputs[: call.visible]


def context_of(call: Call, inputs: Sequence[Handle]) -> Context:
    """Return where a call runs; ArgumentError if its inputs lie on several devices."""
    if not inputs:
        return context_named(call.attributes.get("ctx"))
    context = inputs[0].context
    for number, array in enumerate(inputs):
        other = array._context
        if other is not context and other != context and not _both_host(other, context):
            raise ArgumentError(
                f"operator {call.operator.name}: '{call.names[number]}' lies on "
                f"{other} and '{call.names[0]}' on {context}; bring them together with "
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


def outputs_of(
    call: Call, context: Context, out: Sequence[H], kind: type[H]
) -> list[H]:
    """Return where a call writes: what was given, if it fits, and new arrays."""
    if not out:
        return [kind.empty(x.shape, x.dtype, context) for x in call.outputs]
    outputs = list(out)
    for array, wanted in zip(outputs, call.outputs, strict=False):
        shape, dtype = wanted.shape, wanted.dtype
        raw, there = array._raw, array._context
        fits = raw.shape == shape and raw.dtype == dtype
        if not fits or (there is not context and there != context):
            raise ArgumentError(
                f"operator {call.operator.name} gives {shape} {dtype} on {context}, "
                f"but out is {array.shape} {array.raw_dtype} on {array.context}"
            )
    for wanted in call.outputs[len(outputs) :]:
        outputs.append(kind.empty(wanted.shape, wanted.dtype, context))
    return outputs


def run(
    call: Call,
    inputs: Sequence[Handle],
    outputs: Sequence[Handle | None],
    context: Context,
    *,
    is_train: bool = False,
    state: dict[Any, Any] | None = None,
) -> None:
    """Push a checked call; see `prepare`."""
    engine.push(prepare(call, inputs, outputs, context, is_train=is_train, state=state))


def prepare(
    call: Call,
    inputs: Sequence[Handle],
    outputs: Sequence[Handle | None],
    context: Context,
    *,
    given_out: int = 0,
    is_train: bool = False,
    state: dict[Any, Any] | None = None,
) -> Operation:
    """Return the operation of a checked call.

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
    selection = call.on(context)
    made = [x for x in outputs if x is not None]
    if checking.on:
        for array in (*inputs, *made):
            checking.touch(array._var)
    raw_inputs = tuple([x._raw for x in inputs])
    raw_outputs = tuple([None if x is None else x._raw for x in outputs])
    late: list[tuple[Array, Array]] = []
    for index, target in enumerate(outputs[:given_out]):
        if target is not None and _overlaps(operator, index, inputs, target):
            spare = allocate(target.shape, target.raw_dtype, context)
            raw_outputs = (*raw_outputs[:index], spare, *raw_outputs[index + 1 :])
            late.append((target._raw, spare))
    nbytes = selection.nbytes
    invocation = Invocation(
        array_module(context),
        call.attributes,
        raw_inputs,
        raw_outputs,
        selection.writes if len(made) == len(outputs) else _requests(outputs),
        is_train,
        None if nbytes is None else allocate_bytes(nbytes, context),
        fresh_source() if operator.random else None,
        selection.shapes,
        state,
        context,
    )
    reads = [x._var for x in inputs]
    writes = [x._var for x in made]
    if given_out:  # a part that is written mends nothing; as in moves._onto
        reads += [x._var for x in made[:given_out] if x._is_view]
    if call.states:
        writes += [x._var for x in inputs[len(inputs) - call.states :]]
    thunk = prepared(context, partial(bind_quietly, selection.kernel, invocation))
    origin = caller_origin()
    return engine.operation(
        _Guarded(operator, thunk, late, origin, raw_inputs, raw_outputs),
        reads,
        writes,
        lane=selection.lane,
        cost=cost_of(operator.name, made[0]._raw.nbytes if made else 0),
        name=operator.name,
    )


def renewed(
    operation: Operation, attributes: Attributes, origin: Origin | None
) -> Operation | None:
    """Return a prepared operation with other attributes and the same arrays.

    Returns
    -------
    Operation or None
        None where only `prepare` can do it.
    """
    function = operation.function
    if not isinstance(function, _Guarded):
        return None
    again = function.with_attributes(attributes, origin)
    if again is None:
        return None
    return engine.operation(
        again,
        operation.inputs,
        operation.writes,
        lane=operation.lane,
        cost=operation.cost,
        name=operation.name,
    )


def _requests(outputs: Sequence[Handle | None]) -> tuple[Request, ...]:
    return tuple(Request.NULL if x is None else Request.WRITE for x in outputs)


def _overlaps(
    operator: Operator, index: int, inputs: Sequence[Handle], output: Handle
) -> bool:
    """Tell whether writing an output would spoil an input it shares memory with.

    Arrays that share memory share their Var, which is soon compared.
    """
    var, target = output._var, output._raw
    for number, array in enumerate(inputs):
        if array._var is not var:
            continue
        source, inplace = array._raw, (number, index) in operator.inplace
        if source is target and inplace:
            continue
        if array_module(output.context).may_share_memory(source, target) and not (
            inplace and _same_memory(source, target)
        ):
            return True
    return False


def _same_memory(first: Array, second: Array) -> bool:
    return (address(first), first.nbytes) == (address(second), second.nbytes)


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
        self.thunk = thunk
        self.late = late
        self.origin = origin
        self.inputs = inputs
        self.outputs = outputs

    def with_attributes(
        self, attributes: Attributes, origin: Origin | None
    ) -> _Guarded | None:
        """Return one with the same arrays; None if its kernel has to be bound anew."""
        thunk = rebound(self.thunk, attributes)
        if thunk is None:
            return None
        arrays = (self.inputs, self.outputs)
        return _Guarded(self.operator, thunk, self.late, origin, *arrays)

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
