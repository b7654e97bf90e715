"""Reference kernels of casts."""

from __future__ import annotations

from functools import partial
from typing import Any

from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import Array, Invocation, Request, Thunk, binder


@binder("reference", "Cast", "_backward_Cast", "amp_cast", "amp_multicast")
def cast(call: Invocation) -> Thunk | None:
    """Copy each input with a change of element type."""
    steps = zip(call.requests, call.outputs, call.inputs, strict=True)
    return bind_all(_bind_cast(call.xp, *step) for step in steps)


def _bind_cast(xp: Any, request: Request, output: Array, data: Array) -> Thunk | None:
    if request is Request.WRITE:
        return partial(xp.copyto, output, data, "unsafe")
    return partial(_add_cast, output, data) if request is Request.ADD else None


def _add_cast(output: Array, data: Array) -> None:
    output += data.astype(output.dtype)
