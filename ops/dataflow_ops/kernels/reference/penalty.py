"""Reference kernels of penalties on activations."""

from __future__ import annotations

from dataflow_ops.kernels.precision import wide, widened
from dataflow_ops.kernels.reference.loss import identity
from dataflow_ops.kernels.requests import assign
from dataflow_ops.kernels.table import Invocation, binder, kernel

binder("reference", "IdentityAttachKLSparseReg")(identity)


@kernel("reference", "_backward_IdentityAttachKLSparseReg")
def sparseness_backward(call: Invocation) -> None:
    """Move the average of every unit; add what draws it to the target."""
    attributes, (head, data, average) = call.attributes, call.inputs
    moved = widened(average)
    if data.size:  # there is no mean of nothing
        others = tuple(i for i in range(data.ndim) if i != 1)
        total = data.sum(axis=others, dtype=wide(data.dtype))
        share = (1 - attributes.momentum) * data.shape[1] / data.size
        moved = attributes.momentum * moved + share * total
        average[...] = moved
    target = attributes.sparseness_target
    pull = attributes.penalty * ((1 - target) / (1 - moved) - target / moved)
    assign(call, 0, head + pull.reshape(-1, *[1] * (data.ndim - 2)))
