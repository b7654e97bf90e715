"""Honouring requests: how a kernel writes, adds or leaves out an output."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from dataflow_ops.kernels.constants import constant
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk

Bind = Callable[[Invocation], Thunk | None]


def assign(invocation: Invocation, index: int, value: Array) -> None:
    """Write `value` into output `index`, add it, or do nothing, as requested."""
    request = invocation.requests[index]
    if request is Request.WRITE:
        invocation.outputs[index][...] = value
    elif request is Request.ADD:
        output = invocation.outputs[index]
        invocation.xp.add(output, value, out=output, casting="unsafe")


def wanted(invocation: Invocation, index: int) -> bool:
    """Tell whether output `index` is to be computed at all."""
    return invocation.requests[index] is not Request.NULL


def bind_function(
    invocation: Invocation, function: Any, *arguments: Array
) -> Thunk | None:
    """Bind ``function(*arguments, out)`` to output 0 under its request.

    Written in one array call without a temporary, which is what keeps replays of small
    operators at the price of the bare call; an addition needs one temporary.
    """
    request = invocation.requests[0]
    if request is Request.NULL:
        return None
    if request is Request.WRITE:
        return partial(function, *arguments, invocation.outputs[0])
    return partial(_add_result, invocation, function, arguments)


def bind_relu(invocation: Invocation) -> Thunk | None:
    """Bind max(x, 0) of input 0 to output 0 under its request.

    NumPy takes the output of `maximum` by keyword only, and a closure passes keywords
    for less than `partial` does.
    """
    data, output = invocation.inputs[0], invocation.outputs[0]
    maximum = invocation.xp.maximum
    zero = constant(invocation.xp, 0, data.dtype)

    def write() -> None:
        maximum(data, zero, out=output)

    def add() -> None:
        output[...] += maximum(data, zero)

    request = invocation.requests[0]
    return {Request.WRITE: write, Request.ADD: add}.get(request)


def _add_result(
    invocation: Invocation, function: Any, arguments: tuple[Array, ...]
) -> None:
    output = invocation.outputs[0]
    temporary = invocation.xp.empty_like(output)
    function(*arguments, temporary)
    invocation.xp.add(output, temporary, out=output)


def bind_copy(invocation: Invocation, source: Array, index: int = 0) -> Thunk | None:
    """Bind copying `source`, a view of an input, to output `index`.

    The source is broadcast to the output. There is nothing to do where both are the
    same memory in the same order.
    """
    output = invocation.outputs[index]
    return bind_move(invocation.xp, invocation.requests[index], output, source)


def bind_move(xp: Any, request: Request, target: Array, source: Array) -> Thunk | None:
    """Bind writing `source` to `target`, or adding it, as requested."""
    if request is Request.NULL or (
        request is Request.WRITE and _same_memory(target, source)
    ):
        return None
    if request is Request.WRITE:
        return partial(xp.copyto, target, source)
    return partial(xp.add, target, source, target)


def viewing(bind: Bind) -> Bind:
    """Make a binder safe that takes reshaped inputs for views of them.

    They are copies where an input is not contiguous; it is then bound at each run.
    """

    def bind_or_wait(invocation: Invocation) -> Thunk | None:
        if all(array.flags.c_contiguous for array in invocation.inputs):
            return bind(invocation)
        return partial(_bind_and_run, bind, invocation)

    return bind_or_wait


def _bind_and_run(bind: Bind, invocation: Invocation) -> None:
    thunk = bind(invocation)
    if thunk is not None:
        thunk()


def bind_all(thunks: Iterable[Thunk | None]) -> Thunk | None:
    """Join bound calls into one that runs them in order."""
    steps = tuple(thunk for thunk in thunks if thunk is not None)
    if len(steps) <= 1:
        return steps[0] if steps else None
    return partial(_run_all, steps)


def _run_all(steps: tuple[Thunk, ...]) -> None:
    for step in steps:
        step()


def _same_memory(first: Array, second: Array) -> bool:
    return (
        first.shape == second.shape
        and first.strides == second.strides
        and first.dtype == second.dtype
        and _address(first) == _address(second)
    )


def _address(array: Array) -> int:
    pointer = getattr(array.data, "ptr", None)  # CuPy's; NumPy has `ctypes`
    return int(array.ctypes.data if pointer is None else pointer)
