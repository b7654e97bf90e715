"""Chains by the kernels of their steps, one after another."""

from __future__ import annotations

from dataclasses import replace

from dataflow_ops.chains import PRODUCERS, PRODUCERS_BACK, Chain, chain_name
from dataflow_ops.kernels.backends import select
from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Request,
    Specification,
    Thunk,
    binder,
)


@binder("reference", *map(chain_name, PRODUCERS + PRODUCERS_BACK))
def chained(call: Invocation) -> Thunk | None:
    """Bind the steps; what lies between them gets memory of its own."""
    chain: Chain = call.attributes.chain
    values: dict[int, Array] = dict(enumerate(call.inputs))
    requests = dict(zip(chain.outputs, call.requests, strict=True))
    values |= zip(chain.outputs, call.outputs, strict=True)
    read = {value for step in chain.steps for value in step.reads}
    steps: list[Thunk | None] = []
    for step in chain.steps:
        for value in step.writes:
            if value not in requests:
                requests[value] = Request.WRITE if value in read else Request.NULL
                shape, dtype = chain.shapes[value], chain.dtypes[value]
                made = requests[value] is Request.WRITE
                values[value] = call.xp.empty(shape, dtype) if made else None
        reads, writes = (
            [Specification(chain.shapes[v], chain.dtypes[v]) for v in side]
            for side in (step.reads, step.writes)
        )
        _, kernel = select(step.operator, step.attributes, reads, writes)
        workspace = None
        if kernel.workspace is not None:
            nbytes = kernel.workspace(step.attributes, reads, writes)
            workspace = call.xp.empty(nbytes, "uint8")
        inner = replace(
            call,
            attributes=step.attributes,
            inputs=tuple(values[v] for v in step.reads),
            outputs=tuple(values[v] for v in step.writes),
            requests=tuple(requests[v] for v in step.writes),
            shapes=tuple(chain.shapes[v] for v in step.writes),
            workspace=workspace,
        )
        steps.append(kernel.bind(inner))
    return bind_all(steps)
