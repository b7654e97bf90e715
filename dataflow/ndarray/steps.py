"""Steps of optimizers, which come again and again for the same arrays.

A step is prepared once and pushed as it is while its arrays and numbers stay the same;
where only numbers change, as a learning rate does, the kernel alone is bound anew. What
was prepared belongs to the step's last input (a state of the weight, or the gradient
where there is none), so that it lives no longer than the training.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from dataflow import checking, engine, recording
from dataflow.graph.origin import Origin, caller_origin
from dataflow.ndarray.calls import Call, Selection, exact
from dataflow.ndarray.handle import Handle
from dataflow.ndarray.imperative import context_of, outputs_of, prepare, renewed
from dataflow.storage import Array
from dataflow_engine import Operation
from dataflow_ops.errors import DeclarationError
from dataflow_ops.registry import Operator


class Prepared(NamedTuple):
    """An operation, with the numbers and the user's line that it was prepared for."""

    operation: Operation
    numbers: Hashable
    origin: Origin | None

    def is_for(self, numbers: Hashable, origin: Origin | None) -> bool:
        """Tell whether it can be pushed as it is."""
        return (
            self.numbers == numbers
            and self.origin == origin
            and engine.takes(self.operation)
        )


@dataclass(slots=True, eq=False)
class Step:
    """A prepared step, and what it was prepared for.

    Parameters
    ----------
    call : Call
        What it computes.
    selection : Selection
        By which kernel.
    inputs, outputs : tuple of array
        Raw arrays; no handle, for one of those holds the step.
    settings : hashable
        The attributes that shapes may depend on, as they were given.
    last : Prepared
        What was pushed last; replaced as a whole, for threads may share a step.
    """

    call: Call
    selection: Selection
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    settings: Hashable
    last: Prepared

    def is_for(
        self, operator: Operator, inputs: Sequence[Any], outputs: Sequence[Any]
    ) -> bool:
        """Tell whether these are its operator and arrays."""
        return (
            self.call.operator is operator
            and _same(inputs, self.inputs)
            and _same(outputs, self.outputs)
            and self.selection.is_current(operator.name)
        )


def is_step(operator: Operator) -> bool:
    """Tell whether an operator is an optimizer's: they are named for that."""
    return operator.name.endswith("_update")


def repeat(
    operator: Operator,
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    given: Mapping[str, Any],
) -> bool:
    """Push a step that came before; False if it did not, or may not be pushed so.

    Parameters
    ----------
    operator : Operator
        What is called.
    inputs, outputs : sequence
        What the user passed, which may be anything.
    given : mapping
        Attributes.
    """
    step: Step | None = getattr(inputs[-1], "_step", None) if inputs else None
    if step is None or _is_watched() or not step.is_for(operator, inputs, outputs):
        return False
    try:
        settings, numbers = _divided(given)
    except TypeError:
        return False
    if step.settings != settings:
        return False
    last, origin = step.last, caller_origin()
    operation = last.operation
    if not last.is_for(numbers, origin):
        try:
            attributes = operator.parse(given)
        except DeclarationError:
            return False
        again = renewed(operation, attributes, origin)
        if again is None:
            call = replace(step.call, attributes=attributes)
            again = _operation(call, inputs, outputs)
        operation = again
        step.last = Prepared(operation, numbers, origin)
    engine.push(operation)
    return True


def begin(
    call: Call,
    inputs: Sequence[Handle],
    outputs: Sequence[Handle],
    given: Mapping[str, Any],
) -> bool:
    """Push a step and remember it; False if that cannot be.

    Raises
    ------
    ArgumentError
        An array lies elsewhere or does not fit.
    """
    if _is_watched() or not len(outputs) == len(call.outputs) == call.visible:
        return False
    try:
        settings, numbers = _divided(given)
    except TypeError:
        return False
    context = context_of(call, inputs)
    outputs_of(call, context, outputs, Handle)
    operation = _operation(call, inputs, outputs)
    if _writes_over(inputs, outputs):
        inputs[-1]._step = Step(
            call,
            call.on(context),
            tuple(x._raw for x in inputs),
            tuple(x._raw for x in outputs),
            settings,
            Prepared(operation, numbers, caller_origin()),
        )
    engine.push(operation)
    return True


def _writes_over(inputs: Sequence[Handle], outputs: Sequence[Handle]) -> bool:
    """Tell whether outputs are inputs: nothing then hangs on which are views."""
    read = {array.var for array in inputs}
    return all(array.var in read for array in outputs)


def _operation(
    call: Call, inputs: Sequence[Handle], outputs: Sequence[Handle]
) -> Operation:
    context = inputs[0].context
    return prepare(call, inputs, outputs, context, given_out=len(outputs))


def _is_watched() -> bool:
    """Tell whether more is to be done for each call than to run it."""
    return recording.is_recording() or checking.on


def _same(given: Sequence[Any], raws: Sequence[Array]) -> bool:
    if len(given) != len(raws):
        return False
    for array, raw in zip(given, raws, strict=True):
        if getattr(array, "_raw", None) is not raw:
            return False
    return True


def _divided(given: Mapping[str, Any]) -> tuple[Hashable, Hashable]:
    """Divide attributes into what shapes may depend on and numbers, which go by value.

    Raises
    ------
    TypeError
        Nothing is known about the type of one.
    """
    settings: list[Hashable] = []
    numbers = []
    for name, value in given.items():
        settings.append(name)
        if type(value) is float:
            numbers.append(exact(value))
        elif type(value) is list:
            settings.append(len(value))
            numbers.append(exact(value))
        else:
            settings.append(exact(value))
    return tuple(settings), tuple(numbers)
