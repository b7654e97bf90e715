"""Kernels that compute on the host for a GPU: those that draw random numbers.

The numbers come from NumPy's generators, so that one seed gives the same ones on every
device. What a kernel reads is copied to the host before it and what it wrote to the
device after it, on the current stream; meanwhile the calling thread waits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dataflow_ops.kernels.table import Array, Invocation, Kernel, Request, Thunk


def hosted(kernel: Kernel) -> Kernel:
    """Return a kernel for arrays of a GPU, of which one that draws uses the host."""

    def bind(call: Invocation) -> Thunk | None:
        return kernel.bind(call) if call.random is None else _bind(kernel, call)

    return Kernel(bind, kernel.workspace, kernel.accepts, kernel.waits)


def _bind(kernel: Kernel, call: Invocation) -> Thunk | None:
    inputs: tuple[Array, ...] = tuple(_like(array) for array in call.inputs)
    outputs: tuple[Array, ...] = tuple(
        None if array is None else _like(array) for array in call.outputs
    )
    workspace = None if call.workspace is None else _like(call.workspace)
    run = kernel.bind(
        replace(call, xp=np, inputs=inputs, outputs=outputs, workspace=workspace)
    )
    if run is None:
        return None
    # Inputs too, for states are updated among them.
    pairs = [*zip(inputs, call.inputs, strict=True)]
    pairs += zip(outputs, call.outputs, strict=True)
    added = [request is Request.ADD for request in call.requests]

    def compute() -> None:
        for here, array in zip(inputs, call.inputs, strict=True):
            array.get(out=here)
        for here, array, add in zip(outputs, call.outputs, added, strict=True):
            if add:
                array.get(out=here)
        run()
        for here, array in pairs:
            if array is not None:
                array.set(here)

    return compute


def _like(array: Array) -> np.ndarray:
    return np.empty(array.shape, array.dtype)
