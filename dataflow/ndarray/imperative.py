"""Calling one operator on arrays.

The first of the places where operators meet the engine: everything is checked and
allocated here; the kernel runs later, on a lane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np

from dataflow import engine
from dataflow.context import Context, check_context, current_context
from dataflow.errors import ArgumentError, InferenceError, OperatorError
from dataflow.graph.origin import Origin, caller_origin
from dataflow.ndarray.handle import Handle
from dataflow.seeds import fresh_source
from dataflow.storage import Array, allocate, allocate_bytes, array_module
from dataflow_engine import Cost
from dataflow_ops import dtypes as dtype_rules
from dataflow_ops import shapes as shape_rules
from dataflow_ops.attributes import Attributes
from dataflow_ops.errors import DeclarationError
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
    attributes, context = _parse(operator, inputs, given)
    facts = _infer(operator, attributes, inputs)
    outputs = _outputs(operator, facts, context, out, kind)
    _push(operator, attributes, inputs, outputs, context, given_out=len(out or ()))
    return outputs[: operator.visible_outputs(attributes)]


def _parse(
    operator: Operator, inputs: Sequence[Handle], given: Mapping[str, Any]
) -> tuple[Attributes, Context]:
    try:
        attributes = operator.parse(given)
    except DeclarationError as error:
        raise ArgumentError(f"operator {operator.name}: {error}") from None
    names = (
        *operator.input_names(attributes),
        *operator.auxiliary_names(attributes),
    )
    if len(inputs) != len(names):
        raise ArgumentError(
            f"operator {operator.name} takes {len(names)} arrays "
            f"({', '.join(names)}), not {len(inputs)}"
        )
    return attributes, _context(operator, names, inputs, attributes)


def _context(
    operator: Operator,
    names: Sequence[str],
    inputs: Sequence[Handle],
    attributes: Attributes,
) -> Context:
    if not inputs:
        return context_named(attributes.get("ctx"))
    context = inputs[0].context
    for name, array in zip(names, inputs, strict=True):
        if array.context != context:
            raise ArgumentError(
                f"operator {operator.name}: '{name}' lies on {array.context} and "
                f"'{names[0]}' on {context}; bring them together with as_in_context"
            )
    return context


def context_named(name: str | None) -> Context:
    """Return the context of a name such as ``cpu(1)``; the current one for None."""
    if not name:
        return current_context()
    kind, _, number = name.rstrip(")").partition("(")
    return check_context(Context(kind, int(number or 0)), "ctx")


def _infer(
    operator: Operator, attributes: Attributes, inputs: Sequence[Handle]
) -> list[tuple[shape_rules.Shape, dtype_rules.DType]]:
    """Return shape and type of every output."""
    count = len(operator.output_names(attributes))
    try:
        shapes = operator.shapes(attributes, [x.shape for x in inputs], [None] * count)
        dtypes = operator.dtypes(
            attributes, [x.raw_dtype for x in inputs], [None] * count
        )
        _agree(operator, inputs, shapes, dtypes)
    except DeclarationError as error:
        raise InferenceError(_refusal(operator, attributes, inputs, error)) from error
    if not all(map(shape_rules.is_known, shapes[1])):
        unknown = DeclarationError("the shapes of its outputs do not follow")
        raise InferenceError(_refusal(operator, attributes, inputs, unknown))
    return [
        (shape or (), dtype or dtype_rules.FLOAT32)
        for shape, dtype in zip(shapes[1], dtypes[1], strict=True)
    ]


def _agree(
    operator: Operator, inputs: Sequence[Handle], shapes: Any, dtypes: Any
) -> None:
    for array, shape, dtype in zip(inputs, shapes[0], dtypes[0], strict=True):
        shape_rules.unify(array.shape, shape)
        dtype_rules.unify(array.raw_dtype, dtype)


def _refusal(
    operator: Operator,
    attributes: Attributes,
    inputs: Sequence[Handle],
    error: DeclarationError,
) -> str:
    names = (*operator.input_names(attributes), *operator.auxiliary_names(attributes))
    given = ", ".join(
        f"{name} {x.shape} {x.raw_dtype}" for name, x in zip(names, inputs, strict=True)
    )
    return f"operator {operator.name}: {error}; given were {given}"


def _outputs(
    operator: Operator,
    facts: Sequence[tuple[shape_rules.Shape, dtype_rules.DType]],
    context: Context,
    out: Sequence[H] | None,
    kind: type[H],
) -> list[H]:
    outputs = list(out or ())
    for array, (shape, dtype) in zip(outputs, facts, strict=False):
        if (array.shape, array.raw_dtype, array.context) != (shape, dtype, context):
            raise ArgumentError(
                f"operator {operator.name} gives {shape} {dtype} on {context}, but "
                f"out is {array.shape} {array.raw_dtype} on {array.context}"
            )
    for shape, dtype in facts[len(outputs) :]:
        outputs.append(kind.empty(shape, dtype, context))
    return outputs


def _push(
    operator: Operator,
    attributes: Attributes,
    inputs: Sequence[Handle],
    outputs: Sequence[Handle],
    context: Context,
    given_out: int,
) -> None:
    _, kernel = select(operator.name)
    raw_inputs = tuple(x.raw for x in inputs)
    raw_outputs = tuple(x.raw for x in outputs)
    late: list[tuple[Array, Array]] = []
    for index in range(given_out):
        if _overlaps(operator, index, raw_inputs, raw_outputs[index]):
            target = outputs[index]
            spare = allocate(target.shape, target.raw_dtype, context)
            raw_outputs = (*raw_outputs[:index], spare, *raw_outputs[index + 1 :])
            late.append((target.raw, spare))
    bind = partial(
        kernel.bind,
        Invocation(
            xp=array_module(context),
            attributes=attributes,
            inputs=raw_inputs,
            outputs=raw_outputs,
            requests=(Request.WRITE,) * len(outputs),
            workspace=_workspace(kernel, attributes, raw_inputs, raw_outputs, context),
            random=fresh_source() if operator.random else None,
            shapes=tuple(x.shape for x in outputs),
        ),
    )
    states = inputs[len(operator.input_names(attributes)) :]
    parts = [x for x in outputs[:given_out] if x.is_view]  # see push_function
    engine.get().push(
        _Guarded(operator, quiet(bind)(), late, caller_origin(), raw_inputs),
        [x.var for x in (*inputs, *parts)],
        [x.var for x in (*outputs, *states)],
        lane=context.lane,
        cost=cost_of(operator.name, raw_outputs[0].nbytes if raw_outputs else 0),
        name=operator.name,
    )


def _overlaps(
    operator: Operator, index: int, inputs: Sequence[Array], output: Array
) -> bool:
    """Tell whether writing an output would spoil an input it shares memory with."""
    return any(
        np.may_share_memory(array, output)
        and not ((i, index) in operator.inplace and _same_memory(array, output))
        for i, array in enumerate(inputs)
    )


def _same_memory(first: Array, second: Array) -> bool:
    return (first.ctypes.data, first.nbytes) == (second.ctypes.data, second.nbytes)


def _workspace(
    kernel: Kernel,
    attributes: Attributes,
    inputs: Sequence[Array],
    outputs: Sequence[Array],
    context: Context,
) -> Array | None:
    if kernel.workspace is None:
        return None
    nbytes = kernel.workspace(
        attributes,
        [Specification(x.shape, x.dtype) for x in inputs],
        [Specification(x.shape, x.dtype) for x in outputs],
    )
    return allocate_bytes(nbytes, context)


def cost_of(name: str, nbytes: int) -> Cost:
    """Return the shared estimate of how long `name` takes on so many bytes."""
    key = (name, nbytes.bit_length() // 2)
    cost = _costs.get(key)
    if cost is None:
        cost = _costs[key] = Cost()
    return cost


class _Guarded:
    """A bound kernel whose failure names the operator, its inputs and its origin."""

    __slots__ = ("inputs", "late", "operator", "origin", "thunk")

    def __init__(
        self,
        operator: Operator,
        thunk: Thunk | None,
        late: list[tuple[Array, Array]],
        origin: Origin | None,
        inputs: tuple[Array, ...],
    ) -> None:
        self.operator = operator
        self.thunk = None if thunk is None else quiet(thunk)
        self.late = late
        self.origin = origin
        self.inputs = inputs

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
